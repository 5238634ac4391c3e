import { z } from 'zod';
import { PolicyTargetReference } from '../gateway-api/references.ts';
import { resource } from '../meta.ts';
import { fields, withCelRules } from '../schema-kit.ts';

const unenforced = (text: string): string => `${text} Accepted, not enforced.`;

const Quota = fields({
  limit: z.int().min(0).describe(unenforced('Tokens, or what the cost expression gives, in the time.')),
  duration: z.enum(['1s', '1m', '1h', '1d']).describe(unenforced('The time.')),
}).meta({ title: 'QuotaValue' });

const BackendTarget = withCelRules(PolicyTargetReference.meta({ title: 'QuotaPolicyTarget' }), [
  {
    rule: "self.group == 'aigateway.envoyproxy.io' && self.kind == 'AIServiceBackend'",
    message: 'targetRefs must reference AIServiceBackend resources',
    path: ['kind'],
    holds: ({ group, kind }) => group === 'aigateway.envoyproxy.io' && kind === 'AIServiceBackend',
  },
]);

const BucketRule = fields({
  clientSelectors: z
    .array(z.looseObject({}))
    .max(8)
    .optional()
    .describe(unenforced('Conditions on requests; all requests if not given.')),
  quota: Quota.optional().describe(unenforced('The quota of these requests.')),
  shadowMode: z.boolean().optional().describe(unenforced('Count only, and refuse nothing.')),
}).meta({ title: 'QuotaRule' });

const QuotaDefinition = fields({
  costExpression: z
    .string()
    .optional()
    .describe(unenforced('A CEL expression for the cost of a request; its tokens in total if not given.')),
  mode: z
    .enum(['Exclusive', 'Shared'])
    .default('Shared')
    .describe(unenforced('Whether requests that a rule counts count for the default as well.')),
  defaultBucket: Quota.optional().describe(unenforced('The quota of requests that no rule is for.')),
  bucketRules: z.array(BucketRule).optional().describe(unenforced('Quotas of some requests.')),
}).meta({ title: 'QuotaDefinition' });

const ServiceQuota = fields({
  costExpression: z
    .string()
    .optional()
    .describe(unenforced('A CEL expression for the cost of a request; its tokens in total if not given.')),
  quota: Quota.describe(unenforced('The quota.')),
}).meta({ title: 'ServiceQuotaDefinition' });

const PerModelQuota = fields({
  modelName: z.string().describe(unenforced("The model's name at the backend.")),
  quota: QuotaDefinition.describe(unenforced('The quota of the model.')),
}).meta({ title: 'PerModelQuota' });

/** Token quotas of backends. It is read so that its status can say that nothing enforces it. */
export const QuotaPolicy = resource(['aigateway.envoyproxy.io/v1alpha1'], 'QuotaPolicy', {
  spec: fields({
    targetRefs: z
      .array(BackendTarget)
      .max(16)
      .optional()
      .describe(unenforced('The AIServiceBackends that it is for, in its namespace.')),
    serviceQuota: ServiceQuota.optional().describe(unenforced('The quota of all models together.')),
    perModelQuotas: z
      .array(PerModelQuota)
      .max(128)
      .optional()
      .describe(unenforced('Quotas of single models.')),
  }).meta({ title: 'QuotaPolicySpec', description: unenforced('How many tokens backends may use.') }),
});
export type QuotaPolicy = z.infer<typeof QuotaPolicy>;
