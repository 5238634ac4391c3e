import {
  type CommonResponse,
  CommonResponse_ResponseStatus,
  create,
  fromBinary,
  ProcessingMode_BodySendMode,
  ProcessingRequestSchema,
  ProcessingResponseSchema,
  toBinary,
} from '@aigw/envoy-proto';
import type { Logger } from '@aigw/service-runtime';
import type { HeadersMessage, ProcessingMessage } from '../codec/messages.ts';
import type { StreamHandler, TransportStream } from '../transport/transport.ts';

/** Bytes of a message as Envoy sends it. */
export function encodeRequest(message: ProcessingMessage): Buffer {
  return Buffer.from(
    toBinary(ProcessingRequestSchema, create(ProcessingRequestSchema, buildRequest(message))),
  );
}

function buildRequest(
  message: ProcessingMessage,
): Parameters<typeof create<typeof ProcessingRequestSchema>>[1] {
  switch (message.kind) {
    case 'requestHeaders':
    case 'responseHeaders': {
      const headers = [...message.headers].map(([key, value]) => ({ key, rawValue: Buffer.from(value) }));
      const attributes = message.attributes && {
        'envoy.filters.http.ext_proc': Object.fromEntries(message.attributes),
      };
      const { endOfStream, showsResponse } = message;
      return {
        request: { case: message.kind, value: { headers: { headers }, endOfStream } },
        ...(message.metadata && { metadataContext: { filterMetadata: message.metadata as Record<string, Record<string, string>> } }),
        ...(attributes && { attributes }),
        ...(showsResponse === true && {
          protocolConfig: {
            sendBodyWithoutWaitingForHeaderResponse: true,
            responseBodyMode: ProcessingMode_BodySendMode.STREAMED,
          },
        }),
      };
    }
    case 'requestBody':
    case 'responseBody':
      return {
        request: { case: message.kind, value: { body: message.body, endOfStream: message.endOfStream } },
      };
    case 'requestTrailers':
    case 'responseTrailers':
      return { request: { case: message.kind, value: {} } };
  }
}

/** An answer as Envoy reads it. */
export interface ReadAnswer {
  readonly kind: string;
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
  /** The replaced body, as text; undefined when the answer has none. */
  readonly body: string | undefined;
  /** Of a piece of a streamed response. */
  readonly endOfStream: boolean | undefined;
  readonly replaces: boolean;
  readonly clearRouteCache: boolean;
  readonly streams: boolean;
  readonly status: number | undefined;
  readonly details: string;
  readonly metadata: unknown;
  /** Of a request for more time. */
  readonly extendSeconds?: number;
}

const plain = {
  set: {},
  remove: [],
  body: undefined,
  endOfStream: undefined,
  replaces: false,
  clearRouteCache: false,
  status: undefined,
  details: '',
};

/** Reads an answer's bytes. */
export function decodeAnswer(bytes: Uint8Array): ReadAnswer {
  const { response, dynamicMetadata, modeOverride, overrideMessageTimeout } = fromBinary(
    ProcessingResponseSchema,
    bytes,
  );
  const rest = { metadata: dynamicMetadata?.['io.envoy.ai_gateway'], streams: modeOverride !== undefined };
  switch (response.case) {
    case 'immediateResponse': {
      const { body, details, status, headers } = response.value;
      const text = Buffer.from(body).toString();
      return {
        ...plain,
        ...rest,
        kind: response.case,
        ...readMutation(headers),
        body: text,
        status: status?.code,
        details,
      };
    }
    case 'requestHeaders':
    case 'responseHeaders':
    case 'requestBody':
    case 'responseBody':
      return { ...plain, ...rest, kind: response.case, ...readCommon(response.value.response) };
    default:
      return {
        ...plain,
        ...rest,
        kind: response.case ?? 'none',
        ...(overrideMessageTimeout && {
          kind: 'extend',
          extendSeconds: Number(overrideMessageTimeout.seconds),
        }),
      };
  }
}

function readCommon(common: CommonResponse | undefined): Partial<ReadAnswer> {
  if (common === undefined) return {};
  const mutation = common.bodyMutation?.mutation;
  const streamed = mutation?.case === 'streamedResponse' ? mutation.value : undefined;
  const body = mutation?.case === 'body' ? mutation.value : streamed?.body;
  return {
    ...readMutation(common.headerMutation),
    body: body && Buffer.from(body).toString(),
    endOfStream: streamed?.endOfStream,
    replaces: common.status === CommonResponse_ResponseStatus.CONTINUE_AND_REPLACE,
    clearRouteCache: common.clearRouteCache,
  };
}

interface Mutation {
  readonly setHeaders: readonly {
    readonly header?: { readonly key: string; readonly rawValue: Uint8Array } | undefined;
  }[];
  readonly removeHeaders: readonly string[];
}

function readMutation(mutation: Mutation | undefined): Pick<ReadAnswer, 'set' | 'remove'> {
  const set = (mutation?.setHeaders ?? []).map(({ header }) => [
    header?.key ?? '',
    Buffer.from(header?.rawValue ?? []).toString(),
  ]);
  return { set: Object.fromEntries(set), remove: mutation?.removeHeaders ?? [] };
}

/** One stream with Envoy's side played by the test. */
export interface Conversation {
  /** Answers so far, in order. */
  readonly answers: ReadAnswer[];
  readonly events: string[];
  /** Sends a message and gives the answers that came at once. */
  send(message: ProcessingMessage): ReadAnswer[];
  /** Resolves when there are `count` answers. */
  reach(count: number): Promise<ReadAnswer[]>;
  readonly handler: StreamHandler;
}

/** @param isWritable What the transport says of each write. */
export function startConversation(
  open: (stream: TransportStream) => StreamHandler,
  isWritable: () => boolean = () => true,
): Conversation {
  const answers: ReadAnswer[] = [];
  const events: string[] = [];
  let wake: () => void = () => undefined;
  const handler = open({
    send(bytes) {
      answers.push(decodeAnswer(bytes));
      wake();
      return isWritable();
    },
    end: () => void events.push('end'),
    fail: (message) => void events.push(`fail ${message}`),
    pause: () => void events.push('pause'),
    resume: () => void events.push('resume'),
  });
  return {
    answers,
    events,
    handler,
    send(message) {
      const before = answers.length;
      handler.onMessage(encodeRequest(message));
      return answers.slice(before);
    },
    async reach(count) {
      while (answers.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return answers;
    },
  };
}

/** Headers with `:status` or `:path` and the like. */
export function headersMessage(
  kind: 'requestHeaders' | 'responseHeaders',
  headers: Readonly<Record<string, string>>,
  options: {
    endOfStream?: boolean;
    attributes?: Readonly<Record<string, string>>;
    showsResponse?: boolean;
    metadata?: HeadersMessage['metadata'];
  } = {},
): ProcessingMessage {
  const { endOfStream = false, attributes, showsResponse = false, metadata } = options;
  return {
    kind,
    headers: new Map(Object.entries(headers)),
    attributes: attributes && new Map(Object.entries(attributes)),
    endOfStream,
    ...(metadata && { metadata }),
    ...(showsResponse && { showsResponse }),
  };
}

/** A body, or a piece of one. */
export function bodyMessage(
  kind: 'requestBody' | 'responseBody',
  body: string | Uint8Array,
  endOfStream = true,
): ProcessingMessage {
  return { kind, body: Buffer.from(body), endOfStream };
}

/** A logger that keeps its lines. */
export function createTestLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields?: unknown): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  const logger = {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    isEnabled: () => true,
    child: () => logger,
  };
  return logger;
}
