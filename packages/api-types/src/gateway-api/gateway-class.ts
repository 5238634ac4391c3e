import type { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, unread } from '../schema-kit.ts';

/** @see https://gateway-api.sigs.k8s.io/reference/spec/#gatewayclass */
export const GatewayClass = resource(
  ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  'GatewayClass',
  {
    spec: fields({ controllerName: unread, parametersRef: unread, description: unread }),
  },
);
export type GatewayClass = z.infer<typeof GatewayClass>;
