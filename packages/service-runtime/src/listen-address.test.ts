import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatListenAddress,
  parseListenAddress,
  removeStaleSocket,
  toListenOptions,
} from './listen-address.ts';

test.each([
  [':1063', { kind: 'tcp', host: '', port: 1063 }],
  ['127.0.0.1:0', { kind: 'tcp', host: '127.0.0.1', port: 0 }],
  ['localhost:65535', { kind: 'tcp', host: 'localhost', port: 65_535 }],
  ['[::1]:80', { kind: 'tcp', host: '::1', port: 80 }],
  ['unix:///run/a b.sock', { kind: 'unix', path: '/run/a b.sock' }],
])('%s is read, and written again as it was', (text, expected) => {
  expect(parseListenAddress(text)).toEqual(expected);
  expect(formatListenAddress(parseListenAddress(text))).toBe(text);
});

test.each(['', '1063', 'host', ':65536', ':-1', 'unix://relative', '::1:80', 'http://x:1'])(
  '%j is refused',
  (text) => {
    expect(() => parseListenAddress(text)).toThrow('expected host:port, :port or unix:///path');
  },
);

test.each(['unix:/run/x', 'unix:////run/x'])('%s is the socket /run/x', (text) => {
  expect(parseListenAddress(text)).toEqual({ kind: 'unix', path: '/run/x' });
});

test('without a host every interface is bound', () => {
  expect(toListenOptions(parseListenAddress(':1'))).toEqual({ port: 1 });
});

test('a stale socket is removed; a living one and another file are not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aigw-sock-'));
  const file = join(folder, 'file');
  const path = join(folder, 's.sock');
  await writeFile(file, '');
  await expect(removeStaleSocket(file)).rejects.toThrow('is not a socket');
  await removeStaleSocket(join(folder, 'missing'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await expect(removeStaleSocket(path)).rejects.toThrow('in use');
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});
