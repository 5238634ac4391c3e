import { keyOfMetadata, type KubeObject, resourceTypes } from '@aigw/controller/kube';

import { fail, type Finding, ok, warn } from '../doctor/finding.ts';
import type { ClusterReader } from './cluster-reader.ts';
import { conditionsOf, type LiveCondition } from './conditions.ts';
import { type Fact, itemsOf, notRead } from './fact.ts';

const kinds = [
  'AIGatewayRoute',
  'AIServiceBackend',
  'BackendSecurityPolicy',
  'GatewayConfig',
  'MCPRoute',
  'QuotaPolicy',
] as const;

/** The resources of each of our kinds. */
export type ResourceFacts = Readonly<Record<(typeof kinds)[number], Fact<readonly KubeObject[]>>>;

/** Reads all of our resources, in all namespaces. */
export async function gatherResources(reader: ClusterReader): Promise<ResourceFacts> {
  const lists = await Promise.all(
    kinds.map(async (kind) => [kind, await reader.list(resourceTypes[kind])] as const),
  );
  return Object.fromEntries(lists) as ResourceFacts;
}

/** A finding for each resource that is not served as it is written, and one for all others of its kind. */
export function judgeResources(facts: ResourceFacts): Finding[] {
  return kinds.flatMap((kind) => {
    const checked = { check: 'resource', subject: kind } as const;
    const list = facts[kind];
    if (list.state === 'unread') return [notRead(checked, 'they', list.reason)];
    const findings = itemsOf(list).flatMap(judgeResource);
    const well = itemsOf(list).length - findings.length;
    // Kinds that nobody uses are not worth a line.
    return [...(well > 0 ? [ok(checked, `${well} in order`)] : []), ...findings];
  });
}

/** What conditions must be true of a resource; kinds that have fewer of them leave the others out. */
const wanted = ['Accepted', 'ResolvedRefs', 'Programmed'];

function judgeResource(object: KubeObject): Finding[] {
  const { kind, metadata } = object;
  const name = keyOfMetadata(metadata);
  const checked = { check: 'resource', subject: `${kind} ${name}` } as const;
  const look = `kubectl describe ${kind.toLowerCase()} --namespace ${metadata.namespace ?? ''} ${metadata.name}`;
  const conditions = conditionsOf(object).filter(({ type }) => wanted.includes(type));
  if (conditions.length === 0) {
    const message = 'the controller has not looked at it';
    return [
      fail(checked, { message, fix: 'see the findings about the controller; its log names the resource' }),
    ];
  }
  const troubles = conditions.filter(({ status }) => status !== 'True');
  if (troubles.length > 0) {
    const fix = `change what the message names (docs/kubernetes/troubleshooting.md lists the reasons); ${look} shows all of it`;
    return [fail(checked, { message: describe(troubles), fix })];
  }
  const generation = metadata.generation ?? 0;
  if (conditions.every(({ observedGeneration = 0 }) => observedGeneration >= generation)) return [];
  const message = 'it has changed since the controller looked at it last';
  return [
    warn(checked, { message, fix: `wait some seconds; if it stays, ${look} and the controller's log tell` }),
  ];
}

/** Each message once: a resource that is not accepted is for the same reason not programmed. */
function describe(conditions: readonly LiveCondition[]): string {
  return [...new Set(conditions.map(({ message }) => message))]
    .map((message) => {
      const list = conditions.filter((condition) => condition.message === message);
      const names = list.map(({ type, status }) => `${type}=${status}`).join(', ');
      return `${names} (${list[0]?.reason ?? ''}): ${message}`;
    })
    .join('; ');
}
