import { isSupportedEnvoy, parseEnvoyVersion } from './envoy-version.ts';

test.each([
  ['\nenvoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL\n', '1.40.0'],
  ['envoy  version: 0123abcd/1.38.1-dev/Modified/DEBUG/BoringSSL', '1.38.1'],
  ['envoy 1.2.3', undefined],
  ['', undefined],
])('reads the version of %j', (output, version) => {
  expect(parseEnvoyVersion(output)).toBe(version);
});

test.each([
  ['1.37.1', true],
  ['1.37.2', true],
  ['1.40.0', true],
  ['2.0.0', true],
  ['1.37.0', false],
  ['1.36.9', false],
  ['0.99.99', false],
])('%s is supported: %s', (version, supported) => {
  expect(isSupportedEnvoy(version)).toBe(supported);
});
