import type { AwsCredentials, CredentialSource } from '../credentials.ts';
import { createRefreshingCredentials } from '../refreshing-credentials.ts';
import { createRotatedSource, type RotatedCredentials } from './rotated.ts';

const minute = 60_000;
const start = Date.parse('2026-01-02T03:00:00Z');

const textOf = (id: string): string =>
  `[default]\naws_access_key_id = ${id}\naws_secret_access_key = s\naws_session_token = t\nregion = us-east-1\n`;

function setUp({ lifetimeMs = 60 * minute, random = 0, chain = undefined as Chain | undefined } = {}) {
  const state = {
    time: start,
    rotated: undefined as RotatedCredentials | undefined,
    exchanges: 0,
    isDown: false,
  };
  const exchange = async (): Promise<AwsCredentials> => {
    await Promise.resolve();
    if (state.isDown) throw new Error('the issuer is down');
    state.exchanges += 1;
    const accessKeyId = `OWN${state.exchanges}`;
    return { accessKeyId, secretAccessKey: 's', expiration: new Date(state.time + lifetimeMs) };
  };
  const now = (): number => state.time;
  const source = createRotatedSource({ rotated: () => state.rotated, exchange, chain, now });
  return {
    state,
    source,
    cache: createRefreshingCredentials({ source, now, random: () => random }),
    rotate: (id: string) => {
      state.rotated = { text: textOf(id), expiration: new Date(state.time + lifetimeMs) };
    },
  };
}

type Chain = (master: CredentialSource) => CredentialSource;

/** Lets what runs in the background come to its end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const idOf = async (credentials: AwsCredentials | Promise<AwsCredentials>): Promise<string> =>
  (await credentials).accessKeyId;

test('what is rotated is used as it is, until its own end, and nobody else is asked', async () => {
  const { state, source, rotate } = setUp();
  rotate('ROT1');
  expect(await source()).toEqual({
    accessKeyId: 'ROT1',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: new Date(start + 60 * minute),
  });
  expect(state.exchanges).toBe(0);
});

test('without any it gets its own, and the rotated ones once they are there', async () => {
  const { source, rotate } = setUp();
  expect(await idOf(source())).toBe('OWN1');
  rotate('ROT1');
  expect(await idOf(source())).toBe('ROT1');
});

test.each([
  { lifetimeMs: 60 * minute, random: 0 },
  { lifetimeMs: 60 * minute, random: 1 },
  { lifetimeMs: 8000, random: 0 },
  { lifetimeMs: 8000, random: 1 },
])(
  'whoever keeps them gets the next ones in time, and its own before the end when there are none: %j',
  async ({ lifetimeMs, random }) => {
    const { state, cache, rotate } = setUp({ lifetimeMs, random });
    const lead = Math.min(5 * minute, lifetimeMs / 4);
    rotate('ROT1');
    await cache.get();
    /** Requests all the while. */
    const passUntil = async (until: number): Promise<void> => {
      for (; state.time < until; state.time += lifetimeMs / 500) {
        await cache.get();
        await settle();
      }
    };
    await passUntil(start + lifetimeMs - lead);
    expect(state.exchanges).toBe(0);
    rotate('ROT2');
    await passUntil(start + lifetimeMs);
    expect(await idOf(cache.get())).toBe('ROT2');
    expect(state.exchanges).toBe(0);
    const end = state.rotated?.expiration.getTime() ?? NaN;
    await passUntil(end - lifetimeMs / 100);
    expect(await idOf(cache.get())).toBe('OWN1');
    expect(state.exchanges).toBe(1);
  },
);

test('a process that starts near their end uses them, and fetches its own before it', async () => {
  const { state, cache, rotate } = setUp();
  rotate('ROT1');
  state.time += 58 * minute;
  expect(await idOf(cache.get())).toBe('ROT1');
  state.time += 1.9 * minute;
  expect(await idOf(cache.get())).toBe('ROT1');
  await settle();
  expect(await idOf(cache.get())).toBe('OWN1');
});

test('ended ones are never used', async () => {
  const { state, source, rotate } = setUp();
  rotate('ROT1');
  state.time += 61 * minute;
  expect(await idOf(source())).toBe('OWN1');
});

test('those that AWS refuses are not used again; the next ones are', async () => {
  const { cache, source, rotate } = setUp();
  rotate('ROT1');
  const refused = await cache.get();
  expect(await cache.replace(refused)).toBe(true);
  expect(await idOf(cache.get())).toBe('OWN1');
  expect(await idOf(source())).toBe('OWN2');
  rotate('ROT2');
  expect(await idOf(source())).toBe('ROT2');
});

test('a text that cannot be used is no reason to have none', async () => {
  const { state, source } = setUp();
  state.rotated = { text: 'nothing', expiration: new Date(start + minute) };
  expect(await idOf(source())).toBe('OWN1');
});

test('a role is assumed with either', async () => {
  const chain: Chain = (master) => async () => {
    const { accessKeyId } = await master();
    return { accessKeyId: `ROLE-BY-${accessKeyId}`, secretAccessKey: 's' };
  };
  const { state, source, rotate } = setUp({ chain });
  expect(await idOf(source())).toBe('ROLE-BY-OWN1');
  rotate('ROT1');
  expect(await idOf(source())).toBe('ROLE-BY-ROT1');
  state.time += 60 * minute;
  expect(await idOf(source())).toBe('ROLE-BY-OWN2');
});

test('the failure of the exchange is what is told', async () => {
  const { state, source } = setUp();
  state.isDown = true;
  await expect(source()).rejects.toThrow('the issuer is down');
});
