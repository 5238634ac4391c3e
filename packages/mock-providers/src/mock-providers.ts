import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerRequest } from './answer-request.ts';
import { createPrefixCache } from './brain/prefix-cache.ts';
import { createCredentialContext, createMockAws } from './credentials/mock-aws.ts';
import type { CredentialOptions, MockAws } from './credentials/mock-aws.ts';
import { planDelivery } from './faults/plan-delivery.ts';
import type { MockContext } from './mock-context.ts';
import { readBody } from './read-body.ts';
import { jsonReply } from './reply.ts';
import { createRequestJournal } from './request-journal.ts';
import type { RecordedRequest, RequestJournal } from './request-journal.ts';
import { routeRequest } from './route-request.ts';
import { sendDelivery } from './send-delivery.ts';
import type { MockCredentials } from './sigv4/verify-sigv4.ts';

/** Credentials that the mock accepts unless told otherwise. They are worth nothing anywhere else. */
export const mockCredentials = {
  aws: { accessKeyId: 'AKIAMOCKMOCKMOCKMOCK', secretAccessKey: 'mock/secret/access/key/not/a/real/one/0000' },
  anthropicApiKey: 'sk-ant-mock-0000-not-a-real-key',
  openaiApiKey: 'sk-mock-0000-not-a-real-key',
  bedrockApiKey: 'bedrock-api-key-mock-0000-not-a-real-key',
  oidcClient: { id: 'aigw-mock', secret: 'mock-client-secret-not-a-real-one' },
} as const;

/** How to start the mock; everything has a default. */
export interface MockOptions extends CredentialOptions {
  /** Address to bind, default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default true: signatures and keys are checked. */
  readonly verify?: boolean;
  /** Bedrock and STS accept signatures of these, and of what the mock itself has issued; default {@link mockCredentials}. */
  readonly credentials?: readonly MockCredentials[];
  /** `Authorization: Bearer` keys that Bedrock accepts. */
  readonly bedrockApiKeys?: readonly string[];
  readonly anthropicApiKeys?: readonly string[];
  readonly openaiApiKeys?: readonly string[];
  /** The region that signatures must name where the Host header names none; any by default. */
  readonly region?: string;
  /** The time, also of the `Date` header. */
  readonly now?: () => Date;
  /** Milliseconds between the events of every stream, default 0. */
  readonly eventDelayMs?: number;
}

/** A running mock. */
export interface MockProviders {
  /** `http://host:port`, without a path. */
  readonly url: string;
  readonly port: number;
  /** The last requests, newest last: at most 1000, with bodies of at most 64 MiB together. */
  requests(): RecordedRequest[];
  /** Forgets the recorded requests. */
  clear(): void;
  /** STS, the Pod Identity agent, ECS, IMDS and the OIDC issuer, at the same address. */
  readonly aws: MockAws;
  /** Replaces the AWS credentials that are accepted from now on. */
  setCredentials(credentials: readonly MockCredentials[]): void;
  /** Stops listening and cuts what is still open. */
  close(): Promise<void>;
}

const maxBodyBytes = 60 * 1024 * 1024;
const maxJournalRequests = 1000;
const maxJournalBytes = 64 * 1024 * 1024;
const keepAliveMs = 10 * 60_000;
const maxHeaderBytes = 128 * 1024;

/**
 * Starts the mock of Bedrock Runtime, Anthropic and OpenAI on plain HTTP/1.1.
 *
 * @throws the listen error (`EADDRINUSE`, …) when the address cannot be bound.
 */
export async function startMockProviders(options: MockOptions = {}): Promise<MockProviders> {
  const { host = '127.0.0.1', port: wantedPort = 0, eventDelayMs = 0 } = options;
  const journal = createRequestJournal(maxJournalRequests, maxJournalBytes);
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0,
  });
  server.listen(wantedPort, host);
  await once(server, 'listening');
  const port = portOf(server);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const context = createContext(options, url);
  server.on('request', (incoming, response) => {
    response.setHeader('date', context.now().toUTCString());
    serve({ incoming, response, context, journal, eventDelayMs }).catch(() => response.destroy());
  });
  return {
    url,
    port,
    aws: createMockAws(context.credentialServices),
    requests: () => journal.list(),
    clear: () => journal.clear(),
    setCredentials(credentials) {
      context.credentials = credentials;
    },
    close: () => close(server),
  };
}

function createContext(options: MockOptions, url: string): MockContext {
  const now = options.now ?? (() => new Date());
  return {
    now,
    cache: createPrefixCache(),
    verify: options.verify ?? true,
    region: options.region,
    credentialServices: createCredentialContext(
      { oidcClient: mockCredentials.oidcClient, ...options },
      url,
      now,
    ),
    credentials: options.credentials ?? [mockCredentials.aws],
    bedrockApiKeys: options.bedrockApiKeys ?? [mockCredentials.bedrockApiKey],
    anthropicApiKeys: options.anthropicApiKeys ?? [mockCredentials.anthropicApiKey],
    openaiApiKeys: options.openaiApiKeys ?? [mockCredentials.openaiApiKey],
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: MockContext;
  readonly journal: RequestJournal;
  readonly eventDelayMs: number;
}

async function serve({ incoming, response, context, journal, eventDelayMs }: Exchange): Promise<void> {
  const { method = 'GET', url: path = '/' } = incoming;
  const route = routeRequest(method, path);
  const body = await readBody(incoming, maxBodyBytes);
  const request = { method, path, headers: pairsOf(incoming.rawHeaders), body: body ?? Buffer.alloc(0) };
  const delivery = body
    ? answerRequest(route, request, context, eventDelayMs)
    : planDelivery(jsonReply(413, { message: `The mock takes bodies of at most ${maxBodyBytes} bytes.` }));
  const isReset = delivery.end === 'reset' && delivery.chunks.length === 0;
  journal.add({ ...request, provider: route.provider, status: isReset ? 0 : delivery.status });
  await sendDelivery(response, delivery);
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
