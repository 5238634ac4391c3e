import { z } from 'zod';
import { resource } from '../meta.ts';

/** Accepted, not served standalone: its fields are Gateway API's to check. */
export const HTTPRoute = resource(
  ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  'HTTPRoute',
  {
    spec: z.looseObject({}),
  },
);
export type HTTPRoute = z.infer<typeof HTTPRoute>;
