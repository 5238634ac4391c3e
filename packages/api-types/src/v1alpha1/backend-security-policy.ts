import type { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, withCelRules } from '../schema-kit.ts';
import { backendSecurityPolicyFields, credentialRules } from '../v1beta1/backend-security-policy.ts';

/** The policy before it had `credentialOverride`. */
export const BackendSecurityPolicyV1alpha1 = resource(
  ['aigateway.envoyproxy.io/v1alpha1'],
  'BackendSecurityPolicy',
  {
    spec: withCelRules(fields(backendSecurityPolicyFields), credentialRules),
  },
);
export type BackendSecurityPolicyV1alpha1 = z.infer<typeof BackendSecurityPolicyV1alpha1>;
