import { z } from 'zod';
import { fields } from '../schema-kit.ts';

/** One cost that is computed from a request's token usage and written to dynamic metadata. */
export const LLMRequestCost = fields({
  metadataKey: z.string().min(1),
  type: z.enum([
    'OutputToken',
    'InputToken',
    'CachedInputToken',
    'CacheCreationInputToken',
    'TotalToken',
    'ReasoningToken',
    'CEL',
  ]),
  cel: z.string().optional(),
});
export type LLMRequestCost = z.infer<typeof LLMRequestCost>;
