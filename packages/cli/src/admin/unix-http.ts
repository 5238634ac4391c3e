import { request } from 'node:http';

const maxAnswerBytes = 32 * 1024 * 1024;

/** The answer of one of our own processes. */
export interface UnixAnswer {
  status: number;
  body: string;
}

/** One HTTP request to a process of ours on its Unix socket. @throws when it does not answer in time, or too much */
export function requestUnix(
  socketPath: string,
  path: string,
  options: { method?: 'GET' | 'POST'; timeoutMs: number },
): Promise<UnixAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<UnixAnswer>();
  const signal = AbortSignal.timeout(options.timeoutMs);
  const outgoing = request(
    { socketPath, path, method: options.method ?? 'GET', signal, agent: false },
    (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.byteLength;
        if (size > maxAnswerBytes)
          response.destroy(new Error(`${path} answered more than ${maxAnswerBytes} bytes`));
        else parts.push(part);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
      );
      response.on('error', reject);
    },
  );
  outgoing.on('error', reject);
  outgoing.end();
  return promise;
}
