import { createServer } from 'node:net';

const lowest = 20_000;
// Above it the kernel hands out the ports of outgoing connections, which a load test uses up.
const highest = 32_000;
let next = lowest + ((process.pid * 37) % (highest - lowest));

/** A port on the loopback interface that nobody listens on, below the ephemeral range. */
export async function findFreePort(): Promise<number> {
  for (let tried = 0; tried < highest - lowest; tried += 1) {
    next = next + 1 < highest ? next + 1 : lowest;
    if (await isFree(next)) return next;
  }
  throw new Error('no free port below 32000');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
