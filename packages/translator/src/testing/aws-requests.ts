import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { decodeBase64 } from '../wire/base64.ts';
import type { UpstreamRequest } from '../translator.ts';
import { jsonOf } from './run-translator.ts';

/** What goes over the wire, without the ways to write one path. */
export interface WireRequest {
  readonly path: string;
  readonly body: unknown;
}

type Handled = { path: string; body: unknown };
type AnyCommand = Parameters<BedrockRuntimeClient['send']>[0];

/** Our request, comparable with `sendWithSdk`. */
export function wireOf({ path, body }: UpstreamRequest): WireRequest {
  return { path: decodeURIComponent(path), body: jsonOf(body) };
}

/** What AWS's SDK sends when it is given our body; it leaves out every field that it does not know. */
export async function sendWithSdk(request: UpstreamRequest): Promise<WireRequest> {
  const [, model = '', operation = ''] = /^\/model\/(.+)\/([a-z-]+)$/.exec(request.path) ?? [];
  const seen: Handled[] = [];
  const requestHandler = {
    handle(sent: Handled): Promise<never> {
      seen.push(sent);
      return Promise.reject(new Error('sent'));
    },
  };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    requestHandler,
  });
  await client.send(commandFor(operation, decodeURIComponent(model), request)).catch((error: unknown) => {
    if (seen.length === 0) throw error;
  });
  const [sent] = seen;
  const body =
    typeof sent?.body === 'string' ? new TextEncoder().encode(sent.body) : (sent?.body as Uint8Array);
  return { path: decodeURIComponent(sent?.path ?? ''), body: jsonOf(body) };
}

function commandFor(
  operation: string,
  modelId: string,
  { body = new Uint8Array(0) }: UpstreamRequest,
): AnyCommand {
  const input = { ...(withBytes(jsonOf(body)) as object), modelId } as never;
  switch (operation) {
    case 'converse':
      return new ConverseCommand(input) as unknown as AnyCommand;
    case 'converse-stream':
      return new ConverseStreamCommand(input) as unknown as AnyCommand;
    case 'count-tokens':
      return new CountTokensCommand(input) as unknown as AnyCommand;
    case 'invoke':
      return new InvokeModelCommand({ modelId, body }) as unknown as AnyCommand;
    case 'invoke-with-response-stream':
      return new InvokeModelWithResponseStreamCommand({ modelId, body }) as unknown as AnyCommand;
    default:
      throw new Error(`no command for ${operation}`);
  }
}

/** Blobs are base64 in JSON and bytes in the SDK; fields of free JSON hold none in our table. */
function withBytes(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withBytes(item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, withBytes(item, isBlob(name, value) ? name : '')]),
    );
  return key !== '' && typeof value === 'string' ? decodeBase64(value) : value;
}

function isBlob(name: string, owner: object): boolean {
  return (
    name === 'bytes' || name === 'redactedContent' || (name === 'body' && Object.keys(owner).length === 1)
  );
}
