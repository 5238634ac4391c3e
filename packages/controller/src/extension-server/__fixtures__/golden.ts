import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AnySchema,
  type DescMessage,
  fromBinary,
  HttpConnectionManagerSchema,
  type PostTranslateModifyRequest,
  PostTranslateModifyRequestSchema,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
  toJson,
  xdsTypes,
} from '@aigw/envoy-proto/xds';
import type { GatewayMessages } from '../gateway-messages.ts';

const folder = join(import.meta.dirname, 'golden');
const ending = '.req.binpb';

/** The names of the recorded requests. */
export const goldenNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length));

/** The bytes of a request as Envoy Gateway sent it. */
export const readGoldenBytes = (name: string): Buffer => readFileSync(join(folder, name + ending));

export const readGolden = (name: string): PostTranslateModifyRequest =>
  fromBinary(PostTranslateModifyRequestSchema, readGoldenBytes(name));

/** The file of what is made of a request. */
export const goldenFile = (name: string): string => join(folder, `${name}.out.json`);

/** A message that nothing here looks into shows its type alone. */
const closed = (typeName: string): DescMessage => ({
  ...AnySchema,
  typeName,
  fields: [],
  members: [],
  field: {},
});

const getMessage = (typeName: string): DescMessage => xdsTypes.getMessage(typeName) ?? closed(typeName);

const registry: typeof xdsTypes = new Proxy(xdsTypes, {
  get: (target, property) =>
    property === 'getMessage' ? getMessage : (Reflect.get(target, property) as unknown),
});

/** A response to read: protobuf's JSON, with the messages inside of messages as far as we know their types. */
export function describeResponse(
  response: PostTranslateModifyResponse,
  { connection }: GatewayMessages,
): unknown {
  const planned = toJson(HttpConnectionManagerSchema, connection, { registry }) as {
    localReplyConfig: object;
  };
  const localReplies = JSON.stringify(planned.localReplyConfig);
  const text = JSON.stringify(toJson(PostTranslateModifyResponseSchema, response, { registry }));
  // Three thousand lines that say the same on every listener, and that have a test of their own.
  return JSON.parse(text.replaceAll(localReplies, '"that of the planner"'));
}
