import { credentialNamespaces } from '../envoy/credential-namespaces.ts';
import { retryPolicy, streamIdleMs } from '../envoy/retry.ts';
import type { JsonObject } from '../json.ts';
import { addressText } from '../resolve/endpoint.ts';
import type { ForwardProxy } from '../resolve/forward-proxy.ts';
import type { ResolvedBackend, ResolvedRule } from '../resolve/resolved-route.ts';

/** One backend reference of a rule of the HTTPRoute, in the order of its `backendRefs`. */
export interface StampedBackend {
  /** The name of the backend in the filter configuration. */
  readonly id: string;
  /** Envoy's priority, without gaps from 0. */
  readonly priority: number;
  /** The `host` of requests to its endpoints, in their order; with a port unless it is the scheme's own. */
  readonly hosts: readonly string[];
  /** Where these lead, in the same order: `name:port`, `ip:port`, or the path of a socket. Absent in those of the version before. */
  readonly addresses?: readonly string[];
  /** Requests go out encrypted or not at all. */
  readonly tls?: boolean;
}

export interface StampedRule {
  /** Tells the rule from the others of its route by what it matches, wherever it stands. Absent in those of the version before. */
  readonly key?: string;
  /** Empty for a rule that Envoy answers itself. */
  readonly backends: readonly StampedBackend[];
  /** How long a stream may be silent, in milliseconds. */
  readonly streamIdleMs?: number;
  /** Dynamic metadata in which other filters put a request's own credentials. */
  readonly credentialNamespaces?: readonly string[];
  /** Envoy's `RetryPolicy` in protobuf's JSON, for where no BackendTrafficPolicy gives one. */
  readonly retry?: JsonObject;
}

/**
 * What the extension server has to know of a generated HTTPRoute, written on it: Envoy Gateway hands it back with the
 * configuration that it made of exactly this HTTPRoute, so that nothing is ever stamped from another version of it.
 */
export interface RouteStamp {
  readonly version: 1;
  /** `namespace/name` of the AIGatewayRoute. */
  readonly route: string;
  /** Of the AIGatewayRoute: another one of its name has another. Absent in those of the version before. */
  readonly uid?: string;
  /** By the position of the rule in the HTTPRoute. */
  readonly rules: readonly StampedRule[];
  /** By the `namespace/name` of the Gateway: the proxy through which its requests go to providers; `null` for one that cannot be used. */
  readonly forwardProxies?: Readonly<Record<string, ForwardProxy | null>>;
}

function compactPriorities(backends: readonly ResolvedBackend[]): ReadonlyMap<number, number> {
  const used = [...new Set(backends.map(({ priority }) => priority))].sort((left, right) => left - right);
  return new Map(used.map((priority, index) => [priority, index]));
}

/** What is stamped for a rule. */
export function stampRule(rule: ResolvedRule): StampedRule {
  const priorities = compactPriorities(rule.backends);
  const idle = streamIdleMs(rule);
  const namespaces = credentialNamespaces(rule.backends);
  const retry = rule.retry === undefined && rule.refusal === undefined ? retryPolicy(rule) : undefined;
  return {
    key: rule.key,
    backends: rule.backends.map(({ identity, priority, endpoints }) => ({
      id: identity,
      priority: priorities.get(priority) ?? 0,
      hosts: endpoints.map(({ host }) => host),
      addresses: endpoints.map(addressText),
      ...(endpoints.some(({ tls }) => tls !== undefined) && { tls: true }),
    })),
    ...(idle !== undefined && { streamIdleMs: idle }),
    ...(namespaces.length > 0 && { credentialNamespaces: namespaces }),
    ...(retry !== undefined && { retry }),
  };
}

/** The text of the annotation. */
export function encodeRouteStamp(stamp: RouteStamp): string {
  return JSON.stringify(stamp);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const isBackend = (value: unknown): value is StampedBackend =>
  isRecord(value) &&
  typeof value['id'] === 'string' &&
  Number.isInteger(value['priority']) &&
  isTexts(value['hosts']) &&
  (value['addresses'] === undefined ||
    (isTexts(value['addresses']) && value['addresses'].length === value['hosts'].length)) &&
  (value['tls'] === undefined || typeof value['tls'] === 'boolean');

const isKey = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(-\d{1,3})?$/.test(value);

const isRule = (value: unknown): value is StampedRule =>
  isRecord(value) &&
  (value['key'] === undefined || isKey(value['key'])) &&
  Array.isArray(value['backends']) &&
  value['backends'].every(isBackend) &&
  (value['streamIdleMs'] === undefined || typeof value['streamIdleMs'] === 'number') &&
  (value['credentialNamespaces'] === undefined || isTexts(value['credentialNamespaces'])) &&
  (value['retry'] === undefined || isRecord(value['retry']));

const isProxy = (value: unknown): value is ForwardProxy | null =>
  value === null ||
  (isRecord(value) && typeof value['address'] === 'string' && Number.isInteger(value['port']));

const isProxies = (value: unknown): value is Record<string, ForwardProxy | null> =>
  isRecord(value) && Object.values(value).every(isProxy);

/** Reads an annotation; `undefined` for what this version did not write. Never throws. */
export function parseRouteStamp(text: string): RouteStamp | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value['version'] !== 1 || typeof value['route'] !== 'string') return undefined;
  const { route, uid, rules, forwardProxies } = value;
  if (uid !== undefined && typeof uid !== 'string') return undefined;
  if (!Array.isArray(rules) || !rules.every(isRule)) return undefined;
  const stamp = { version: 1, route, ...(uid !== undefined && { uid }), rules } as const;
  if (forwardProxies === undefined) return stamp;
  return isProxies(forwardProxies) ? { ...stamp, forwardProxies } : undefined;
}
