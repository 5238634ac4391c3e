import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IssuedCertificate } from '../webhook/certificates/issue-certificate.ts';

/** Answers a request; `stopping` aborts when the server wants to end. What it throws ends the connection. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  stopping: AbortSignal,
) => Promise<void>;

/** By path, without a query. */
export type RequestHandlers = Readonly<Record<string, RequestHandler>>;

/** The HTTPS server that the API server and the proxies call. */
export interface SecureServer {
  /** @returns the port that was bound */
  listen(port: number, host?: string): Promise<number>;
  /** New connections get this certificate. */
  setCertificate(certificate: IssuedCertificate): void;
  /** Lets answers that have begun finish; those that wait are asked to end. */
  stop(): Promise<void>;
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const contextOf = ({ certificate, key }: IssuedCertificate): { cert: string; key: string } => ({
  cert: certificate,
  key,
});

/** A server with its first certificate. */
export function createSecureServer(certificate: IssuedCertificate, handlers: RequestHandlers): SecureServer {
  const stopping = new AbortController();
  const answer: RequestHandler = (request, response, signal) => {
    const path = request.url?.split('?')[0] ?? '';
    const handler = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
    if (handler !== undefined) return handler(request, response, signal);
    answerJson(response, 404, { message: `expected one of ${Object.keys(handlers).join(', ')}` });
    return Promise.resolve();
  };
  const options = { ...contextOf(certificate), minVersion: 'TLSv1.2', requestTimeout: 10_000 } as const;
  const server = createServer(options, (request, response) => {
    answer(request, response, stopping.signal).catch(() => {
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
        stopping.abort();
        server.closeIdleConnections();
      }),
  };
}
