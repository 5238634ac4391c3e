import { namespaceOf } from '@aigw/api-types';
import { planRoute, type RoutePlan } from '../kubernetes/plan-route.ts';
import { parseRouteStamp, type RouteStamp } from '../kubernetes/route-stamp.ts';
import type { DesiredObject } from '../kubernetes/kubernetes-object.ts';
import { stampAnnotation } from '../kubernetes/names.ts';
import { createProblemLog } from '../resolve/problem-log.ts';
import { createResourceSet, type KindOfResource, type Located, type ResourceSet } from '../resolve/resource-set.ts';
import { checkCel, parseYaml, sha256Hex } from './plan-yaml.ts';

export { sha256Hex } from './plan-yaml.ts';

/** The resources of YAML text. */
export const clusterOfYaml = (yaml: string): ResourceSet => createResourceSet(parseYaml(yaml), createProblemLog());

/** A resource that must be there. */
export function get<K extends KindOfResource>(set: ResourceSet, kind: K, name: string, namespace = 'default'): Located<K> {
  const found = set.find(kind, namespace, name);
  if (found === undefined) throw new Error(`no ${kind} ${namespace}/${name}`);
  return found;
}

/** The plan of the AIGatewayRoute `r`, or of another one. */
export function planRouteOf(yaml: string, name = 'r', namespace = 'default'): RoutePlan {
  const set = clusterOfYaml(yaml);
  return planRoute({ set, sha256Hex, checkCel }, get(set, 'AIGatewayRoute', name, namespace));
}

/** An object of a plan that must be there. */
export function objectOf(objects: readonly DesiredObject[], kind: string, name?: string): DesiredObject {
  const found = objects.find((object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name);
  if (found === undefined) throw new Error(`no ${kind} ${name ?? ''} among ${JSON.stringify(objects.map(({ kind: other, metadata }) => [other, namespaceOf({ metadata }), metadata.name]))}`);
  return found;
}

/** The stamp of a plan's HTTPRoute. */
export function stampOf(plan: RoutePlan): RouteStamp {
  const text = objectOf(plan.objects, 'HTTPRoute').metadata.annotations?.[stampAnnotation] ?? '';
  const stamp = parseRouteStamp(text);
  if (stamp === undefined) throw new Error(`not a stamp: ${text}`);
  return stamp;
}
