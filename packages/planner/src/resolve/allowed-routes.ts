import {
  type GatewayListener,
  gatewayGroup,
  type LabelSelector,
  namespaceOf,
  type ParentReference,
} from '@aigw/api-types';
import type { Located, ResourceSet } from './resource-set.ts';

type Labels = Readonly<Record<string, string>>;
type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function holds({ key, operator, values = [] }: Expression, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** True when all conditions of a selector hold; one without any selects everything. */
export function isSelected(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Labels,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => holds(expression, labels))
  );
}

/** The labels of a Namespace; `undefined` where it is not known. */
export function namespaceLabels(set: ResourceSet, name: string): Labels | undefined {
  // What has no namespace of its own stands under the default one.
  const found = set.find('Namespace', 'default', name);
  return found && (found.resource.metadata.labels ?? {});
}

/** Whether routes of a namespace may attach; labels are asked for only where a selector needs them. */
export function allowsNamespace(
  gateway: Located<'Gateway'>,
  listener: GatewayListener,
  namespace: string,
  isNamespaceSelected: (selector: LabelSelector) => boolean,
): boolean {
  const { from = 'Same', selector } = listener.allowedRoutes?.namespaces ?? {};
  if (from === 'All') return true;
  if (from === 'Selector') return selector !== undefined && isNamespaceSelected(selector);
  return from === 'Same' && namespace === namespaceOf(gateway.resource);
}

/** Whether a parent reference means a listener. */
export const isNamed = (ref: ParentReference, listener: GatewayListener): boolean =>
  (ref.sectionName ?? listener.name) === listener.name && (ref.port ?? listener.port) === listener.port;

/** Whether HTTPRoutes may attach. */
export function allowsHttpRoutes({ protocol, allowedRoutes }: GatewayListener): boolean {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') return false;
  const kinds = allowedRoutes?.kinds ?? [];
  return (
    kinds.length === 0 ||
    kinds.some(({ group, kind }) => kind === 'HTTPRoute' && (group ?? gatewayGroup) === gatewayGroup)
  );
}
