import type { IncomingMessage } from 'node:http';

/**
 * Reads a whole body; `undefined` when it has more than `maxBytes` (the rest is read and thrown away).
 * Rejects when the client goes away in the middle. Event listeners, because an async iterator costs as much as a small request.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => {
      const [first] = chunks;
      if (bytes > maxBytes) resolve(undefined);
      else resolve(chunks.length === 1 ? first : Buffer.concat(chunks, bytes));
    });
    request.on('error', reject);
  });
}
