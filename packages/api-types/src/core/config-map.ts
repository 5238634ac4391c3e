import { z } from 'zod';
import { resource } from '../meta.ts';
import { unread } from '../schema-kit.ts';

export const ConfigMap = resource(['v1'], 'ConfigMap', {
  immutable: z.boolean().nullish(),
  data: z.record(z.string(), z.string()).nullish(),
  binaryData: unread,
});
export type ConfigMap = z.infer<typeof ConfigMap>;
