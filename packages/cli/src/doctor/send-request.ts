import { request as requestHttp } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

import type { Endpoint, EndpointTls } from '@aigw/planner';

/** A request to one server; its host is the server's. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Uint8Array;
}

/** What came back. */
export interface ProviderAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most its first 64 KiB. */
  readonly body: string;
  readonly tookMs: number;
  /** How far this machine's clock is ahead of the server's; absent where the server does not say its time. */
  readonly clockSkewMs?: number;
}

/** What a request needs from outside. */
export interface SendOptions {
  /** The system's certificate authorities, in PEM. */
  readonly systemCa: string;
  readonly signal: AbortSignal;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

const maxBodyBytes = 64 * 1024;

/** Sends a request as Envoy does: to the endpoint's address, with its host, and with its rules for TLS. Rejects with Node's errors. */
export async function sendRequest(
  endpoint: Endpoint,
  { method, path, headers = [], body }: ProviderRequest,
  { systemCa, signal, now }: SendOptions,
): Promise<ProviderAnswer> {
  const { address, host, tls } = endpoint;
  const options: RequestOptions = {
    method,
    path,
    signal,
    agent: false,
    headers: { ...Object.fromEntries(headers), host },
    ...(address.kind === 'unix'
      ? { socketPath: address.path }
      : { host: address.address, port: address.port }),
    ...(tls && describeTls(tls, systemCa)),
  };
  const startedAt = now();
  const { promise, resolve, reject } = Promise.withResolvers<ProviderAnswer>();
  const request = (tls === undefined ? requestHttp : requestHttps)(options, (response) => {
    const tookMs = now() - startedAt;
    const chunks: Buffer[] = [];
    const finish = (): void => {
      const { statusCode: status = 0, headers: received } = response;
      const skew = clockSkewMs(received.date, startedAt + tookMs / 2);
      const text = Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
      resolve({
        status,
        headers: received,
        body: text,
        tookMs,
        ...(skew !== undefined && { clockSkewMs: skew }),
      });
      response.destroy();
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunks.reduce((sum, { length }) => sum + length, 0) >= maxBodyBytes) finish();
    });
    response.on('end', finish);
    response.on('error', reject);
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}

/** `Date` has whole seconds: the middle of the one that it names is meant. */
export function clockSkewMs(date: string | undefined, localMs: number): number | undefined {
  const serverMs = Date.parse(date ?? '');
  return Number.isNaN(serverMs) ? undefined : Math.round(localMs - (serverMs + 500));
}

function describeTls({ sni, names, trust }: EndpointTls, systemCa: string): RequestOptions {
  return {
    servername: sni,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: trust.kind !== 'none',
    ca: trust.kind === 'pem' ? trust.pem : systemCa,
    checkServerIdentity: (_host, certificate) => checkNames(names, certificate),
  };
}

function checkNames(names: EndpointTls['names'], certificate: PeerCertificate): Error | undefined {
  const errors = names.map(({ type, value }) => {
    if (type === 'DNS') return checkServerIdentity(value, certificate);
    const listed = (certificate.subjectaltname ?? '').split(', ').includes(`URI:${value}`);
    return listed ? undefined : new Error(`the certificate is not for ${value}`);
  });
  return errors.includes(undefined) ? undefined : errors[0];
}
