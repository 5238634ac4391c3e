import { request } from 'node:http';

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** POSTs JSON. By hand, since `fetch` refuses port 10080, where Envoy Gateway puts listeners on port 80. */
export function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', timeout: 20_000, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    sent.once('timeout', () => sent.destroy(new Error(`no answer of ${url}`)));
    sent.once('error', reject).end(JSON.stringify(body));
  });
}
