import { parseFilterConfig } from '@aigw/api-types';
import { createHash } from 'node:crypto';
import { clusterOfYaml, get, sha256Hex } from '../__fixtures__/cluster.ts';
import { checkCel } from '../__fixtures__/plan-yaml.ts';
import { backendYaml, keyYaml, routeYaml } from '../__fixtures__/resources.ts';
import type { DesiredObject } from './kubernetes-object.ts';
import { filterConfigSecretName, gatewayAnnotation } from './names.ts';
import { parseFilterConfigIndex } from './filter-config-index.ts';
import {
  type FilterConfigHistory,
  type FilterConfigSecrets,
  planFilterConfigSecrets,
} from './plan-filter-config-secrets.ts';
import { planGatewayConfig } from './plan-gateway.ts';
import { planGatewayConfigConditions } from './plan-gateway-config.ts';

const gateway = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, annotations: {aigateway.envoyproxy.io/gateway-config: settings}}
spec: {gatewayClassName: eg, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: GatewayConfig
metadata: {name: settings}
spec: {globalLLMRequestCosts: [{metadataKey: total, type: TotalToken}]}
`;
const claude =
  backendYaml('claude', 'Anthropic', 'api.anthropic.com') +
  keyYaml('claude', 'claude', 'AnthropicAPIKey', 'sk-test');
const route = routeYaml('[{backendRefs: [{name: claude}]}]');

function planOf(yaml: string): FilterConfigSecrets | undefined {
  const set = clusterOfYaml(yaml);
  const config = planGatewayConfig({ set, sha256Hex, checkCel }, get(set, 'Gateway', 'gw'));
  const place = { gateway: { namespace: 'default', name: 'gw' }, namespace: 'envoy-gateway-system' };
  return config && planFilterConfigSecrets(place, config, { now: 1 }, sha256Hex);
}

const textOf = ({ data }: DesiredObject, key: string): string =>
  Buffer.from(data?.[key] ?? '', 'base64').toString();

/** Reads the Secrets as the external processor reads their volume. */
function readBundle(secrets: readonly DesiredObject[]): string {
  const index = JSON.parse(textOf(secrets.at(-1)!, 'index.yaml')) as {
    checksum: string;
    parts: { path: string }[];
  };
  const parts = secrets.slice(0, -1).map((part) => Buffer.from(part.data?.['chunk'] ?? '', 'base64'));
  expect(index.parts.map(({ path }) => path)).toEqual(parts.map((_, number) => `parts/00${number}`));
  const content = Buffer.concat(parts);
  expect(createHash('sha256').update(content).digest('hex')).toBe(index.checksum);
  return content.toString();
}

describe('planGatewayConfig', () => {
  test('a Gateway without AI routes gets nothing', () => {
    expect(planOf(gateway + claude)).toBeUndefined();
  });

  test('the filter configuration is what the data plane reads, in the namespace of the proxies', () => {
    const plan = planOf(route + gateway + claude);
    const config = parseFilterConfig(JSON.parse(readBundle(plan?.secrets ?? []))).config;
    expect(config.backends).toEqual([
      expect.objectContaining({
        name: expect.stringMatching(
          /^default\/claude\/route\/r\/rule\/0\/ref\/0\/to\/[0-9a-f]{8}$/,
        ) as unknown,
        host: 'api.anthropic.com',
        hosts: [{ address: 'api.anthropic.com:443', host: 'api.anthropic.com' }],
        auth: { anthropicAPIKey: { key: 'sk-test' } },
      }),
    ]);
    expect(config.globalLLMRequestCosts).toEqual([{ metadataKey: 'total', type: 'TotalToken' }]);
    for (const { metadata } of plan?.secrets ?? []) {
      expect(metadata.namespace).toBe('envoy-gateway-system');
      expect(metadata.annotations?.[gatewayAnnotation]).toBe('default/gw');
    }
  });

  test('costs that cannot be computed are left out, of the route and of the Gateway', () => {
    const faulty = '{metadataKey: f, type: CEL, cel: nosuch}, {metadataKey: c, type: CEL, cel: input_tokens}';
    const set = clusterOfYaml(
      routeYaml('[{backendRefs: [{name: claude}]}]', `  llmRequestCosts: [${faulty}]\n`) +
        gateway.replace('{metadataKey: total, type: TotalToken}', faulty) +
        claude,
    );
    const config = planGatewayConfig({ set, sha256Hex, checkCel }, get(set, 'Gateway', 'gw'));
    const good = { metadataKey: 'c', type: 'CEL', cel: 'input_tokens' };
    expect(config?.globalLLMRequestCosts).toEqual([good]);
    expect(config?.llmRequestCosts).toEqual([{ ...good, routeName: 'default/r' }]);
    expect(config?.backends).toHaveLength(1);
    const used = { type: 'Programmed', status: 'True', reason: 'Programmed', message: '' } as const;
    const conditions = planGatewayConfigConditions({ checkCel }, get(set, 'GatewayConfig', 'settings'), used);
    expect(conditions.find(({ type }) => type === 'Accepted')).toMatchObject({
      status: 'False',
      message: 'spec.globalLLMRequestCosts[0].cel: the cost "f" is not counted: Unknown variable: nosuch',
    });
  });

  test('the order of resources changes no byte, a changed key does', () => {
    const documents = (route + gateway + claude).split('\n---\n');
    const bytes = (texts: readonly string[]): string =>
      JSON.stringify(planOf(texts.join('\n---\n'))?.secrets);
    expect(bytes([...documents].reverse())).toBe(bytes(documents));
    expect(bytes(documents.map((text) => text.replace('sk-test', 'sk-other')))).not.toBe(bytes(documents));
  });
});

describe('a route is planned for a Gateway only where a listener takes it', () => {
  const namespace = (name: string, labels: string): string =>
    `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}\n`;
  const allowed = (namespaces: string, more = ''): string =>
    `{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: ${namespaces}${more}}}`;
  const expression = (text: string): string =>
    allowed(`{from: Selector, selector: {matchExpressions: [${text}]}}`);
  const inA = { ref: '{name: gw, namespace: default}', namespace: 'a' };
  const own = { ref: '{name: gw}', namespace: 'default' };

  test.each([
    { listener: '{name: http, port: 80, protocol: HTTP}', from: own, taken: true },
    { listener: '{name: http, port: 80, protocol: HTTP}', from: inA, taken: false },
    { listener: allowed('{from: Same}'), from: inA, taken: false },
    { listener: allowed('{from: All}'), from: inA, taken: true },
    { listener: allowed('{from: None}'), from: own, taken: false },
    { listener: allowed('{from: Selector, selector: {matchLabels: {team: ai}}}'), from: inA, taken: true },
    { listener: allowed('{from: Selector, selector: {matchLabels: {team: web}}}'), from: inA, taken: false },
    { listener: allowed('{from: Selector, selector: {matchLabels: {team: ai}}}'), from: own, taken: false },
    { listener: allowed('{from: Selector, selector: {}}'), from: inA, taken: true },
    { listener: allowed('{from: Selector}'), from: inA, taken: false },
    { listener: expression('{key: team, operator: In, values: [x, ai]}'), from: inA, taken: true },
    { listener: expression('{key: team, operator: NotIn, values: [ai]}'), from: inA, taken: false },
    { listener: expression('{key: other, operator: NotIn, values: [ai]}'), from: inA, taken: true },
    { listener: expression('{key: team, operator: Exists}'), from: inA, taken: true },
    { listener: expression('{key: team, operator: DoesNotExist}'), from: inA, taken: false },
    { listener: allowed('{from: All}', ', kinds: [{kind: GRPCRoute}]'), from: inA, taken: false },
    { listener: allowed('{from: All}', ', kinds: [{kind: HTTPRoute}]'), from: inA, taken: true },
    { listener: '{name: tcp, port: 80, protocol: TCP}', from: own, taken: false },
    {
      listener: `${allowed('{from: All}')}, {name: private, port: 81, protocol: HTTPS}`,
      from: { ...inA, ref: '{name: gw, namespace: default, sectionName: private}' },
      taken: false,
    },
    { listener: allowed('{from: All}'), from: { ...own, ref: '{name: gw, port: 81}' }, taken: false },
    { listener: allowed('{from: All}'), from: { ...own, ref: '{name: gw, sectionName: no}' }, taken: false },
  ])('$listener, $from.ref of $from.namespace: $taken', ({ listener, from, taken }) => {
    const set = clusterOfYaml(
      routeYaml('[]')
        .replace('{name: r}', `{name: r, namespace: ${from.namespace}}`)
        .replace('{name: gw}', from.ref) +
        gateway.replace('{name: http, port: 80, protocol: HTTP}', listener) +
        namespace('a', '{team: ai}') +
        namespace('default', '{}'),
    );
    const config = planGatewayConfig({ set, sha256Hex, checkCel }, get(set, 'Gateway', 'gw'));
    expect(config !== undefined).toBe(taken);
  });
});

const emptyConfig: Parameters<typeof planFilterConfigSecrets>[1] = {
  version: 'dev',
  globalLLMRequestCosts: [],
  llmRequestCosts: [],
  backends: [],
  models: [],
  unscopedModels: [],
  modelsByHost: {},
};

describe('planFilterConfigSecrets', () => {
  const place = { gateway: { namespace: 'default', name: 'gw' }, namespace: 'system' };
  const large = (characters: number): typeof emptyConfig => ({
    ...emptyConfig,
    unscopedModels: [{ Name: '€'.repeat(characters / 3), OwnedBy: 'x', CreatedAt: '1970-01-01T00:00:00Z' }],
  });

  test('a large configuration is split, whatever its characters, and put together again', () => {
    const { secrets } = planFilterConfigSecrets(place, large(1_500_000), { now: 1 }, sha256Hex);
    expect(secrets.map(({ metadata }) => metadata.name)).toEqual(
      ['-part-000', '-part-001', '-part-002', ''].map(
        (suffix) => `${filterConfigSecretName('default', 'gw', sha256Hex)}${suffix}`,
      ),
    );
    expect(
      (JSON.parse(readBundle(secrets)) as { unscopedModels: { Name: string }[] }).unscopedModels[0]?.Name,
    ).toHaveLength(500_000);
    for (const { data } of secrets) expect(JSON.stringify(data).length).toBeLessThan(1 << 20);
  });

  test('one that does not fit into eight parts is refused, with its size', () => {
    expect(() => planFilterConfigSecrets(place, large(6_000_000), { now: 1 }, sha256Hex)).toThrow(
      /^it has \d+ bytes, and 5734400 are the most/,
    );
  });
});

describe('the revision of a configuration', () => {
  const place = { gateway: { namespace: 'default', name: 'gw' }, namespace: 'system' };
  const config = { ...emptyConfig, unscopedModels: [] };
  const revision = (history: FilterConfigHistory, of = config): number =>
    planFilterConfigSecrets(place, of, history, sha256Hex).index.revision;
  const { checksum } = planFilterConfigSecrets(place, config, { now: 0 }, sha256Hex).index;

  test.each([
    { what: 'the first one is of now', history: { now: 5 }, wanted: 5 },
    {
      what: 'the same one keeps its own',
      history: { now: 5, previous: { checksum, revision: 3 } },
      wanted: 3,
    },
    {
      what: 'another one is of now',
      history: { now: 5, previous: { checksum: 'x', revision: 3 } },
      wanted: 5,
    },
    {
      what: 'a clock that went back does not matter',
      history: { now: 5, previous: { checksum: 'x', revision: 7 } },
      wanted: 8,
    },
  ])('$what', ({ history, wanted }) => {
    expect(revision(history)).toBe(wanted);
  });

  test('the index says what was planned, with the authority beside it', () => {
    const { index, secrets } = planFilterConfigSecrets(
      place,
      config,
      { now: 9, authority: 'PEM' },
      sha256Hex,
    );
    expect(parseFilterConfigIndex(textOf(secrets.at(-1)!, 'index.yaml'))).toEqual(index);
    expect(textOf(secrets.at(-1)!, 'ca.crt')).toBe('PEM');
  });

  test.each(['', 'parts: 3', '[]', '{}', '{"version":"v","uuid":"u","checksum":"c","parts":[]}'])(
    'an index that we did not write is none: %s',
    (text) => {
      expect(parseFilterConfigIndex(text)).toBeUndefined();
    },
  );
});

test('names of Secrets stay within what a name may be, and different', () => {
  const long = 'a'.repeat(253);
  const names = [filterConfigSecretName('n', long, sha256Hex), filterConfigSecretName('m', long, sha256Hex)];
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(`${name}-part-000`.length).toBeLessThanOrEqual(253);
});
