import { z } from 'zod';
import { PolicyTargetReference } from '../gateway-api/references.ts';
import { resource } from '../meta.ts';
import { type CelRule, fields, unserved, withCelRules } from '../schema-kit.ts';
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

const TargetReference = withCelRules(PolicyTargetReference.meta({ title: 'BackendSecurityPolicyTarget' }), [
  {
    rule: "(self.group == 'aigateway.envoyproxy.io' && self.kind == 'AIServiceBackend') || (self.group == 'inference.networking.k8s.io' && self.kind == 'InferencePool')",
    message: 'targetRefs must reference AIServiceBackend or InferencePool resources',
    holds: ({ group, kind }) =>
      (group === 'aigateway.envoyproxy.io' && kind === 'AIServiceBackend') ||
      (group === 'inference.networking.k8s.io' && kind === 'InferencePool'),
  },
]);

const ApiKey = fields({
  secretRef: SecretReference.describe(
    'The Secret with the key, as one line of ASCII text under `apiKey` unless another is named. A change is in use within seconds.',
  ),
});

/** A key in a Secret, under the name that users know the settings by. */
const apiKey = (title: string): typeof ApiKey => ApiKey.meta({ title });

const fallbackToConfigured = z
  .boolean()
  .default(true)
  .describe(
    'What requests without any get: the credentials of the policy, or, with `false`, 401. The policy then needs no Secret.',
  );

const FromRequestHeaders = fields({
  header: z
    .string()
    .optional()
    .describe(
      'Name of the header with the key: `x-aigw-api-key` if not given, `x-aigw-anthropic-api-key` for `AnthropicAPIKey`. ' +
        'For `AWSCredentials` what three names begin with, `x-aigw-aws-` if not given: `access-key-id`, ' +
        '`secret-access-key` and, optional, `session-token`.',
    ),
  fallbackToConfigured,
}).meta({ title: 'CredentialOverrideFromRequestHeaders' });

const FromDynamicMetadata = fields({
  namespace: z.string().min(1).describe('Namespace of the metadata, such as `envoy.filters.http.ext_authz`.'),
  key: z
    .string()
    .optional()
    .describe(
      'Key of the metadata; the names of `fromRequestHeaders.header` if not given. For `AWSCredentials` the value is a struct of ' +
        '`accessKeyId`, `secretAccessKey` and, optional, `sessionToken`, under `x-aigw-aws-credentials` if not given.',
    ),
  fallbackToConfigured,
}).meta({ title: 'CredentialOverrideFromDynamicMetadata' });

/** Credentials that a request brings itself, in headers or in dynamic metadata. */
export const CredentialOverride = withCelRules(
  fields({
    fromRequestHeaders: FromRequestHeaders.optional().describe(
      'Credentials in headers of the request. They reach no backend as such.',
    ),
    fromDynamicMetadata: FromDynamicMetadata.optional().describe(
      'Credentials that a filter of Envoy before ours has put into dynamic metadata, which no client can.',
    ),
  }).meta({ title: 'CredentialOverride' }),
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
export const GcpCredentials = z
  .looseObject({
    projectName: z.string().min(1).describe(unserved('Project of Google Cloud.')),
    region: z.string().min(1).describe(unserved('Region of Google Cloud.')),
    credentialsFile: open.optional().describe(unserved('A key of a service account.')),
    workloadIdentityFederationConfig: open
      .optional()
      .describe(unserved('A token of an OIDC issuer, exchanged.')),
  })
  .meta({ title: 'BackendSecurityPolicyGCPCredentials' });

/** What both versions of the field say. */
export const gcpCredentialsText: string = unserved('Credentials of the type `GCPCredentials`.');

const AzureCredentials = z
  .looseObject({
    clientID: z.string().min(1).describe(unserved('Id of the application.')),
    tenantID: z.string().min(1).describe(unserved('Id of the tenant.')),
    clientSecretRef: open.optional().describe(unserved('The Secret with its secret.')),
    oidcExchangeToken: open.optional().describe(unserved('A token of an OIDC issuer, exchanged.')),
  })
  .meta({ title: 'BackendSecurityPolicyAzureCredentials' });

/** The fields that both versions of the policy have. */
export const backendSecurityPolicyFields = {
  targetRefs: z
    .array(TargetReference)
    .max(16)
    .optional()
    .describe(
      'The AIServiceBackends that it is for, in its namespace. Of two policies for one backend neither counts, and the ' +
        'backend is not sent to. InferencePools are accepted and not served.',
    ),
  type: z
    .enum(types)
    .describe(
      'How requests are authenticated: `APIKey` as `authorization: Bearer`, `AnthropicAPIKey` as `x-api-key`, `AWSCredentials` by a ' +
        'signature (SigV4). Each type has its own field. `AzureAPIKey`, `AzureCredentials` and `GCPCredentials` are accepted and not ' +
        'served: the condition says `Unsupported`, and the backend is not sent to.',
    ),
  apiKey: apiKey('BackendSecurityPolicyAPIKey')
    .optional()
    .describe('The key of the type `APIKey`, which Bedrock has as well.'),
  awsCredentials: AwsCredentials.optional().describe(
    "Credentials of the type `AWSCredentials`. Without a source among its fields AWS's default chain is used: environment, shared files, " +
      "IRSA, ECS and EKS Pod Identity, the instance's role.",
  ),
  azureAPIKey: apiKey('BackendSecurityPolicyAzureAPIKey')
    .optional()
    .describe(unserved('The key of the type `AzureAPIKey`.')),
  azureCredentials: withCelRules(AzureCredentials, [
    {
      rule: 'has(self.clientSecretRef) != has(self.oidcExchangeToken)',
      message: 'Exactly one of clientSecretRef or oidcExchangeToken must be specified',
      holds: ({ clientSecretRef, oidcExchangeToken }) =>
        (clientSecretRef === undefined) !== (oidcExchangeToken === undefined),
    },
  ])
    .optional()
    .describe(unserved('Credentials of the type `AzureCredentials`.')),
  gcpCredentials: withCelRules(GcpCredentials, [
    {
      rule: '!(has(self.credentialsFile) && has(self.workloadIdentityFederationConfig))',
      message: 'At most one of credentialsFile or workloadIdentityFederationConfig may be specified',
      holds: ({ credentialsFile, workloadIdentityFederationConfig }) =>
        credentialsFile === undefined || workloadIdentityFederationConfig === undefined,
    },
  ])
    .optional()
    .describe(gcpCredentialsText),
  anthropicAPIKey: apiKey('BackendSecurityPolicyAnthropicAPIKey')
    .optional()
    .describe('The key of the type `AnthropicAPIKey`.'),
};

/** What the spec of both versions is called. */
export const backendSecurityPolicySpec = {
  title: 'BackendSecurityPolicySpec',
  description: 'How requests to which backends are authenticated.',
} as const;

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
    fields({
      ...backendSecurityPolicyFields,
      credentialOverride: CredentialOverride.optional().describe(
        'Lets requests bring their own credentials, for the types `APIKey`, `AnthropicAPIKey` and `AWSCredentials`. ' +
          'Without it none of theirs is used. Not in v1alpha1.',
      ),
    }).meta(backendSecurityPolicySpec),
    credentialRules,
  ),
});
export type BackendSecurityPolicy = z.infer<typeof BackendSecurityPolicy>;
