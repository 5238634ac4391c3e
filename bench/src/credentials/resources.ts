import { mockCredentials } from '@aigw/mock-providers';

/** Where credentials come from here, by the name of the backend; each assumes a role of its own name, but `pod-identity`. */
export const sources = ['web-identity', 'pod-identity', 'assume-role', 'oidc'] as const;
export type Source = (typeof sources)[number];

/** The role of a source. */
export const roleArn = (source: Source): string => `arn:aws:iam::123456789012:role/${source}`;

/** One gateway with a backend on the mock for each source; each serves the model of its own name. */
export function buildResources(mockPort: number, issuer: string): string {
  return [gateway, ...sources.map((source) => buildBackend(source, mockPort, issuer))].join('---');
}

const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: bench, namespace: default}
spec:
  gatewayClassName: bench
  listeners: [{name: http, protocol: HTTP, port: 1975}]
---
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: AIGatewayRoute
metadata: {name: bench, namespace: default}
spec:
  parentRefs: [{name: bench, kind: Gateway, group: gateway.networking.k8s.io}]
  rules:
${sources
  .map(
    (source) => `    - matches: [{headers: [{type: Exact, name: x-ai-eg-model, value: ${source}}]}]
      backendRefs: [{name: ${source}}]
`,
  )
  .join('')}`;

function buildBackend(source: Source, mockPort: number, issuer: string): string {
  return `
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: AIServiceBackend
metadata: {name: ${source}, namespace: default}
spec:
  schema: {name: AWSBedrock}
  backendRef: {name: ${source}, kind: Backend, group: gateway.envoyproxy.io}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: ${source}, namespace: default}
spec:
  endpoints: [{ip: {address: 127.0.0.1, port: ${mockPort}}}]
---
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: BackendSecurityPolicy
metadata: {name: ${source}, namespace: default}
spec:
  targetRefs: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: ${source}}]
  type: AWSCredentials
  awsCredentials:
    region: us-east-1
${describeSource(source, issuer)}
---
apiVersion: v1
kind: Secret
metadata: {name: ${source}, namespace: default}
stringData:
  client-secret: ${mockCredentials.oidcClient.secret}
  credentials: |
    [base]
    aws_access_key_id = ${mockCredentials.aws.accessKeyId}
    aws_secret_access_key = ${mockCredentials.aws.secretAccessKey}
    [role]
    role_arn = ${roleArn(source)}
    source_profile = base
`;
}

function describeSource(source: Source, issuer: string): string {
  switch (source) {
    case 'web-identity':
      return `    oidcConfig: {roleArn: '${roleArn(source)}'}`;
    case 'pod-identity':
      return '';
    case 'assume-role':
      return `    credentialsFile: {secretRef: {name: ${source}}, profile: role}`;
    case 'oidc':
      return `    oidcExchangeToken:
      awsRoleArn: ${roleArn(source)}
      oidc:
        provider: {issuer: '${issuer}'}
        clientID: ${mockCredentials.oidcClient.id}
        clientSecret: {name: ${source}}`;
  }
}
