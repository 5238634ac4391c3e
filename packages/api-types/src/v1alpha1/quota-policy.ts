import { z } from 'zod';
import { PolicyTargetReference } from '../gateway-api/references.ts';
import { resource } from '../meta.ts';
import { fields, withCelRules } from '../schema-kit.ts';

const Quota = fields({
  limit: z.int().min(0),
  duration: z.enum(['1s', '1m', '1h', '1d']),
});

const BackendTarget = withCelRules(PolicyTargetReference, [
  {
    rule: "self.group == 'aigateway.envoyproxy.io' && self.kind == 'AIServiceBackend'",
    message: 'targetRefs must reference AIServiceBackend resources',
    path: ['kind'],
    holds: ({ group, kind }) => group === 'aigateway.envoyproxy.io' && kind === 'AIServiceBackend',
  },
]);

const BucketRule = fields({
  clientSelectors: z.array(z.looseObject({})).max(8).optional(),
  quota: Quota.optional(),
  shadowMode: z.boolean().optional(),
});

/** Token quotas of backends. It is read so that its status can say that nothing enforces it. */
export const QuotaPolicy = resource(['aigateway.envoyproxy.io/v1alpha1'], 'QuotaPolicy', {
  spec: fields({
    targetRefs: z.array(BackendTarget).max(16).optional(),
    serviceQuota: fields({ costExpression: z.string().optional(), quota: Quota }).optional(),
    perModelQuotas: z
      .array(
        fields({
          modelName: z.string(),
          quota: fields({
            costExpression: z.string().optional(),
            mode: z.enum(['Exclusive', 'Shared']).default('Shared'),
            defaultBucket: Quota.optional(),
            bucketRules: z.array(BucketRule).optional(),
          }),
        }),
      )
      .max(128)
      .optional(),
  }),
});
export type QuotaPolicy = z.infer<typeof QuotaPolicy>;
