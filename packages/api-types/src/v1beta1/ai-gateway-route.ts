import { z } from 'zod';
import { HTTPHeaderMatch } from '../gateway-api/header-match.ts';
import { Duration, Group, Hostname, Kind, ParentReference } from '../gateway-api/references.ts';
import { Namespace, ObjectName, resource, SectionName } from '../meta.ts';
import { fields, mapList, withCelRules } from '../schema-kit.ts';
import { VersionedAPISchema } from './ai-service-backend.ts';
import { aiGatewayVersions } from './api-versions.ts';
import { LLMRequestCost } from './llm-request-cost.ts';
import { HTTPBodyMutation, HTTPHeaderMutation } from './mutation.ts';

/** The name that rules cannot have: it is the gateway's own. */
export const routeNotFoundRule = 'route-not-found';

export const AIGatewayRouteBackendRef = withCelRules(
  fields({
    name: ObjectName,
    namespace: Namespace.optional(),
    group: Group.optional(),
    kind: Kind.optional(),
    modelNameOverride: z.string().optional(),
    headerMutation: HTTPHeaderMutation.optional(),
    bodyMutation: HTTPBodyMutation.optional(),
    weight: z.int().min(0).max(1_000_000).default(1),
    priority: z.int().min(0).max(127).default(0),
  }),
  [
    {
      rule: '!has(self.group) && !has(self.kind) || (has(self.group) && has(self.kind))',
      message: 'group and kind must be specified together',
      holds: ({ group, kind }) => (group === undefined) === (kind === undefined),
    },
    {
      rule: "!has(self.group) || (self.group == 'inference.networking.k8s.io' && self.kind == 'InferencePool') || (self.group == 'aigateway.envoyproxy.io' && self.kind == 'AIServiceBackend')",
      message: 'only InferencePool from inference.networking.k8s.io group is supported',
      holds: ({ group, kind }) =>
        group === undefined ||
        kind === undefined ||
        (group === 'inference.networking.k8s.io' && kind === 'InferencePool') ||
        (group === 'aigateway.envoyproxy.io' && kind === 'AIServiceBackend'),
    },
  ],
);
export type AIGatewayRouteBackendRef = z.infer<typeof AIGatewayRouteBackendRef>;

/** True for a reference to an InferencePool, which only Kubernetes has. */
export function isInferencePool(ref: AIGatewayRouteBackendRef): boolean {
  return ref.kind === 'InferencePool';
}

export const AIGatewayRouteMatch = fields({ headers: mapList(HTTPHeaderMatch, 'name', 16).optional() });
export type AIGatewayRouteMatch = z.infer<typeof AIGatewayRouteMatch>;

export const AIGatewayRouteRule = withCelRules(
  fields({
    name: SectionName.optional(),
    backendRefs: z.array(AIGatewayRouteBackendRef).max(128).optional(),
    matches: z.array(AIGatewayRouteMatch).max(128).optional(),
    timeouts: fields({ request: Duration.optional(), backendRequest: Duration.optional() }).optional(),
    streamIdleTimeout: Duration.optional(),
    modelsOwnedBy: z.string().default('Envoy AI Gateway'),
    modelsCreatedAt: z.iso.datetime({ offset: true }).optional(),
  }),
  [
    {
      rule: `!has(self.name) || self.name != '${routeNotFoundRule}'`,
      message: `rule name '${routeNotFoundRule}' is reserved`,
      path: ['name'],
      holds: ({ name }) => name !== routeNotFoundRule,
    },
    {
      rule: "!has(self.backendRefs) || self.backendRefs.all(ref, has(ref.kind) && ref.kind == 'InferencePool') || self.backendRefs.all(ref, !has(ref.kind) || ref.kind != 'InferencePool')",
      message: 'cannot mix InferencePool and AIServiceBackend references in the same rule',
      path: ['backendRefs'],
      holds: ({ backendRefs = [] }) =>
        backendRefs.every(isInferencePool) || !backendRefs.some(isInferencePool),
    },
    {
      rule: "!has(self.backendRefs) || !self.backendRefs.exists(ref, has(ref.kind) && ref.kind == 'InferencePool') || self.backendRefs.size() == 1",
      message: 'only one InferencePool backend is allowed per rule',
      path: ['backendRefs'],
      holds: ({ backendRefs = [] }) => !backendRefs.some(isInferencePool) || backendRefs.length === 1,
    },
  ],
);
export type AIGatewayRouteRule = z.infer<typeof AIGatewayRouteRule>;

const GatewayParentReference = withCelRules(ParentReference, [
  {
    rule: "self.kind == 'Gateway'",
    message: 'only Gateway is supported',
    path: ['kind'],
    holds: ({ kind }) => kind === 'Gateway',
  },
]);

/** Requests for models, and the backends that answer them. */
export const AIGatewayRoute = resource(aiGatewayVersions, 'AIGatewayRoute', {
  spec: withCelRules(
    fields({
      schema: VersionedAPISchema.optional(),
      parentRefs: z.array(GatewayParentReference).max(16).optional(),
      hostnames: z.array(Hostname).max(16).optional(),
      rules: z.array(AIGatewayRouteRule).max(15),
      llmRequestCosts: z.array(LLMRequestCost).max(36).optional(),
    }),
    [
      {
        rule: 'self.rules.filter(r, has(r.name)).all(r, self.rules.exists_one(o, has(o.name) && o.name == r.name))',
        message: 'rule name must be unique within the route',
        path: ['rules'],
        holds: ({ rules }) => {
          const names = rules.flatMap(({ name }) => (name === undefined ? [] : [name]));
          return new Set(names).size === names.length;
        },
      },
    ],
  ),
});
export type AIGatewayRoute = z.infer<typeof AIGatewayRoute>;
