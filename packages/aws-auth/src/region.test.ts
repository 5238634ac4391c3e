import fc from 'fast-check';
import { buildEndpointHost, isSameHost, parseEndpointHost } from './endpoint-host.ts';
import { AwsAuthError } from './errors.ts';
import { regionOfArn, resolveRegion } from './region.ts';
import { isRegion } from './region-name.ts';

test.each([
  ['bedrock-runtime.us-east-1.amazonaws.com', 'us-east-1', false],
  ['BEDROCK-Runtime.US-East-1.amazonaws.com.', 'us-east-1', false],
  ['bedrock-runtime.us-east-1.amazonaws.com:443', 'us-east-1', false],
  ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', true],
  ['bedrock-runtime.eu-central-1.api.aws', 'eu-central-1', false],
  ['bedrock-runtime-fips.ca-central-1.api.aws', 'ca-central-1', true],
  ['vpce-0a1b2c-3d4e.bedrock-runtime.us-west-2.vpce.amazonaws.com', 'us-west-2', false],
  ['vpce-0a1b2c-us-west-2a.bedrock-runtime.us-west-2.vpce.amazonaws.com', 'us-west-2', false],
  ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1', false],
  ['bedrock-runtime.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1', false],
  ['bedrock-runtime.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', false],
  ['bedrock-runtime.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', false],
])('%s is Bedrock in %s', (host, region, isFips) => {
  expect(parseEndpointHost(host)).toEqual({ region, isFips });
});

test.each([
  'api.anthropic.com',
  'bedrock.corp.example',
  'bedrock-runtime.us-east-1.amazonaws.com.evil.com',
  'bedrock-runtime.us-east-1.evil.com',
  'evil.com/bedrock-runtime.us-east-1.amazonaws.com',
  'xbedrock-runtime.us-east-1.amazonaws.com',
  'bedrock-runtime.us-east-1.evil.com/#.amazonaws.com',
  'bedrock-runtime.amazonaws.com',
  's3.us-east-1.amazonaws.com',
])('%s is not Bedrock', (host) => {
  expect(parseEndpointHost(host)).toBeUndefined();
});

const regions = [
  'us-east-1',
  'us-gov-east-1',
  'cn-northwest-1',
  'us-iso-west-1',
  'us-isob-east-1',
  'us-isof-south-1',
  'eu-isoe-west-1',
  'eusc-de-east-1',
  'ap-southeast-5',
  'mx-central-1',
];

test.each(regions)('the host built for %s says that region', (region) => {
  expect(parseEndpointHost(buildEndpointHost(region))?.region).toBe(region);
});

const evil = [
  'us-east-1.evil.com/#',
  'us-east-1.evil.com',
  'us-east-1/',
  'us-east-1\n',
  ' us-east-1',
  'us-east-1@x',
  'US-EAST-1',
  'useast1',
  '',
  '..',
  'us-east-1#',
  'us-east-1?x=1',
  'us-east-1\\',
];

test.each(evil)('%j is refused as a region everywhere', (text) => {
  expect(isRegion(text)).toBe(false);
  expect(() => buildEndpointHost(text)).toThrow(AwsAuthError);
  if (text !== '') expect(() => resolveRegion({ configured: text })).toThrow('is not an AWS region');
  expect(regionOfArn(`arn:aws:bedrock:${text}:123456789012:inference-profile/x`)).toBeUndefined();
});

test('whatever is taken for a region cannot leave the host name', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom(...evil, ...regions)), (text) => {
      fc.pre(isRegion(text));
      expect(new URL(`https://${buildEndpointHost(text)}/`).hostname).toBe(buildEndpointHost(text));
    }),
  );
});

test.each([
  [{ host: 'bedrock-runtime.eu-west-1.amazonaws.com', configured: 'us-east-1' }, 'eu-west-1'],
  [{ host: 'bedrock.corp.example', configured: 'us-east-1' }, 'us-east-1'],
  [{ configured: 'us-east-1', model: 'arn:aws:bedrock:eu-west-3:1:inference-profile/x' }, 'us-east-1'],
  [{ host: '127.0.0.1:9', model: 'arn:aws:bedrock:eu-west-3:1:inference-profile/x' }, 'eu-west-3'],
  [{ configured: '', model: 'arn:aws-cn:bedrock:cn-north-1:1:inference-profile/x' }, 'cn-north-1'],
])('%j resolves to %s', (hints, region) => {
  expect(resolveRegion(hints)).toBe(region);
});

test('without any hint the operator is told what to set', () => {
  expect(() => resolveRegion({ host: 'localhost', model: 'anthropic.claude-v2' })).toThrow(
    'set `region` in the policy',
  );
});

test.each([
  ['a.example', 'A.Example.', true],
  ['a.example:443', 'a.example', true],
  ['a.example', 'b.example', false],
])('hosts %s and %s are the same: %s', (a, b, expected) => {
  expect(isSameHost(a, b)).toBe(expected);
});

test('errors of another copy of the package are known', () => {
  const copy = Object.assign(new Error('x'), { code: 'invalid_region', [Symbol.for('aigw.aws-auth')]: true });
  expect([AwsAuthError.is(copy), AwsAuthError.is(new Error('x')), AwsAuthError.is(null)]).toEqual([
    true,
    false,
    false,
  ]);
});
