import { z } from 'zod';
import { resource } from '../meta.ts';

/** Only its labels are read, by which listeners select it. */
export const KubeNamespace = resource(['v1'], 'Namespace', { spec: z.looseObject({}).optional() });
export type KubeNamespace = z.infer<typeof KubeNamespace>;
