import { createQuietLogger } from '../../__fixtures__/quiet-logger.ts';
import { createScriptedClient, type ScriptedClient } from '../../__fixtures__/scripted-client.ts';
import type { WatchEvent } from '../../kube/api-client.ts';
import { KubeApiError } from '../../kube/api-error.ts';
import { type CertificateKeeper, createCertificateKeeper } from './certificate-keeper.ts';
import { issueCertificate, type IssuedCertificate } from './issue-certificate.ts';

const dnsNames = ['svc.ns.svc'];
const issue = (): IssuedCertificate =>
  issueCertificate(dnsNames, {
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 80 * 86_400_000),
  });

const encode = (text: string): string => Buffer.from(text).toString('base64');

function secretOf({ authority, certificate, key }: IssuedCertificate, resourceVersion: string): object {
  return {
    metadata: { name: 'cert', namespace: 'ns', uid: 'u', resourceVersion },
    data: { 'ca.crt': encode(authority), 'tls.crt': encode(certificate), 'tls.key': encode(key) },
  };
}

let keeper: CertificateKeeper;
let served: string[];
let trusted: string[];
let followed: (() => void) | undefined;

beforeEach(() => {
  served = [];
  trusted = [];
  followed = undefined;
});

afterEach(async () => {
  await keeper.stop(new AbortController().signal);
});

function keep(
  client: ScriptedClient,
  source: 'self' | 'secret',
  publish: (authority: string) => Promise<void> = (authority) => {
    trusted.push(authority);
    return Promise.resolve();
  },
): ReturnType<typeof createQuietLogger> {
  const logger = createQuietLogger();
  keeper = createCertificateKeeper({
    client,
    logger,
    namespace: 'ns',
    secretName: 'cert',
    dnsNames,
    source,
    publishTrust: [publish],
  });
  keeper.follow(({ certificate }) => {
    served.push(certificate);
    followed?.();
  });
  return logger;
}

/** Resolves when the next certificate is served. */
const next = (): Promise<void> =>
  new Promise((resolve) => {
    followed = resolve;
  });

describe('a certificate of our own', () => {
  test('is made, trusted and then served', async () => {
    const order: string[] = [];
    let stored: unknown;
    const client = createScriptedClient({
      request: ({ method, body }) => {
        if (method === 'GET' && stored === undefined) throw new KubeApiError(404, 'NotFound', 'no Secret');
        if (method === 'GET') return stored;
        order.push('written');
        stored = body;
        return body;
      },
    });
    keep(client, 'self', () => Promise.resolve(void order.push('trusted')));
    keeper.follow(() => void order.push('served'));
    await keeper.start(() => undefined);
    expect(order).toEqual(['written', 'trusted', 'served']);
    expect(served).toHaveLength(1);
  });

  test('that another replica has renewed meanwhile is trusted last, and served', async () => {
    const [before, renewed] = [issue(), issue()];
    let stored = before;
    keep(createScriptedClient({ request: () => secretOf(stored, '1') }), 'self', (authority) => {
      // The other replica has written and published between our look and our word.
      stored = renewed;
      trusted.push(authority);
      return Promise.resolve();
    });
    await keeper.start(() => undefined);
    expect(trusted).toEqual([before.authority, renewed.authority]);
    expect(served).toEqual([renewed.certificate]);
  });

  test('that nobody can be told of ends the start', async () => {
    keep(createScriptedClient({ request: () => secretOf(issue(), '1') }), 'self', () =>
      Promise.reject(new Error('no configuration')),
    );
    await expect(keeper.start(() => undefined)).rejects.toThrow('no configuration');
    expect(served).toEqual([]);
  });
});

describe('a certificate of somebody else', () => {
  /** An API server with a Secret that is changed through a watch. */
  function scripted(first: object | undefined): { client: ScriptedClient; change: (secret: object) => void } {
    const events: WatchEvent[] = [];
    let wake: () => void = () => undefined;
    const client = createScriptedClient({
      request: () => ({ items: first === undefined ? [] : [first], metadata: { resourceVersion: '1' } }),
      watch: async function* (_query, signal) {
        signal.addEventListener('abort', () => wake());
        while (!signal.aborted) {
          for (const event of events.splice(0)) yield event;
          await new Promise<void>((resolve) => (wake = resolve));
        }
      },
    });
    return {
      client,
      change(object) {
        events.push({ type: 'MODIFIED', object });
        wake();
      },
    };
  }

  test('is served as soon as it is there and anew when it changes; nothing is written', async () => {
    const [first, second] = [issue(), issue()];
    const { client, change } = scripted(undefined);
    keep(client, 'secret');
    await keeper.start(() => undefined);
    expect(served).toEqual([]);
    for (const [index, issued] of [first, second].entries()) {
      const coming = next();
      change(secretOf(issued, String(index + 2)));
      await coming;
    }
    expect(served).toEqual([first.certificate, second.certificate]);
    expect(trusted).toEqual([first.authority, second.authority]);
    expect(new Set(client.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(client.watches[0]).toMatchObject({ fieldSelector: 'metadata.name=cert' });
  });

  test.each([
    ['a key that is not its own', (good: IssuedCertificate) => ({ ...good, key: issue().key })],
    ['no certificate', (good: IssuedCertificate) => ({ ...good, certificate: '' })],
    ['something else', (good: IssuedCertificate) => ({ ...good, certificate: 'x' })],
  ])('with %s is left, and the one before is served on', async (_what, spoil) => {
    const [first, third] = [issue(), issue()];
    const { client, change } = scripted(secretOf(first, '1'));
    const logger = keep(client, 'secret');
    const [coming, start] = [next(), keeper.start(() => undefined)];
    await Promise.all([coming, start]);
    const after = next();
    change(secretOf(spoil(issue()), '2'));
    change(secretOf(third, '3'));
    await after;
    expect(served).toEqual([first.certificate, third.certificate]);
    expect(logger.lines).toContain('warn a certificate cannot be used');
  });

  test('of an issuer that is known everywhere is its own authority', async () => {
    const issued = issue();
    const { client } = scripted(secretOf({ ...issued, authority: '' }, '1'));
    keep(client, 'secret');
    const coming = next();
    await keeper.start(() => undefined);
    await coming;
    expect(trusted).toEqual([issued.certificate]);
  });

  test('is served even when nobody can be told of it', async () => {
    const issued = issue();
    const { client } = scripted(secretOf(issued, '1'));
    const logger = keep(client, 'secret', () => Promise.reject(new Error('forbidden')));
    const coming = next();
    await keeper.start(() => undefined);
    await coming;
    expect(served).toEqual([issued.certificate]);
    expect(logger.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  });
});
