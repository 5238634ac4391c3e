import { z } from 'zod';
import { PolicyTargetReference } from '../gateway-api/references.ts';
import { unread } from '../schema-kit.ts';

/** How Envoy Gateway's policies name what they apply to. */
export const policyTargets = {
  targetRef: PolicyTargetReference.optional(),
  targetRefs: z.array(PolicyTargetReference).max(16).optional(),
  targetSelectors: unread,
};
