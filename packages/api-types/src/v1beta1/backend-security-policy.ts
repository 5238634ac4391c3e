import { z } from 'zod';
import { PolicyTargetReference } from '../gateway-api/references.ts';
import { resource } from '../meta.ts';
import { type CelRule, fields, withCelRules } from '../schema-kit.ts';
import { AwsCredentials, SecretReference } from './aws-credentials.ts';

/** Each type of policy and the one field that holds its credentials. */
export const credentialFields = {
  APIKey: 'apiKey',
  AWSCredentials: 'awsCredentials',
  AzureAPIKey: 'azureAPIKey',
  AzureCredentials: 'azureCredentials',
  GCPCredentials: 'gcpCredentials',
  AnthropicAPIKey: 'anthropicAPIKey',
} as const;
export type BackendSecurityPolicyType = keyof typeof credentialFields;
const types = Object.keys(credentialFields) as BackendSecurityPolicyType[];

const TargetReference = withCelRules(PolicyTargetReference, [
  {
    rule: "(self.group == 'aigateway.envoyproxy.io' && self.kind == 'AIServiceBackend') || (self.group == 'inference.networking.k8s.io' && self.kind == 'InferencePool')",
    message: 'targetRefs must reference AIServiceBackend or InferencePool resources',
    holds: ({ group, kind }) =>
      (group === 'aigateway.envoyproxy.io' && kind === 'AIServiceBackend') ||
      (group === 'inference.networking.k8s.io' && kind === 'InferencePool'),
  },
]);

const ApiKey = fields({ secretRef: SecretReference });
const fallbackToConfigured = z.boolean().default(true);

/** Credentials that a request brings itself, in headers or in dynamic metadata. */
export const CredentialOverride = withCelRules(
  fields({
    fromRequestHeaders: fields({ header: z.string().optional(), fallbackToConfigured }).optional(),
    fromDynamicMetadata: fields({
      namespace: z.string().min(1),
      key: z.string().optional(),
      fallbackToConfigured,
    }).optional(),
  }),
  [
    {
      rule: 'has(self.fromRequestHeaders) != has(self.fromDynamicMetadata)',
      message: 'exactly one of fromRequestHeaders and fromDynamicMetadata must be set',
      holds: (value) =>
        (value.fromRequestHeaders === undefined) !== (value.fromDynamicMetadata === undefined),
    },
  ],
);

const open = z.looseObject({});

/** Credentials of a provider that is not served; what it needs is not ours to check. */
export const GcpCredentials = z.looseObject({
  projectName: z.string().min(1),
  region: z.string().min(1),
  credentialsFile: open.optional(),
  workloadIdentityFederationConfig: open.optional(),
});

/** The fields that both versions of the policy have. */
export const backendSecurityPolicyFields = {
  targetRefs: z.array(TargetReference).max(16).optional(),
  type: z.enum(types),
  apiKey: ApiKey.optional(),
  awsCredentials: AwsCredentials.optional(),
  azureAPIKey: ApiKey.optional(),
  azureCredentials: withCelRules(
    z.looseObject({
      clientID: z.string().min(1),
      tenantID: z.string().min(1),
      clientSecretRef: open.optional(),
      oidcExchangeToken: open.optional(),
    }),
    [
      {
        rule: 'has(self.clientSecretRef) != has(self.oidcExchangeToken)',
        message: 'Exactly one of clientSecretRef or oidcExchangeToken must be specified',
        holds: ({ clientSecretRef, oidcExchangeToken }) =>
          (clientSecretRef === undefined) !== (oidcExchangeToken === undefined),
      },
    ],
  ).optional(),
  gcpCredentials: withCelRules(GcpCredentials, [
    {
      rule: '!(has(self.credentialsFile) && has(self.workloadIdentityFederationConfig))',
      message: 'At most one of credentialsFile or workloadIdentityFederationConfig may be specified',
      holds: ({ credentialsFile, workloadIdentityFederationConfig }) =>
        credentialsFile === undefined || workloadIdentityFederationConfig === undefined,
    },
  ]).optional(),
  anthropicAPIKey: ApiKey.optional(),
};

type Credentials = { type: BackendSecurityPolicyType } & Partial<
  Record<(typeof credentialFields)[BackendSecurityPolicyType], unknown>
>;

/** For each type, its own credentials are set and no others. */
export const credentialRules: readonly CelRule<Credentials>[] = types.map((type) => {
  const own = credentialFields[type];
  const others = Object.values(credentialFields).filter((field) => field !== own);
  return {
    rule: `self.type == '${type}' ? has(self.${own}) && ${others.map((other) => `!has(self.${other})`).join(' && ')} : true`,
    message: `When type is ${type}, only ${own} field should be set`,
    holds: (spec) =>
      spec.type !== type || (spec[own] !== undefined && others.every((other) => spec[other] === undefined)),
  };
});

/** How requests to backends are authenticated. */
export const BackendSecurityPolicy = resource(['aigateway.envoyproxy.io/v1beta1'], 'BackendSecurityPolicy', {
  spec: withCelRules(
    fields({ ...backendSecurityPolicyFields, credentialOverride: CredentialOverride.optional() }),
    credentialRules,
  ),
});
export type BackendSecurityPolicy = z.infer<typeof BackendSecurityPolicy>;
