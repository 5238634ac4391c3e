import { createServer, type AddressInfo } from 'node:net';

import { createPortTable, findFreePort, probePort, refusePort } from './ports.ts';

test('a port in use is told from a free one and from an address that is not ours', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await probePort('127.0.0.1', port)).toBe('in use');
  server.close();
  const free = await findFreePort('127.0.0.1');
  expect([await probePort('127.0.0.1', free), free < 32_768]).toEqual(['free', true]);
  expect(await probePort('203.0.113.1', 4000)).toBe('no such address');
});

test('ports from 1024 on stay, privileged ones move by 10000 when they cannot be had, and stay where they are', async () => {
  const notes: string[] = [];
  const table = createPortTable('203.0.113.1', (line) => void notes.push(line));
  await table.prepare([80, 443, 8080]);
  await table.prepare([80]);
  expect([80, 443, 8080].map((port) => table.bindPort(port))).toEqual([10_080, 10_443, 8080]);
  expect(notes).toEqual([
    'port 80 is no such address: listening on 10080 instead',
    'port 443 is no such address: listening on 10443 instead',
  ]);
});

test('an address of another machine has no free port, in a sentence', async () => {
  await expect(findFreePort('203.0.113.1')).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringMatching(/cannot listen on 203\.0\.113\.1: no such address .* another --host/),
  });
});

test.each([
  ['EADDRINUSE', 'the admin port 9 on ::1 is in use; choose another with --admin-port'],
  ['EACCES', 'the admin port 9 on ::1 is denied; choose another with --admin-port'],
])('a refusal for %s says what is taken and which flag chooses another', (code, message) => {
  const thrown = Object.assign(new Error('listen'), { code });
  const where = { host: '::1', port: 9, flag: '--admin-port' };
  expect(refusePort('the admin port', where, thrown)).toMatchObject({ code: 'setup', message });
});
