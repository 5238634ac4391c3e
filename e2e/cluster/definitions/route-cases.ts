import { type Case, many, route } from './case.ts';

export const routes: readonly Case[] = [
  { name: 'a rule with a backend', kind: 'AIGatewayRoute', spec: route({ backendRefs: [{ name: 'a' }] }) },
  { name: 'a schema of the guides', kind: 'AIGatewayRoute', spec: route({}, { schema: 'Anthropic' }) },
  {
    name: 'a schema in the long form',
    kind: 'AIGatewayRoute',
    spec: route({}, { schema: { name: 'OpenAI' } }),
  },
  { name: 'no rules', kind: 'AIGatewayRoute', spec: {}, refusal: 'spec.rules: Required value' },
  { name: 'fifteen rules', kind: 'AIGatewayRoute', spec: { rules: many(15, () => ({})) } },
  {
    name: 'sixteen rules',
    kind: 'AIGatewayRoute',
    spec: { rules: many(16, () => ({})) },
    refusal: 'Too many',
  },
  {
    name: 'the reserved name',
    kind: 'AIGatewayRoute',
    spec: route({ name: 'route-not-found' }),
    refusal: "rule name 'route-not-found' is reserved",
  },
  {
    name: 'two rules of one name',
    kind: 'AIGatewayRoute',
    spec: { rules: [{ name: 'a' }, { name: 'a' }] },
    refusal: 'rule name must be unique within the route',
  },
  {
    name: 'two rules of two names',
    kind: 'AIGatewayRoute',
    spec: { rules: [{ name: 'a' }, { name: 'b' }, {}, {}] },
  },
  {
    name: 'a parent that is no Gateway',
    kind: 'AIGatewayRoute',
    spec: route({}, { parentRefs: [{ name: 'x', kind: 'Service' }] }),
    refusal: 'only Gateway is supported',
  },
  {
    name: 'seventeen parents',
    kind: 'AIGatewayRoute',
    spec: route({}, { parentRefs: many(17, (index) => ({ name: `g${index}` })) }),
    refusal: 'Too many',
  },
  {
    name: 'a kind without a group',
    kind: 'AIGatewayRoute',
    spec: route({ backendRefs: [{ name: 'a', kind: 'InferencePool' }] }),
    refusal: 'group and kind must be specified together',
  },
  {
    name: 'a foreign kind',
    kind: 'AIGatewayRoute',
    spec: route({ backendRefs: [{ name: 'a', group: 'x.y', kind: 'Z' }] }),
    refusal: 'only InferencePool from inference.networking.k8s.io group is supported',
  },
  {
    name: 'an InferencePool',
    kind: 'AIGatewayRoute',
    spec: route({
      backendRefs: [{ name: 'a', group: 'inference.networking.k8s.io', kind: 'InferencePool' }],
    }),
  },
  {
    name: 'an InferencePool and a backend',
    kind: 'AIGatewayRoute',
    spec: route({
      backendRefs: [
        { name: 'a', group: 'inference.networking.k8s.io', kind: 'InferencePool' },
        { name: 'b' },
      ],
    }),
    refusal: 'cannot mix InferencePool and AIServiceBackend references in the same rule',
  },
  {
    name: 'two InferencePools',
    kind: 'AIGatewayRoute',
    spec: route({
      backendRefs: many(2, (index) => ({
        name: `p${index}`,
        group: 'inference.networking.k8s.io',
        kind: 'InferencePool',
      })),
    }),
    refusal: 'only one InferencePool backend is allowed per rule',
  },
  {
    name: 'a backend without a name',
    kind: 'AIGatewayRoute',
    spec: route({ backendRefs: [{}] }),
    refusal: 'name: Required value',
  },
  {
    name: 'a negative weight',
    kind: 'AIGatewayRoute',
    spec: route({ backendRefs: [{ name: 'a', weight: -1 }] }),
    refusal: 'greater than or equal to 0',
  },
  {
    name: 'a negative priority',
    kind: 'AIGatewayRoute',
    spec: route({ backendRefs: [{ name: 'a', priority: -1 }] }),
    refusal: 'greater than or equal to 0',
  },
  {
    name: 'priorities far apart',
    kind: 'AIGatewayRoute',
    spec: route({
      backendRefs: [
        { name: 'a', priority: 200 },
        { name: 'b', priority: 2_147_483_647 },
      ],
    }),
  },
  {
    name: 'one header twice in a match',
    kind: 'AIGatewayRoute',
    spec: route({ matches: [{ headers: many(2, () => ({ name: 'a', value: 'b' })) }] }),
    refusal: 'Duplicate value',
  },
  {
    name: 'a duration without a unit',
    kind: 'AIGatewayRoute',
    spec: route({ timeouts: { request: '60' } }),
    refusal: 'timeouts.request',
  },
  {
    name: 'an attempt that may take as long as the request',
    kind: 'AIGatewayRoute',
    spec: route({ timeouts: { request: '1m', backendRequest: '60s' } }),
  },
  {
    name: 'an attempt with a limit, of a request without one',
    kind: 'AIGatewayRoute',
    spec: route({ timeouts: { request: '0s', backendRequest: '60s' } }),
  },
  {
    name: 'an attempt that may take longer than the request',
    kind: 'AIGatewayRoute',
    spec: route({ timeouts: { request: '30s', backendRequest: '1m' } }),
    refusal: 'backendRequest timeout cannot be longer than request timeout',
  },
  {
    name: 'a date without a time',
    kind: 'AIGatewayRoute',
    spec: route({ modelsCreatedAt: 'yesterday' }),
    refusal: 'date-time',
  },
  {
    name: 'a cost of an unknown type',
    kind: 'AIGatewayRoute',
    spec: route({}, { llmRequestCosts: [{ metadataKey: 'x', type: 'Bytes' }] }),
    refusal: 'Unsupported value',
  },
  {
    name: 'an expression of tokens',
    kind: 'AIGatewayRoute',
    spec: route({}, { llmRequestCosts: [{ metadataKey: 'x', type: 'CEL', cel: 'input_tokens * 2' }] }),
  },
  {
    name: 'a cost of type CEL without an expression',
    kind: 'AIGatewayRoute',
    spec: route({}, { llmRequestCosts: [{ metadataKey: 'x', type: 'CEL' }] }),
    refusal: 'cel is required for the type CEL',
  },
  {
    name: 'a cost of type CEL with an empty expression',
    kind: 'AIGatewayRoute',
    spec: route({}, { llmRequestCosts: [{ metadataKey: 'x', type: 'CEL', cel: '' }] }),
    refusal: 'cel is required for the type CEL',
  },
  {
    name: 'thirty-seven costs',
    kind: 'AIGatewayRoute',
    spec: route(
      {},
      { llmRequestCosts: many(37, (index) => ({ metadataKey: `k${index}`, type: 'InputToken' })) },
    ),
    refusal: 'Too many',
  },
  {
    name: 'an unknown field',
    kind: 'AIGatewayRoute',
    spec: route({ backends: [] }),
    refusal: 'unknown field "spec.rules[0].backends"',
  },
];
