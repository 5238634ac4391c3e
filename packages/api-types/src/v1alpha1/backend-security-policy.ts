import type { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, withCelRules } from '../schema-kit.ts';
import {
  backendSecurityPolicyFields,
  backendSecurityPolicySpec,
  credentialRules,
  GcpCredentials,
  gcpCredentialsText,
} from '../v1beta1/backend-security-policy.ts';

/** The policy before it had `credentialOverride`. */
export const BackendSecurityPolicyV1alpha1 = resource(
  ['aigateway.envoyproxy.io/v1alpha1'],
  'BackendSecurityPolicy',
  {
    spec: withCelRules(
      fields({
        ...backendSecurityPolicyFields,
        gcpCredentials: withCelRules(GcpCredentials, [
          {
            rule: 'has(self.credentialsFile) != has(self.workloadIdentityFederationConfig)',
            message: 'Exactly one of credentialsFile or workloadIdentityFederationConfig must be specified',
            holds: ({ credentialsFile, workloadIdentityFederationConfig }) =>
              (credentialsFile === undefined) !== (workloadIdentityFederationConfig === undefined),
          },
        ])
          .optional()
          .describe(gcpCredentialsText),
      }).meta(backendSecurityPolicySpec),
      credentialRules,
    ),
  },
);
export type BackendSecurityPolicyV1alpha1 = z.infer<typeof BackendSecurityPolicyV1alpha1>;
