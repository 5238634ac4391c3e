import { z } from 'zod';
import { fields, mapList, setList } from '../schema-kit.ts';

const Removals = setList(z.string().min(1), 16);

/** Headers that are set or removed on the way to a backend. */
export const HTTPHeaderMutation = fields({
  set: mapList(
    fields({ name: z.string().min(1).max(256), value: z.string().min(1).max(4096) }),
    'name',
    16,
  ).optional(),
  remove: Removals.optional(),
});
export type HTTPHeaderMutation = z.infer<typeof HTTPHeaderMutation>;

/** Top-level fields of the body that are set (to JSON text) or removed on the way to a backend. */
export const HTTPBodyMutation = fields({
  set: mapList(fields({ path: z.string().min(1), value: z.string() }), 'path', 16).optional(),
  remove: Removals.optional(),
});
export type HTTPBodyMutation = z.infer<typeof HTTPBodyMutation>;
