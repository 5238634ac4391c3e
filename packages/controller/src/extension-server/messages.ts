import {
  type Any,
  AnySchema,
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type MessageShape,
  toBinary,
  xdsTypes,
} from '@aigw/envoy-proto/xds';
import type { GatewayParts } from '@aigw/planner';

const typeUrl = (schema: DescMessage): string => `type.googleapis.com/${schema.typeName}`;

/** The message in an `Any`, when it is of this type. Fields that we do not know are kept. */
export function unpack<D extends DescMessage>(schema: D, any: Any | undefined): MessageShape<D> | undefined {
  return any?.typeUrl === typeUrl(schema) ? fromBinary(schema, any.value) : undefined;
}

/** A message where any type may stand. */
export function pack<D extends DescMessage>(schema: D, message: MessageShape<D>): Any {
  return create(AnySchema, { typeUrl: typeUrl(schema), value: toBinary(schema, message) });
}

/** What the planner writes in protobuf's JSON. */
export type PlannedJson = GatewayParts['extprocCluster'];

/** A message from the planner's JSON. @throws Error for what is no such message. */
export function fromPlan<D extends DescMessage>(schema: D, planned: PlannedJson): MessageShape<D> {
  // Members that are left out are `undefined` there, which JSON does not have.
  return fromJson(schema, JSON.parse(JSON.stringify(planned)) as JsonValue, { registry: xdsTypes });
}
