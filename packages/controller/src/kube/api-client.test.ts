import { KubeConfig } from '@kubernetes/client-node';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApiClient, type ApiClient, type WatchEvent } from './api-client.ts';
import { KubeApiError } from './api-error.ts';

let server: Server | undefined;

/** A client of a server that answers as given. */
async function clientOf(listener: RequestListener): Promise<ApiClient> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'c',
      server: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
      skipTLSVerify: true,
    },
    { name: 'u', token: 't0ken' },
  );
  return createApiClient(config);
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('sends who asks, what for, and the body', async () => {
  const client = await clientOf((request, response) => {
    void bodyOf(request).then((body) => {
      const { method, url, headers } = request;
      response.end(
        JSON.stringify({ method, url, type: headers['content-type'], who: headers.authorization, body }),
      );
    });
  });
  expect(
    await client.request({
      method: 'PATCH',
      path: '/api/v1/x',
      query: { force: true, none: undefined },
      body: { a: '€' },
      contentType: 'application/apply-patch+yaml',
    }),
  ).toEqual({
    method: 'PATCH',
    url: '/api/v1/x?force=true',
    type: 'application/apply-patch+yaml',
    who: 'Bearer t0ken',
    body: '{"a":"€"}',
  });
});

test.each(['DELETE', 'GET', 'POST', 'PUT', 'PATCH'] as const)(
  'the body of a %s has a length: what follows on the connection is not taken for a part of it',
  async (method) => {
    const bodies: string[] = [];
    const client = await clientOf((request, response) => {
      void bodyOf(request).then((body) => {
        bodies.push(body);
        response.end('{}');
      });
    });
    for (let count = 0; count < 3; count += 1)
      await client.request({ method, path: '/x', body: { kind: 'DeleteOptions', count } });
    expect(bodies).toEqual([0, 1, 2].map((count) => JSON.stringify({ kind: 'DeleteOptions', count })));
  },
);

test('logs and metrics are taken as they are', async () => {
  const client = await clientOf(({ headers }, response) => response.end(`{accepts ${headers.accept ?? ''}`));
  expect(await client.request({ method: 'GET', path: '/x', answer: 'text' })).toBe('{accepts */*');
});

test.each([
  {
    name: "the server's own words",
    body: '{"reason":"NotFound","message":"no such thing"}',
    want: { status: 404, reason: 'NotFound', message: 'no such thing' },
  },
  {
    name: 'prose of a proxy',
    body: 'gone fishing',
    want: { status: 404, reason: 'Unknown', message: 'the API server answered 404: gone fishing' },
  },
])('a refusal is an error with $name', async ({ body, want }) => {
  const client = await clientOf((_request, response) => response.writeHead(404).end(body));
  const error: unknown = await client
    .request({ method: 'GET', path: '/x' })
    .catch((caught: unknown) => caught);
  expect(KubeApiError.is(error)).toBe(true);
  expect(error).toMatchObject(want);
});

test('a server that is away is an error of status 0', async () => {
  const client = await clientOf((request) => request.socket.destroy());
  await expect(client.request({ method: 'GET', path: '/x' })).rejects.toMatchObject({
    status: 0,
    reason: 'Unreachable',
  });
});

async function collect(events: AsyncIterable<WatchEvent>, stop?: AbortController): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of events) {
    types.push(type);
    stop?.abort();
  }
  return types;
}

test('a watch gives events however the network splits them, until the server ends it', async () => {
  const lines = ['{"type":"ADDED","object":{"a":"é"}}\n', '{"type":"BOOKMARK","object":{}}\n'].join('');
  const client = await clientOf((_request, response) => {
    response.writeHead(200);
    for (const byte of Buffer.from(lines)) response.write(Buffer.from([byte]));
    response.end();
  });
  expect(await collect(client.watch('/x', {}, new AbortController().signal))).toEqual(['ADDED', 'BOOKMARK']);
});

test('a watch ends quietly with its signal', async () => {
  const client = await clientOf((_request, response) => {
    response.writeHead(200).write('{"type":"ADDED","object":{}}\n');
  });
  const stop = new AbortController();
  expect(await collect(client.watch('/x', {}, stop.signal), stop)).toEqual(['ADDED']);
});

test('a watch that is refused, or cut, is an error', async () => {
  const refusing = await clientOf((_request, response) =>
    response.writeHead(410).end('{"reason":"Expired"}'),
  );
  await expect(collect(refusing.watch('/x', {}, new AbortController().signal))).rejects.toMatchObject({
    status: 410,
  });
  server?.close();
  const cutting = await clientOf((_request, response) => {
    response.writeHead(200).write('{"type":"ADDED","object":{}}\n', () => response.destroy());
  });
  await expect(collect(cutting.watch('/x', {}, new AbortController().signal))).rejects.toMatchObject({
    status: 0,
  });
});
