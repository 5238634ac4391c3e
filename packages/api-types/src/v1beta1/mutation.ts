import { z } from 'zod';
import { fields, mapList, setList } from '../schema-kit.ts';

const Removals = setList(z.string().min(1), 16);

const HTTPHeader = fields({
  name: z.string().min(1).max(256).describe('Name of the header, in any case.'),
  value: z.string().min(1).max(4096).describe('The value; it replaces any that the request has.'),
}).meta({ title: 'HTTPHeader' });

/** Headers that are set or removed on the way to a backend. */
export const HTTPHeaderMutation = fields({
  set: mapList(HTTPHeader, 'name', 16)
    .optional()
    .describe(
      'Headers to set, after the translation and before the authentication. Pseudo headers, `x-ai-eg-*` and ' +
        '`x-envoy-original-path` belong to the gateway and are left as they are.',
    ),
  remove: Removals.optional().describe(
    'Names of headers to remove, in any case. Credentials of clients are removed without it.',
  ),
}).meta({ title: 'HTTPHeaderMutation' });
export type HTTPHeaderMutation = z.infer<typeof HTTPHeaderMutation>;

const HTTPBodyField = fields({
  path: z
    .string()
    .min(1)
    .describe('Name of a top-level field. A dot is part of the name: nested fields are not reached.'),
  value: z
    .string()
    .describe('The value as JSON text, such as `5`, `true` or `{"a": 1}`; other text is a string.'),
}).meta({ title: 'HTTPBodyField' });

/** Top-level fields of the body that are set (to JSON text) or removed on the way to a backend. */
export const HTTPBodyMutation = fields({
  set: mapList(HTTPBodyField, 'path', 16)
    .optional()
    .describe('Fields to set, after those of `remove` are gone.'),
  remove: Removals.optional().describe('Names of top-level fields to remove.'),
}).meta({ title: 'HTTPBodyMutation' });
export type HTTPBodyMutation = z.infer<typeof HTTPBodyMutation>;
