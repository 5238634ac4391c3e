import type { StructuralSchema } from './structural-schema.ts';

const text = (maxLength: number): StructuralSchema => ({ type: 'string', maxLength });

/** As `metav1.Condition` has it. */
const condition: StructuralSchema = {
  type: 'object',
  required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
  properties: {
    type: text(316),
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    reason: { ...text(1024), minLength: 1, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' },
    message: text(32_768),
    lastTransitionTime: { type: 'string', format: 'date-time' },
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
  },
};

/** What the controller says about a resource: one condition of each type. */
export const statusSchema: StructuralSchema = {
  type: 'object',
  properties: {
    conditions: {
      type: 'array',
      items: condition,
      maxItems: 8,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
  },
};
