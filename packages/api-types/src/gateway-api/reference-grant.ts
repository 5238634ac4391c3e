import { z } from 'zod';
import { Namespace, ObjectName, resource } from '../meta.ts';
import { fields } from '../schema-kit.ts';
import { Group, Kind } from './references.ts';

/** Permission for resources of another namespace to refer to ours. @see https://gateway-api.sigs.k8s.io/reference/spec/#referencegrant */
export const ReferenceGrant = resource(
  ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1', 'gateway.networking.k8s.io/v1alpha2'],
  'ReferenceGrant',
  {
    spec: fields({
      from: z
        .array(fields({ group: Group, kind: Kind, namespace: Namespace }))
        .min(1)
        .max(16),
      to: z
        .array(fields({ group: Group, kind: Kind, name: ObjectName.optional() }))
        .min(1)
        .max(16),
    }),
  },
);
export type ReferenceGrant = z.infer<typeof ReferenceGrant>;
