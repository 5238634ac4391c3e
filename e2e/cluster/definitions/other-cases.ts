import { type Case, group, many } from './case.ts';

export const others: readonly Case[] = [
  {
    name: 'all settings',
    kind: 'GatewayConfig',
    spec: {
      extProc: {
        kubernetes: { image: 'i', env: [{ name: 'A', value: 'b' }], resources: { limits: { cpu: '1' } } },
      },
      globalLLMRequestCosts: [{ metadataKey: 'k', type: 'TotalToken' }],
      forwardProxy: { address: 'p:1' },
    },
  },
  {
    name: 'one variable twice, as a container may have it',
    kind: 'GatewayConfig',
    spec: { extProc: { kubernetes: { env: many(2, () => ({ name: 'A', value: 'b' })) } } },
  },
  {
    name: 'an image and a repository',
    kind: 'GatewayConfig',
    spec: { extProc: { kubernetes: { image: 'i', imageRepository: 'r' } } },
    refusal: 'Either image or imageRepository can be set.',
  },
  {
    name: 'a cost of type CEL without an expression',
    kind: 'GatewayConfig',
    spec: { globalLLMRequestCosts: [{ metadataKey: 'k', type: 'CEL' }] },
    refusal: 'cel is required for the type CEL',
  },
  {
    name: 'one cost twice',
    kind: 'GatewayConfig',
    spec: { globalLLMRequestCosts: many(2, () => ({ metadataKey: 'k', type: 'TotalToken' })) },
    refusal: 'Duplicate value',
  },
  {
    name: 'an empty proxy',
    kind: 'GatewayConfig',
    spec: { forwardProxy: { address: '' } },
    refusal: 'should be at least 1 chars',
  },
  {
    name: 'a route of tools',
    kind: 'MCPRoute',
    spec: { parentRefs: [{ name: 'g' }], backendRefs: [{ name: 'a', toolSelector: { include: ['x'] } }] },
  },
  {
    name: 'no parent',
    kind: 'MCPRoute',
    spec: { parentRefs: [], backendRefs: [{ name: 'a' }] },
    refusal: 'at least 1 items',
  },
  {
    name: 'a parent that is no Gateway',
    kind: 'MCPRoute',
    spec: { parentRefs: [{ name: 'g', kind: 'Service' }], backendRefs: [{ name: 'a' }] },
    refusal: 'only Gateway is supported',
  },
  {
    name: 'one server twice',
    kind: 'MCPRoute',
    spec: { parentRefs: [{ name: 'g' }], backendRefs: [{ name: 'a' }, { name: 'a' }] },
    refusal: 'Duplicate value',
  },
  ...(['include', 'exclude'] as const).map((side): Case => ({
    name: `${side} by name and by pattern`,
    kind: 'MCPRoute',
    spec: {
      parentRefs: [{ name: 'g' }],
      backendRefs: [{ name: 'a', toolSelector: { [side]: ['x'], [`${side}Regex`]: ['y'] } }],
    },
    refusal: `${side} and ${side}Regex are mutually exclusive`,
  })),
  {
    name: 'a selector that selects nothing',
    kind: 'MCPRoute',
    spec: { parentRefs: [{ name: 'g' }], backendRefs: [{ name: 'a', toolSelector: {} }] },
    refusal: 'at least one of include',
  },
  {
    name: 'a quota',
    kind: 'QuotaPolicy',
    only: 'v1alpha1',
    spec: {
      targetRefs: [{ group, kind: 'AIServiceBackend', name: 'b' }],
      perModelQuotas: [{ modelName: 'm', quota: { defaultBucket: { limit: 1, duration: '1m' } } }],
    },
  },
  {
    name: 'a quota of a route',
    kind: 'QuotaPolicy',
    only: 'v1alpha1',
    spec: { targetRefs: [{ group, kind: 'AIGatewayRoute', name: 'b' }] },
    refusal: 'targetRefs must reference AIServiceBackend resources',
  },
  {
    name: 'a quota per fortnight',
    kind: 'QuotaPolicy',
    only: 'v1alpha1',
    spec: { serviceQuota: { quota: { limit: 1, duration: '14d' } } },
    refusal: 'Unsupported value',
  },
];
