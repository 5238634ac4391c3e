import { z } from 'zod';
import { fields } from '../schema-kit.ts';

/** A condition on one request header. @see https://gateway-api.sigs.k8s.io/reference/spec/#httpheadermatch */
export const HTTPHeaderMatch = fields({
  type: z
    .enum(['Exact', 'RegularExpression'])
    .default('Exact')
    .describe(
      'Whether the value is the whole text, or an RE2 regular expression that has to match all of it: without look-around and back references.',
    ),
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[A-Za-z0-9!#$%&'*+\-.^_|~]+$/, { message: 'expected a header name' })
    .describe(
      'Name of the header, in any case. `x-ai-eg-model` is the model of the request body: a value that a client sends is replaced.',
    ),
  value: z.string().min(1).max(4096).describe('The text or the expression.'),
}).meta({ title: 'HTTPHeaderMatch' });
export type HTTPHeaderMatch = z.infer<typeof HTTPHeaderMatch>;
