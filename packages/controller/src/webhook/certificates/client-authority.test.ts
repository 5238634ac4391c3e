import { createQuietLogger } from '../../__fixtures__/quiet-logger.ts';
import { createScriptedClient } from '../../__fixtures__/scripted-client.ts';
import { createClientAuthority } from './client-authority.ts';

const secret = (data: object): object => ({
  metadata: { name: 'envoy-gateway', namespace: 'eg', uid: 'u', resourceVersion: '1' },
  data,
});

async function seen(
  data: object,
): Promise<{ authorities: string[]; lines: readonly string[]; path: string }> {
  const logger = createQuietLogger();
  let listed: () => void = () => undefined;
  const isListed = new Promise<void>((resolve) => {
    listed = resolve;
  });
  const client = createScriptedClient({
    request: () => ({ items: [secret(data)], metadata: { resourceVersion: '1' } }),
    watch: (_query, signal) => {
      // The list has been read by the time that the watch begins.
      listed();
      return { [Symbol.asyncIterator]: () => ({ next: () => untilAborted(signal) }) };
    },
  });
  const authority = createClientAuthority({ client, logger, namespace: 'eg', name: 'envoy-gateway' });
  const authorities: string[] = [];
  authority.follow((bundle) => authorities.push(bundle));
  await authority.start(() => undefined);
  await isListed;
  await authority.stop(new AbortController().signal);
  return { authorities, lines: logger.lines, path: client.requests[0]?.path ?? '' };
}

const untilAborted = (signal: AbortSignal): Promise<IteratorResult<never>> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true });
  });

test('it is the ca.crt of the Secret of those who call', async () => {
  const { authorities, path } = await seen({ 'ca.crt': Buffer.from('CA').toString('base64') });
  expect(authorities).toEqual(['CA']);
  expect(path).toBe('/api/v1/namespaces/eg/secrets');
});

test.each([[{}], [{ 'ca.crt': '' }]])(
  'a Secret with %j is reported, and nobody is let in by it',
  async (data) => {
    const { authorities, lines } = await seen(data);
    expect(authorities).toEqual([]);
    expect(lines).toContain('warn a Secret has no ca.crt: the certificates of clients cannot be checked');
  },
);
