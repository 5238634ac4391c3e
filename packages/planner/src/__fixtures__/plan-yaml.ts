// eslint-disable-next-line no-restricted-imports -- tests only: what callers pass in
import { createHash } from 'node:crypto';
import { parseResource } from '@aigw/api-types';
// eslint-disable-next-line @nx/enforce-module-boundaries -- tests only: YAML is what users write
import { parseAllDocuments } from 'yaml';
import type { JsonObject, JsonValue } from '../json.ts';
import type { ResourceEntry } from '../problem.ts';
import type { CheckCel } from '../resolve/costs.ts';
import { planStandalone } from '../standalone/plan-standalone.ts';
import type { MockOptions, StandaloneOptions, StandalonePlan } from '../standalone/standalone-plan.ts';

/** As callers pass it in. */
export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export const mock: MockOptions = {
  address: '127.0.0.1',
  port: 18_999,
  isProviderHost: (host) => host.endsWith('.amazonaws.com') || host.endsWith('.anthropic.com'),
  awsCredentialsFile: '[default]\naws_access_key_id = MOCK\naws_secret_access_key = mock\n',
  anthropicApiKey: 'mock-anthropic',
  openaiApiKey: 'mock-openai',
};

/** As the check that is passed in answers, with one word that nothing knows. */
export const checkCel: CheckCel = (expression) => {
  if (expression === '') return 'expected a CEL expression';
  return expression.includes('nosuch') ? 'Unknown variable: nosuch' : undefined;
};

const options: StandaloneOptions = {
  host: '127.0.0.1',
  bindPort: (requested) => (requested < 1024 ? requested + 10_000 : requested),
  extprocSocket: '/run/aigw/extproc.sock',
  envoyAdminSocket: '/run/aigw/admin.sock',
  configDir: '/run/aigw',
  systemCaPath: '/etc/ca.pem',
  checkCel,
  sha256Hex,
};

/** Resources of YAML text that must be valid. */
export function parseYaml(text: string): ResourceEntry[] {
  return parseAllDocuments(text).map((document, index) => {
    const parsed = parseResource(document.toJS());
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return { resource: parsed.resource, source: { file: 'test.yaml', document: index + 1 } };
  });
}

/** The plan of YAML text. */
export function planYaml(text: string, more: Partial<StandaloneOptions> = {}): StandalonePlan {
  return planStandalone(parseYaml(text), { ...options, ...more });
}

/** A value inside JSON, by keys and positions; fails the test when there is none. */
export function at(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue {
  const found = path.reduce<JsonValue | undefined>((node, key) => {
    if (typeof node !== 'object' || node === null) return undefined;
    return (node as Record<string | number, JsonValue>)[key];
  }, value);
  if (found === undefined) throw new Error(`nothing at ${path.join('.')}`);
  return found;
}

/** The routes of a virtual host, in order, without the one for everything else. */
export function routesOf({ envoy }: StandalonePlan, domain = '*', listener = 0): JsonObject[] {
  const hosts = at(envoy.routes, 'resources', listener, 'virtual_hosts') as JsonObject[];
  const host = hosts.find(({ domains }) => (domains as string[]).includes(domain));
  return (at(host, 'routes') as JsonObject[]).slice(0, -1);
}

/** A cluster by the name of its route and rule. */
export function clusterOf({ envoy }: StandalonePlan, rule = 0, route = 'default/r'): JsonObject {
  const hosts = (at(envoy.routes, 'resources') as JsonObject[]).flatMap(
    (configuration) => at(configuration, 'virtual_hosts') as JsonObject[],
  );
  const first = hosts
    .flatMap((host) => at(host, 'routes') as JsonObject[])
    .find(({ name }) => (name as string | undefined)?.startsWith(`httproute/${route}/rule/${rule}/`));
  const target = at(first, 'route', 'cluster');
  const clusters = at(envoy.clusters, 'resources') as JsonObject[];
  const found = clusters.find(({ name }) => name === target);
  if (found === undefined) throw new Error(`no cluster of rule ${rule}`);
  return found;
}

/** Messages of problems as `severity resource path: message`. */
export function problemsOf({ problems }: StandalonePlan): string[] {
  return problems.map(
    ({ severity, resource, path, message }) => `${severity} ${resource ?? ''} ${path ?? ''}: ${message}`,
  );
}
