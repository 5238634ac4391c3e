import { z } from 'zod';
import { fields } from '../schema-kit.ts';

/** A condition on one request header. @see https://gateway-api.sigs.k8s.io/reference/spec/#httpheadermatch */
export const HTTPHeaderMatch = fields({
  type: z.enum(['Exact', 'RegularExpression']).default('Exact'),
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[A-Za-z0-9!#$%&'*+\-.^_|~]+$/, { message: 'expected a header name' }),
  value: z.string().min(1).max(4096),
});
export type HTTPHeaderMatch = z.infer<typeof HTTPHeaderMatch>;
