import { z } from 'zod';
import { resource, SectionName } from '../meta.ts';
import { fields, mapList, unread } from '../schema-kit.ts';
import { Group, Hostname, Kind, ObjectReference, PortNumber } from './references.ts';

/** @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/ */
const LabelSelector = fields({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      fields({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});
export type LabelSelector = z.infer<typeof LabelSelector>;

/** Which routes may attach. */
const AllowedRoutes = fields({
  namespaces: fields({
    from: z.enum(['All', 'Selector', 'Same', 'None']).optional(),
    selector: LabelSelector.optional(),
  }).optional(),
  kinds: z.array(fields({ group: Group.optional(), kind: Kind })).optional(),
});

export const GatewayListener = fields({
  name: SectionName,
  hostname: Hostname.optional(),
  port: PortNumber,
  protocol: z.string().min(1),
  tls: fields({
    mode: z.enum(['Terminate', 'Passthrough']).optional(),
    certificateRefs: z.array(ObjectReference).max(64).optional(),
    frontendValidation: unread,
    options: unread,
  }).optional(),
  allowedRoutes: AllowedRoutes.optional(),
});
export type GatewayListener = z.infer<typeof GatewayListener>;

/** @see https://gateway-api.sigs.k8s.io/reference/spec/#gateway */
export const Gateway = resource(
  ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  'Gateway',
  {
    spec: fields({
      gatewayClassName: z.string().min(1),
      listeners: mapList(GatewayListener, 'name', 64).min(1),
      addresses: unread,
      infrastructure: unread,
      allowedListeners: unread,
      backendTLS: unread,
      defaultScope: unread,
      tls: unread,
    }),
  },
);
export type Gateway = z.infer<typeof Gateway>;
