import type { z } from 'zod';
import { AIGatewayRoute } from '../v1beta1/ai-gateway-route.ts';
import { AIServiceBackend } from '../v1beta1/ai-service-backend.ts';
import { BackendSecurityPolicy } from '../v1beta1/backend-security-policy.ts';
import { GatewayConfig } from '../v1beta1/gateway-config.ts';
import { MCPRoute } from '../v1beta1/mcp-route.ts';
import { BackendSecurityPolicyV1alpha1 } from '../v1alpha1/backend-security-policy.ts';
import { QuotaPolicy } from '../v1alpha1/quota-policy.ts';

/** One served version of a kind. */
export interface CrdVersion {
  readonly name: 'v1alpha1' | 'v1beta1';
  readonly spec: z.ZodType;
  /** Etcd holds objects in this version. */
  readonly isStorage: boolean;
  /** What clients are told that still use it. */
  readonly deprecation?: string;
}

/** A kind of ours as the API server knows it. */
export interface CrdKind {
  readonly kind: string;
  readonly description: string;
  readonly shortNames: readonly string[];
  readonly isPolicy: boolean;
  readonly isSpecRequired: boolean;
  readonly versions: readonly CrdVersion[];
}

const deprecation =
  'aigateway.envoyproxy.io/v1alpha1 is deprecated; use aigateway.envoyproxy.io/v1beta1 instead';

/** Both versions of a kind: the older is served, deprecated, and converts by being the same. */
const bothVersions = (v1beta1: z.ZodType, v1alpha1: z.ZodType = v1beta1): readonly CrdVersion[] => [
  { name: 'v1alpha1', spec: v1alpha1, isStorage: false, deprecation },
  { name: 'v1beta1', spec: v1beta1, isStorage: true },
];

const common = { shortNames: [], isPolicy: false, isSpecRequired: true };

/** Our kinds, in the order of their files. */
export const crdKinds: readonly CrdKind[] = [
  {
    ...common,
    kind: 'AIGatewayRoute',
    description: 'Requests for models, and the backends that answer them.',
    versions: bothVersions(AIGatewayRoute.shape.spec),
  },
  {
    ...common,
    kind: 'AIServiceBackend',
    description: 'One server and the API that it speaks.',
    versions: bothVersions(AIServiceBackend.shape.spec),
  },
  {
    ...common,
    kind: 'BackendSecurityPolicy',
    description: 'How requests to backends are authenticated.',
    isPolicy: true,
    versions: bothVersions(BackendSecurityPolicy.shape.spec, BackendSecurityPolicyV1alpha1.shape.spec),
  },
  {
    ...common,
    kind: 'GatewayConfig',
    description:
      'Settings of the Gateways that name it in the annotation aigateway.envoyproxy.io/gateway-config.',
    shortNames: ['gwconfig'],
    isSpecRequired: false,
    versions: bothVersions(GatewayConfig.shape.spec.unwrap()),
  },
  {
    ...common,
    kind: 'MCPRoute',
    description: 'Routes to servers of the Model Context Protocol. Accepted, not served.',
    versions: bothVersions(MCPRoute.shape.spec),
  },
  {
    ...common,
    kind: 'QuotaPolicy',
    description: 'Token quotas of backends. Accepted, not enforced.',
    isPolicy: true,
    versions: [{ name: 'v1alpha1', spec: QuotaPolicy.shape.spec, isStorage: true }],
  },
];
