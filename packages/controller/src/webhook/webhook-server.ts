import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IssuedCertificate } from './certificates/issue-certificate.ts';

/** Answers AdmissionReviews. */
export interface Reviewer {
  /** Whether the cluster has been seen: before that, a proxy would be let in without its sidecar. */
  isReady(): boolean;
  /** `undefined` for what is no AdmissionReview. */
  review(review: unknown): object | undefined;
}

/** The HTTPS server that the API server calls. */
export interface WebhookServer {
  /** @returns the port that was bound */
  listen(port: number, host?: string): Promise<number>;
  /** New connections get this certificate. */
  setCertificate(certificate: IssuedCertificate): void;
  stop(): Promise<void>;
}

/** A pod is at most as large as what etcd takes. */
const maxBodyBytes = 4 * 1024 * 1024;

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function handle(request: IncomingMessage, response: ServerResponse, reviewer: Reviewer): Promise<void> {
  if (request.method !== 'POST' || request.url?.split('?')[0] !== '/mutate') {
    answer(response, 404, { message: 'POST an AdmissionReview to /mutate' });
    return;
  }
  if (!reviewer.isReady()) {
    answer(response, 503, { message: 'the AI gateway controller has not seen the cluster yet' });
    return;
  }
  const result = reviewer.review(await readJson(request));
  if (result === undefined)
    answer(response, 400, { message: 'expected an AdmissionReview of admission.k8s.io/v1' });
  else answer(response, 200, result);
}

const contextOf = ({ certificate, key }: IssuedCertificate): { cert: string; key: string } => ({
  cert: certificate,
  key,
});

/** A server with its first certificate. */
export function createWebhookServer(certificate: IssuedCertificate, reviewer: Reviewer): WebhookServer {
  const options = { ...contextOf(certificate), minVersion: 'TLSv1.2', requestTimeout: 10_000 } as const;
  const server = createServer(options, (request, response) => {
    handle(request, response, reviewer).catch(() => {
      // The connection has ended, or the answer has begun.
      response.destroy();
    });
  });
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    setCertificate: (next) => {
      server.setSecureContext(contextOf(next));
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
