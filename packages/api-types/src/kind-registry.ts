import type { z } from 'zod';
import { ConfigMap } from './core/config-map.ts';
import { KubeNamespace } from './core/namespace.ts';
import { Secret } from './core/secret.ts';
import { Service } from './core/service.ts';
import { Backend } from './envoy-gateway/backend.ts';
import { BackendTrafficPolicy } from './envoy-gateway/backend-traffic-policy.ts';
import { ClientTrafficPolicy } from './envoy-gateway/client-traffic-policy.ts';
import { EnvoyProxy } from './envoy-gateway/envoy-proxy.ts';
import { BackendTLSPolicy } from './gateway-api/backend-tls-policy.ts';
import { GatewayClass } from './gateway-api/gateway-class.ts';
import { Gateway } from './gateway-api/gateway.ts';
import { HTTPRoute } from './gateway-api/http-route.ts';
import { ReferenceGrant } from './gateway-api/reference-grant.ts';
import { BackendSecurityPolicyV1alpha1 } from './v1alpha1/backend-security-policy.ts';
import { AIGatewayRoute } from './v1beta1/ai-gateway-route.ts';
import { AIServiceBackend } from './v1beta1/ai-service-backend.ts';
import { BackendSecurityPolicy } from './v1beta1/backend-security-policy.ts';
import { GatewayConfig } from './v1beta1/gateway-config.ts';
import { MCPRoute } from './v1beta1/mcp-route.ts';
import { QuotaPolicy } from './v1alpha1/quota-policy.ts';

/** Schemas of every kind that is read; a kind stands twice where its versions differ. */
export const resourceSchemas = [
  AIGatewayRoute,
  AIServiceBackend,
  BackendSecurityPolicy,
  BackendSecurityPolicyV1alpha1,
  GatewayConfig,
  MCPRoute,
  QuotaPolicy,
  GatewayClass,
  Gateway,
  HTTPRoute,
  ReferenceGrant,
  BackendTLSPolicy,
  Backend,
  BackendTrafficPolicy,
  ClientTrafficPolicy,
  EnvoyProxy,
  Secret,
  ConfigMap,
  Service,
  KubeNamespace,
] as const;

/** A resource whose kind is read. */
export type KnownResource = z.output<(typeof resourceSchemas)[number]>;

/** A resource that is left alone: its kind is only for Kubernetes, or nobody here knows it. */
export interface IgnoredResource {
  readonly kind: 'Ignored';
  readonly apiVersion: string;
  /** The kind as written. */
  readonly originalKind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly reason: 'KubernetesOnly' | 'Unknown';
}

export type Resource = KnownResource | IgnoredResource;
export type ResourceKind = KnownResource['kind'];

/** Kinds without a namespace. */
export const clusterScopedKinds: ReadonlySet<string> = new Set<ResourceKind>(['GatewayClass', 'Namespace']);

/** Kinds that files for Kubernetes contain and that have no meaning without it. */
export const kubernetesOnlyKinds: ReadonlySet<string> = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'CronJob',
  'CustomResourceDefinition',
  'DaemonSet',
  'Deployment',
  'EnvoyExtensionPolicy',
  'EnvoyPatchPolicy',
  'HTTPRouteFilter',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Job',
  'LimitRange',
  'MutatingWebhookConfiguration',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Pod',
  'PodDisruptionBudget',
  'PodMonitor',
  'PriorityClass',
  'ReplicaSet',
  'ResourceQuota',
  'Role',
  'RoleBinding',
  'SecurityPolicy',
  'ServiceAccount',
  'ServiceMonitor',
  'StatefulSet',
  'ValidatingWebhookConfiguration',
]);
