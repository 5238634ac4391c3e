import { z } from 'zod';
import { HTTPHeaderMatch } from '../gateway-api/header-match.ts';
import { Duration, Group, Kind } from '../gateway-api/references.ts';
import { Namespace, ObjectName, SectionName } from '../meta.ts';
import { fields, mapList, withAdmissionRules, withCelRules } from '../schema-kit.ts';
import { HTTPBodyMutation, HTTPHeaderMutation } from './mutation.ts';

/** The name that rules cannot have: it is the gateway's own. */
const routeNotFoundRule = 'route-not-found';

export const AIGatewayRouteBackendRef = withCelRules(
  fields({
    name: ObjectName.describe('Name of the AIServiceBackend.'),
    namespace: Namespace.optional().describe(
      "Namespace of the AIServiceBackend; the route's own if not given. In another one a ReferenceGrant beside the " +
        'AIServiceBackend has to allow it.',
    ),
    group: Group.optional().describe(
      'API group of the backend, together with `kind`: `aigateway.envoyproxy.io`, which is meant without it, or ' +
        '`inference.networking.k8s.io`.',
    ),
    kind: Kind.optional().describe(
      'Kind of the backend, together with `group`: `AIServiceBackend`, which is meant without it, or `InferencePool`, ' +
        'which is accepted and not served: its rule answers 501.',
    ),
    modelNameOverride: z
      .string()
      .optional()
      .describe("The model's name at this backend. Without it, or empty, the name that the client sent."),
    headerMutation: HTTPHeaderMutation.optional().describe(
      'Headers of requests to this backend. What it names is no longer what the AIServiceBackend says of it.',
    ),
    bodyMutation: HTTPBodyMutation.optional().describe(
      'Fields of request bodies, as they are translated for this backend. What it names is no longer what the ' +
        'AIServiceBackend says of it.',
    ),
    weight: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(1)
      .describe(
        'Share of the requests among backends of the same priority. 0 takes the backend out, also as a fallback.',
      ),
    priority: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .default(0)
      .describe('0 is asked first. The next higher one is asked when an attempt fails.'),
  }).meta({ title: 'AIGatewayRouteRuleBackendRef' }),
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

export const AIGatewayRouteMatch = fields({
  headers: mapList(HTTPHeaderMatch, 'name', 16)
    .optional()
    .describe('Conditions on headers, all of which have to hold. Without any, every request matches.'),
}).meta({ title: 'AIGatewayRouteRuleMatch' });
export type AIGatewayRouteMatch = z.infer<typeof AIGatewayRouteMatch>;

/** Those of Gateway API, with its rule: an HTTPRoute that breaks it is refused as a whole. */
const Timeouts = withAdmissionRules(
  fields({
    request: Duration.optional().describe(
      'How long a request may take in total, answer included, such as `30s`; `0s` is no limit. Without it the ' +
        '`requestTimeout` of a BackendTrafficPolicy counts, else there is none: a long stream is not cut.',
    ),
    backendRequest: Duration.optional().describe(
      'How long a backend may take to begin its answer, for each attempt. It may not be longer than `request`.',
    ),
  }).meta({ title: 'HTTPRouteTimeouts' }),
  [
    {
      rule: "!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && duration(self.backendRequest) > duration(self.request))",
      message: 'backendRequest timeout cannot be longer than request timeout',
    },
  ],
);

export const AIGatewayRouteRule = withCelRules(
  fields({
    name: SectionName.optional().describe(
      'Name of the rule, which BackendTrafficPolicies can refer to as `sectionName`. Each rule has another.',
    ),
    backendRefs: z
      .array(AIGatewayRouteBackendRef)
      .max(128)
      .optional()
      .describe(
        'The backends that answer. Those that cannot be used are left out, and conditions say why; a rule with ' +
          'none left answers 501 or 503. Several are tried in turn, see `priority`.',
      ),
    matches: z
      .array(AIGatewayRouteMatch)
      .max(128)
      .optional()
      .describe(
        'Requests that the rule takes: one of the matches has to hold. Without any it takes what no other rule does. ' +
          'Of several rules that match, the one with more conditions counts, then the first.',
      ),
    timeouts: Timeouts.optional().describe('Limits of time.'),
    streamIdleTimeout: Duration.optional().describe(
      'How long a stream may be silent, such as `30s`. One that has not begun is then tried elsewhere; one that has ' +
        "ends with an error in the caller's API. Without it the `streamIdleTimeout` of a BackendTrafficPolicy counts, " +
        'else ten minutes.',
    ),
    modelsOwnedBy: z
      .string()
      .default('Envoy AI Gateway')
      .describe(
        '`owned_by` of the models of this rule in `/v1/models`. They are those that it matches exactly.',
      ),
    modelsCreatedAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('`created` of these models in `/v1/models`; when the route was created if not given.'),
  }).meta({ title: 'AIGatewayRouteRule' }),
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
