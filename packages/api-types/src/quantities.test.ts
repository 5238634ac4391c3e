import { quantityBytes } from './envoy-gateway/quantity.ts';
import { durationMs } from './gateway-api/references.ts';

test.each([
  { given: '50Mi', want: 52_428_800 },
  { given: '1.5k', want: 1500 },
  { given: 32_768, want: 32_768 },
  { given: '2Gi', want: 2_147_483_648 },
])('$given is $want bytes', ({ given, want }) => {
  expect(quantityBytes(given)).toBe(want);
});

test.each([
  { given: '30s', want: 30_000 },
  { given: '1m30s', want: 90_000 },
  { given: '250ms', want: 250 },
  { given: '1h', want: 3_600_000 },
])('$given is $want milliseconds', ({ given, want }) => {
  expect(durationMs(given)).toBe(want);
});
