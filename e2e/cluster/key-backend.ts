/** Resources of tests that look at what the controller makes of them. Each begins a document of its own, so that they can be put together in any order. */

export const gateway = (name: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: ${name}}
spec: {gatewayClassName: eg, listeners: [{name: http, port: 80, protocol: HTTP}]}
`;

/** An AIServiceBackend of this schema and its server. */
export const backendOf = (name: string, schema: string): string => `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIServiceBackend
metadata: {name: ${name}}
spec: {schema: {name: ${schema}}, backendRef: {name: ${name}, kind: Backend, group: gateway.envoyproxy.io}}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: ${name}}
spec: {endpoints: [{fqdn: {hostname: ${name}.example.com, port: 443}}]}
`;

/** The same for Anthropic, with a policy and its Secret, which holds `key-of-NAME` unless another key is given. */
export const keyBackend = (
  name: string,
  { secret = `{name: ${name}}`, key = `key-of-${name}` }: { secret?: string; key?: string } = {},
): string => `${backendOf(name, 'Anthropic')}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: BackendSecurityPolicy
metadata: {name: ${name}}
spec:
  targetRefs: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: ${name}}]
  type: AnthropicAPIKey
  anthropicAPIKey: {secretRef: ${secret}}
---
apiVersion: v1
kind: Secret
metadata: {name: ${name}}
stringData: {apiKey: ${key}}
`;

export const routeTo = (name: string, parent: string, refs: string): string => `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: {name: ${name}}
spec: {parentRefs: [{name: ${parent}}], rules: [{backendRefs: ${refs}}]}
`;
