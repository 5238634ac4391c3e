import { type Case, group, many, secretRef } from './case.ts';

const oidc = { provider: { issuer: 'https://x' }, clientID: 'c', clientSecret: { name: 's' } };

const credentials: Readonly<Record<string, readonly [field: string, value: object]>> = {
  APIKey: ['apiKey', { secretRef }],
  AWSCredentials: ['awsCredentials', { region: 'us-east-1' }],
  AzureAPIKey: ['azureAPIKey', { secretRef }],
  AzureCredentials: ['azureCredentials', { clientID: 'c', tenantID: 't', clientSecretRef: secretRef }],
  GCPCredentials: ['gcpCredentials', { projectName: 'p', region: 'r', credentialsFile: { secretRef } }],
  AnthropicAPIKey: ['anthropicAPIKey', { secretRef }],
};

export const policy = (type: string, more: object = {}): object => {
  const [field, value] = credentials[type] ?? ['', {}];
  return { type, [field]: value, ...more };
};
export const aws = (awsCredentials: object): object => ({ type: 'AWSCredentials', awsCredentials });

export const policies: readonly Case[] = [
  ...Object.entries(credentials).flatMap(([type, [field]]): Case[] => [
    { name: `${type} with ${field}`, kind: 'BackendSecurityPolicy', spec: policy(type) },
    {
      name: `${type} without ${field}`,
      kind: 'BackendSecurityPolicy',
      spec: { type },
      refusal: `When type is ${type}, only ${field} field should be set`,
    },
    ...Object.values(credentials)
      .filter(([other]) => other !== field)
      .map(([other, value]): Case => ({
        name: `${type} with ${field} and ${other}`,
        kind: 'BackendSecurityPolicy',
        spec: policy(type, { [other]: value }),
        refusal: `When type is ${type}, only ${field} field should be set`,
      })),
  ]),
  {
    name: 'an unknown type',
    kind: 'BackendSecurityPolicy',
    spec: { type: 'Password' },
    refusal: 'Unsupported value',
  },
  {
    name: 'a target of ours',
    kind: 'BackendSecurityPolicy',
    spec: policy('APIKey', { targetRefs: [{ group, kind: 'AIServiceBackend', name: 'b' }] }),
  },
  {
    name: 'a target that is an InferencePool',
    kind: 'BackendSecurityPolicy',
    spec: policy('APIKey', {
      targetRefs: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name: 'b' }],
    }),
  },
  {
    name: 'another target',
    kind: 'BackendSecurityPolicy',
    spec: policy('APIKey', { targetRefs: [{ group, kind: 'AIGatewayRoute', name: 'b' }] }),
    refusal: 'targetRefs must reference AIServiceBackend or InferencePool resources',
  },
  {
    name: 'seventeen targets',
    kind: 'BackendSecurityPolicy',
    spec: policy('APIKey', {
      targetRefs: many(17, (index) => ({ group, kind: 'AIServiceBackend', name: `b${index}` })),
    }),
    refusal: 'Too many',
  },
  { name: 'the default chain', kind: 'BackendSecurityPolicy', spec: aws({}) },
  {
    name: 'a credentials file',
    kind: 'BackendSecurityPolicy',
    spec: aws({ credentialsFile: { secretRef: { name: 's', key: 'k' } } }),
  },
  {
    name: 'a role of the guides',
    kind: 'BackendSecurityPolicy',
    spec: aws({ oidcConfig: { roleArn: 'arn:aws:iam::123456789012:role/x' } }),
  },
  {
    name: 'an OIDC exchange',
    kind: 'BackendSecurityPolicy',
    spec: aws({
      region: 'us-east-1',
      oidcExchangeToken: { oidc, awsRoleArn: 'arn:aws:iam::123456789012:role/x' },
    }),
  },
  {
    name: 'a file and a role',
    kind: 'BackendSecurityPolicy',
    spec: aws({
      credentialsFile: { secretRef },
      oidcConfig: { roleArn: 'arn:aws:iam::123456789012:role/x' },
    }),
    refusal: 'at most one of credentialsFile, oidcExchangeToken and oidcConfig may be set',
  },
  {
    name: 'a region that is none',
    kind: 'BackendSecurityPolicy',
    spec: aws({ region: 'Mars' }),
    refusal: 'awsCredentials.region',
  },
  {
    name: 'a role that is none',
    kind: 'BackendSecurityPolicy',
    spec: aws({ oidcConfig: { roleArn: 'x' } }),
    refusal: 'roleArn',
  },
  {
    name: 'a reference to a ConfigMap',
    kind: 'BackendSecurityPolicy',
    spec: { type: 'APIKey', apiKey: { secretRef: { name: 's', kind: 'ConfigMap' } } },
    refusal: 'must refer to a Secret',
  },
  {
    name: 'both secrets of Azure',
    kind: 'BackendSecurityPolicy',
    spec: {
      type: 'AzureCredentials',
      azureCredentials: {
        clientID: 'c',
        tenantID: 't',
        clientSecretRef: secretRef,
        oidcExchangeToken: { oidc },
      },
    },
    refusal: 'Exactly one of clientSecretRef or oidcExchangeToken must be specified',
  },
  {
    name: 'neither secret of Azure',
    kind: 'BackendSecurityPolicy',
    spec: { type: 'AzureCredentials', azureCredentials: { clientID: 'c', tenantID: 't' } },
    refusal: 'Exactly one of clientSecretRef or oidcExchangeToken must be specified',
  },
  {
    name: 'no credentials of GCP, before',
    kind: 'BackendSecurityPolicy',
    only: 'v1alpha1',
    spec: { type: 'GCPCredentials', gcpCredentials: { projectName: 'p', region: 'r' } },
    refusal: 'Exactly one of credentialsFile or workloadIdentityFederationConfig must be specified',
  },
  {
    name: 'no credentials of GCP',
    kind: 'BackendSecurityPolicy',
    only: 'v1beta1',
    spec: { type: 'GCPCredentials', gcpCredentials: { projectName: 'p', region: 'r' } },
  },
  {
    name: 'both credentials of GCP',
    kind: 'BackendSecurityPolicy',
    only: 'v1beta1',
    spec: {
      type: 'GCPCredentials',
      gcpCredentials: {
        projectName: 'p',
        region: 'r',
        credentialsFile: { secretRef },
        workloadIdentityFederationConfig: {},
      },
    },
    refusal: 'At most one of credentialsFile or workloadIdentityFederationConfig may be specified',
  },
  {
    name: 'credentials of the request',
    kind: 'BackendSecurityPolicy',
    only: 'v1beta1',
    spec: policy('APIKey', { credentialOverride: { fromRequestHeaders: { header: 'x-key' } } }),
  },
  {
    name: 'credentials of the request, before',
    kind: 'BackendSecurityPolicy',
    only: 'v1alpha1',
    spec: policy('APIKey', { credentialOverride: {} }),
    refusal: 'unknown field "spec.credentialOverride"',
  },
  {
    name: 'credentials of no place',
    kind: 'BackendSecurityPolicy',
    only: 'v1beta1',
    spec: policy('APIKey', { credentialOverride: {} }),
    refusal: 'exactly one of fromRequestHeaders and fromDynamicMetadata must be set',
  },
  {
    name: 'credentials of no place, before',
    kind: 'BackendSecurityPolicy',
    only: 'v1alpha1',
    spec: policy('APIKey', { credentialOverride: { fromRequestHeaders: {} } }),
    refusal: 'unknown field "spec.credentialOverride"',
  },
  {
    name: 'credentials of two places',
    kind: 'BackendSecurityPolicy',
    only: 'v1beta1',
    spec: policy('APIKey', {
      credentialOverride: { fromRequestHeaders: {}, fromDynamicMetadata: { namespace: 'n' } },
    }),
    refusal: 'exactly one of fromRequestHeaders and fromDynamicMetadata must be set',
  },
];
