import { parseFilterConfig } from '@aigw/api-types';
import { createHash } from 'node:crypto';
import { clusterOfYaml, get, sha256Hex } from '../__fixtures__/cluster.ts';
import { backendYaml, keyYaml, routeYaml } from '../__fixtures__/resources.ts';
import type { DesiredObject } from './kubernetes-object.ts';
import { filterConfigSecretName, gatewayAnnotation } from './names.ts';
import { type FilterConfigSecrets, planFilterConfigSecrets } from './plan-filter-config-secrets.ts';
import { planGatewayConfig } from './plan-gateway.ts';

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
  const config = planGatewayConfig({ set, sha256Hex }, get(set, 'Gateway', 'gw'));
  const place = { gateway: { namespace: 'default', name: 'gw' }, namespace: 'envoy-gateway-system' };
  return config && planFilterConfigSecrets(place, config, sha256Hex);
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
        name: 'default/claude/route/r/rule/0/ref/0',
        host: 'api.anthropic.com',
        auth: { anthropicAPIKey: { key: 'sk-test' } },
      }),
    ]);
    expect(config.globalLLMRequestCosts).toEqual([{ metadataKey: 'total', type: 'TotalToken' }]);
    for (const { metadata } of plan?.secrets ?? []) {
      expect(metadata.namespace).toBe('envoy-gateway-system');
      expect(metadata.annotations?.[gatewayAnnotation]).toBe('default/gw');
    }
  });

  test('the order of resources changes no byte, a changed key does', () => {
    const documents = (route + gateway + claude).split('\n---\n');
    const bytes = (texts: readonly string[]): string =>
      JSON.stringify(planOf(texts.join('\n---\n'))?.secrets);
    expect(bytes([...documents].reverse())).toBe(bytes(documents));
    expect(bytes(documents.map((text) => text.replace('sk-test', 'sk-other')))).not.toBe(bytes(documents));
  });
});

describe('planFilterConfigSecrets', () => {
  const place = { gateway: { namespace: 'default', name: 'gw' }, namespace: 'system' };
  const large = (characters: number): Parameters<typeof planFilterConfigSecrets>[1] => ({
    version: 'dev',
    globalLLMRequestCosts: [],
    llmRequestCosts: [],
    backends: [],
    models: [],
    unscopedModels: [{ Name: '€'.repeat(characters / 3), OwnedBy: 'x', CreatedAt: '1970-01-01T00:00:00Z' }],
    modelsByHost: {},
  });

  test('a large configuration is split, whatever its characters, and put together again', () => {
    const { secrets } = planFilterConfigSecrets(place, large(1_500_000), sha256Hex);
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
    expect(() => planFilterConfigSecrets(place, large(6_000_000), sha256Hex)).toThrow(
      /Gateway default\/gw has \d+ bytes/,
    );
  });
});

test('names of Secrets stay within what a name may be, and different', () => {
  const long = 'a'.repeat(253);
  const names = [filterConfigSecretName('n', long, sha256Hex), filterConfigSecretName('m', long, sha256Hex)];
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(`${name}-part-000`.length).toBeLessThanOrEqual(253);
});
