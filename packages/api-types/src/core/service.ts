import { z } from 'zod';
import { resource } from '../meta.ts';

/** Only what leads to its address is read; the rest is the API server's to check. */
export const Service = resource(['v1'], 'Service', {
  spec: z.looseObject({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).default('ClusterIP'),
    externalName: z.string().min(1).optional(),
    ports: z.array(z.looseObject({ name: z.string().optional(), port: z.int().min(1).max(65535) })).nullish(),
  }),
});
export type Service = z.infer<typeof Service>;
