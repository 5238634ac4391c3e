import type { StructuralSchema } from './structural-schema.ts';

const text = (maxLength: number, description: string): StructuralSchema => ({
  type: 'string',
  maxLength,
  description,
});

/** As `metav1.Condition` has it. */
const condition: StructuralSchema = {
  type: 'object',
  title: 'Condition',
  required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
  properties: {
    type: text(316, 'What it is about: `Accepted`, `ResolvedRefs`, `Programmed`, or `NotAccepted`.'),
    status: {
      type: 'string',
      enum: ['True', 'False', 'Unknown'],
      description: 'Whether it holds.',
    },
    reason: {
      ...text(1024, 'Why, in one word.'),
      minLength: 1,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    },
    message: text(32_768, 'Why, in words: the field, and what to change.'),
    lastTransitionTime: { type: 'string', format: 'date-time', description: 'When its status changed last.' },
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      description: 'The `metadata.generation` of the resource that it is about.',
    },
  },
};

const conditions: StructuralSchema = {
  type: 'array',
  items: condition,
  maxItems: 8,
  description: 'One condition of each type.',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
};

/** A map, so that each Gateway's record is written alone, by whoever has seen its translation. */
const notStamped: StructuralSchema = {
  type: 'object',
  description:
    'What did not fit when Envoy Gateway last translated the route, by Gateway (namespace/name). Programmed says it for the route as it is now.',
  additionalProperties: {
    type: 'object',
    title: 'NotStamped',
    description: 'One record.',
    required: ['message', 'stamp'],
    properties: {
      stamp: text(64, 'The digest of the HTTPRoute annotation that was translated.'),
      message: text(4096, 'The rule, and why it does not fit.'),
    },
  },
};

/** What the controller says about a resource: one condition of each type, and of a route what did not fit. */
export function statusSchema(kind: string): StructuralSchema {
  return {
    type: 'object',
    title: kind === 'AIGatewayRoute' ? 'AIGatewayRouteStatus' : 'Status',
    description: 'What has become of the resource; the controller writes it.',
    properties: { conditions, ...(kind === 'AIGatewayRoute' && { notStamped }) },
  };
}
