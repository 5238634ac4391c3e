import { z } from 'zod';
import { resource } from '../meta.ts';

/** How Envoy Gateway deploys Envoy; nothing of it applies standalone. */
export const EnvoyProxy = resource(['gateway.envoyproxy.io/v1alpha1'], 'EnvoyProxy', {
  spec: z.looseObject({}).optional(),
});
export type EnvoyProxy = z.infer<typeof EnvoyProxy>;
