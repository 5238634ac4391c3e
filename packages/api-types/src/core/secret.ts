import { z } from 'zod';
import { resource } from '../meta.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 as Kubernetes stores it; line breaks of a block scalar are allowed. */
const Base64 = z.string().refine((text) => base64.test(text.replaceAll(/\s/g, '')), {
  message: 'expected base64; plain text goes into stringData',
});

export const Secret = resource(['v1'], 'Secret', {
  type: z.string().optional(),
  immutable: z.boolean().nullish(),
  data: z.record(z.string(), Base64.nullable()).nullish(),
  stringData: z.record(z.string(), z.string()).nullish(),
});
export type Secret = z.infer<typeof Secret>;
