import type { AwsCredentials, CredentialCache } from '@aigw/aws-auth';
import { createProviderClock } from '@aigw/aws-auth';
import { createConfiguredIdentity } from './aws-identity.ts';
import { createAwsSigV4 } from './aws-sigv4.ts';

const start = Date.parse('2026-01-02T03:04:05Z');
const host = 'bedrock-runtime.us-east-1.amazonaws.com';
const request = { method: 'POST', path: '/model/m/converse', host, body: Buffer.from('{}') };

function setUp({ canReplace = true } = {}) {
  const refused: AwsCredentials[] = [];
  const credentials = { accessKeyId: 'AK1', secretAccessKey: 's' };
  const cache: CredentialCache = {
    get: () => credentials,
    replace: (old) => {
      refused.push(old);
      return Promise.resolve(canReplace);
    },
    clock: createProviderClock(() => start),
  };
  const identify = createConfiguredIdentity(cache);
  const authenticator = createAwsSigV4({ identify, onError: () => undefined });
  const answer = async (type: string, date = new Date(start).toUTCString()): Promise<unknown> => {
    const { review } = await authenticator.apply(request);
    const headers = new Map([
      ['x-amzn-errortype', `${type}:http://internal.amazon.com/coral/`],
      ['date', date],
    ]);
    return review?.(headers);
  };
  const dateSigned = async (): Promise<string | undefined> =>
    new Map((await authenticator.apply(request)).set).get('x-amz-date');
  return { answer, refused, credentials, dateSigned };
}

test.each(['ExpiredTokenException', 'UnrecognizedClientException'])(
  '%s: the credentials of that very signature are replaced',
  async (type) => {
    const { answer, refused, credentials } = setUp();
    expect(await answer(type)).toBe(true);
    expect(refused).toEqual([credentials]);
  },
);

test('without others another signature would not help', async () => {
  expect(await setUp({ canReplace: false }).answer('ExpiredTokenException')).toBe(false);
});

test.each([20, -20])(
  'a clock %i minutes off is set by the answer, and the next signature has its time',
  async (m) => {
    const { answer, refused, dateSigned } = setUp();
    const time = new Date(start + m * 60_000);
    expect(await answer('InvalidSignatureException', time.toUTCString())).toBe(true);
    expect(await dateSigned()).toBe(time.toISOString().replace(/[-:]|\.\d+/g, ''));
    expect(await answer('InvalidSignatureException', time.toUTCString())).toBe(false);
    expect(refused).toEqual([]);
  },
);

test.each(['AccessDeniedException', 'ValidationException', ''])(
  '%j is no reason to sign again',
  async (type) => {
    const { answer, refused, dateSigned } = setUp();
    expect(await answer(type, new Date(start + 1e7).toUTCString())).toBe(false);
    expect(refused).toEqual([]);
    expect(await dateSigned()).toBe('20260102T030405Z');
  },
);
