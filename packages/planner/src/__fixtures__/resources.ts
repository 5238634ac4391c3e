/** An AIGatewayRoute `r` on Gateway `gw` with the given rules, as YAML. */
export function routeYaml(rules: string, more = ''): string {
  return `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: {name: r}
spec:
  parentRefs: [{name: gw}]
  rules: ${rules}
${more}`;
}

/** A backend of a schema with its server and, for AWS and Anthropic, its policy and Secret. */
export function backendYaml(name: string, schema: string, host: string, port = 443): string {
  return `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIServiceBackend
metadata: {name: ${name}}
spec: {schema: ${schema}, backendRef: {name: ${name}, kind: Backend, group: gateway.envoyproxy.io}}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: ${name}}
spec: {endpoints: [{fqdn: {hostname: ${host}, port: ${port}}}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: ${name}}
spec:
  targetRefs: [{group: gateway.envoyproxy.io, kind: Backend, name: ${name}}]
  validation: {wellKnownCACertificates: System, hostname: ${host}}
`;
}

/** A policy with an Anthropic or OpenAI key from a Secret of the same name. */
export function keyYaml(
  name: string,
  backend: string,
  type: 'APIKey' | 'AnthropicAPIKey',
  key: string,
): string {
  const field = type === 'APIKey' ? 'apiKey' : 'anthropicAPIKey';
  return `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: BackendSecurityPolicy
metadata: {name: ${name}}
spec:
  targetRefs: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: ${backend}}]
  type: ${type}
  ${field}: {secretRef: {name: ${name}}}
---
apiVersion: v1
kind: Secret
metadata: {name: ${name}}
stringData: {apiKey: ${JSON.stringify(key)}}
`;
}

/** An AWS policy; the credentials as YAML of `awsCredentials`. */
export function awsYaml(name: string, backend: string, credentials: string): string {
  return `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: BackendSecurityPolicy
metadata: {name: ${name}}
spec:
  targetRefs: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: ${backend}}]
  type: AWSCredentials
  awsCredentials: ${credentials}
`;
}

export const bedrockHost = 'bedrock-runtime.us-west-2.amazonaws.com';

/** A match of one model. */
export const model = (name: string): string => `[{headers: [{name: x-ai-eg-model, value: "${name}"}]}]`;

/** The Gateway `gw`, which everything here is behind. */
export const gatewayYaml = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw}
spec: {gatewayClassName: eg, listeners: [{name: http, port: 80, protocol: HTTP}]}
`;
