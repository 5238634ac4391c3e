import { model } from './workloads.ts';

/** The credentials with which the gateway signs here, and with which the check recomputes its signature. */
export const credentials = { accessKeyId: 'AKIABENCH', secretAccessKey: 'benchsecret', region: 'us-east-1' };

/** The smallest useful gateway: one model on one Bedrock backend, which is the mock. The rest is the product's defaults. */
export function buildGatewayResources(mockPort: number): string {
  return `
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
    - matches: [{headers: [{type: Exact, name: x-ai-eg-model, value: '${model}'}]}]
      backendRefs: [{name: bench}]
---
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: AIServiceBackend
metadata: {name: bench, namespace: default}
spec:
  schema: {name: AWSBedrock}
  backendRef: {name: bench, kind: Backend, group: gateway.envoyproxy.io}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: bench, namespace: default}
spec:
  endpoints: [{ip: {address: 127.0.0.1, port: ${mockPort}}}]
---
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: BackendSecurityPolicy
metadata: {name: bench, namespace: default}
spec:
  targetRefs: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: bench}]
  type: AWSCredentials
  awsCredentials:
    region: ${credentials.region}
    credentialsFile: {secretRef: {name: bench}}
---
apiVersion: v1
kind: Secret
metadata: {name: bench, namespace: default}
stringData:
  credentials: |
    [default]
    aws_access_key_id = ${credentials.accessKeyId}
    aws_secret_access_key = ${credentials.secretAccessKey}
`;
}
