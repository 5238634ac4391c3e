import { z } from 'zod';
import { costTypes } from '../filter-config/filter-config.ts';
import { fields, withAdmissionRules } from '../schema-kit.ts';

/** One cost that is computed from a request's token usage and written to dynamic metadata. */
export const LLMRequestCost = withAdmissionRules(
  fields({
    metadataKey: z
      .string()
      .min(1)
      .describe(
        'Key of the cost in the dynamic metadata `io.envoy.ai_gateway`, where rate limits and access logs find it. ' +
          'A cost of the route comes before one of the Gateway with the same key.',
      ),
    type: z
      .enum(costTypes)
      .describe(
        'What is counted, in tokens. `InputToken` includes `CachedInputToken` (read from the cache) and ' +
          '`CacheCreationInputToken` (written to it); `OutputToken` includes `ReasoningToken`. `CEL` is the result of `cel`.',
      ),
    cel: z
      .string()
      .optional()
      .describe(
        'A CEL expression, required by the type `CEL` and not read by the others. Its variables are `input_tokens`, ' +
          '`cached_input_tokens`, `cache_creation_input_tokens`, `output_tokens`, `reasoning_tokens`, `total_tokens`, ' +
          '`model`, `backend` and `route_name`. Fractions of the result are cut off, less than zero counts as zero. ' +
          'A cost with a faulty expression is left out, and a condition says so; `aigw run` refuses it.',
      ),
  }).meta({ title: 'LLMRequestCost' }),
  [
    {
      rule: "self.type != 'CEL' || (has(self.cel) && self.cel != '')",
      message: 'cel is required for the type CEL',
    },
  ],
);
export type LLMRequestCost = z.infer<typeof LLMRequestCost>;
