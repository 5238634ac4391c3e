import { gatewayAnnotation, ownerOfName, owningGatewayName, owningGatewayNamespace } from '@aigw/planner';
import { type KubeObject, keyOfMetadata, type ObjectKey } from '../kube/kube-object.ts';
import type { KubeKind } from '../kube/resource-types.ts';
import type { Change } from '../manager/informer.ts';
import type { Index } from '../manager/store.ts';
import type { ClusterState } from './cluster-state.ts';
import { mergedByClass } from './gateway/merged-proxies.ts';
import {
  backendsByAuthority,
  backendsByServer,
  gatewaysByClass,
  gatewaysByConfig,
  policiesByBackend,
  policiesBySecret,
  routesByBackend,
  routesByGateway,
  tlsPoliciesByAuthority,
  tlsPoliciesByTarget,
} from './indexes.ts';

/** The controllers and the kind that each looks after. */
export const controllerNames = [
  'AIGatewayRoute',
  'Gateway',
  'AIServiceBackend',
  'BackendSecurityPolicy',
  'GatewayConfig',
  'CredentialRotation',
  'Unsupported',
] as const;
export type ControllerName = (typeof controllerNames)[number];

/** A key that is to be looked at again. Those of `Unsupported` are `Kind namespace/name`. */
export interface Dependent {
  readonly controller: ControllerName;
  readonly key: ObjectKey;
}

const keysOf = (objects: readonly KubeObject[]): ObjectKey[] =>
  objects.map(({ metadata }) => keyOfMetadata(metadata));

const on = (controller: ControllerName, keys: readonly ObjectKey[]): Dependent[] =>
  keys.map((key) => ({ controller, key }));

const sameText = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** The keys of an index under which either state of a changed object stands. */
const eitherWay = ({ before, after }: Change, index: Index): string[] => [
  ...new Set([before, after].flatMap((object) => (object === undefined ? [] : index(object)))),
];

function ofRoutes(routes: readonly KubeObject[]): Dependent[] {
  const gateways = routes.flatMap(routesByGateway);
  return [...on('AIGatewayRoute', keysOf(routes)), ...on('Gateway', gateways)];
}

function ofBackends(state: ClusterState, backends: readonly ObjectKey[]): Dependent[] {
  return backends.flatMap((key) => [
    ...on('AIServiceBackend', [key]),
    ...on('BackendSecurityPolicy', keysOf(state.store('BackendSecurityPolicy').by(policiesByBackend, key))),
    ...ofRoutes(state.store('AIGatewayRoute').by(routesByBackend, key)),
  ]);
}

const ofServer = (state: ClusterState, server: string): Dependent[] =>
  ofBackends(state, keysOf(state.store('AIServiceBackend').by(backendsByServer, server)));

/** @param authority - `ConfigMap namespace/name` or `Secret namespace/name` */
function ofAuthority(state: ClusterState, authority: string): Dependent[] {
  const servers = [
    ...state.store('BackendTLSPolicy').by(tlsPoliciesByAuthority, authority).flatMap(tlsPoliciesByTarget),
    ...keysOf(state.store('Backend').by(backendsByAuthority, authority)).map((key) => `Backend ${key}`),
  ];
  return [...new Set(servers)].flatMap((server) => ofServer(state, server));
}

function ofPolicies(state: ClusterState, policies: readonly KubeObject[]): Dependent[] {
  return [
    ...on('BackendSecurityPolicy', keysOf(policies)),
    ...ofBackends(state, policies.flatMap(policiesByBackend)),
  ];
}

/** The routes of a namespace, with their Gateways. */
const ofNamespace = (state: ClusterState, namespace: string | undefined): Dependent[] =>
  ofRoutes(
    state
      .store('AIGatewayRoute')
      .all()
      .filter(({ metadata }) => metadata.namespace === namespace),
  );

/** Everything that may refer across namespaces. */
function ofEverything(state: ClusterState): Dependent[] {
  return [
    ...ofRoutes(state.store('AIGatewayRoute').all()),
    ...on('AIServiceBackend', keysOf(state.store('AIServiceBackend').all())),
    ...on('BackendSecurityPolicy', keysOf(state.store('BackendSecurityPolicy').all())),
  ];
}

/** The owners of a kind that an object names. */
function ownersOf({ before, after }: Change, controller: ControllerName): Dependent[] {
  const owners = [before, after].flatMap((object) =>
    (object?.metadata.ownerReferences ?? [])
      .filter(({ kind }) => kind === controller)
      .map(({ name }) => keyOfMetadata({ ...object?.metadata, name })),
  );
  return on(controller, [...new Set(owners)]);
}

/** Who waits for the name of an object that is somebody else's. */
function claimantsOf({ before, after }: Change, controller: ControllerName): Dependent[] {
  const { metadata } = after ?? before ?? {};
  const name = metadata && ownerOfName(metadata.name);
  return name === undefined ? [] : on(controller, [keyOfMetadata({ ...metadata, name })]);
}

/** The Gateway that Envoy Gateway made something for, or that we did. */
const owningGateways: Index = ({ metadata: { labels, annotations } }) => {
  const ours = annotations?.[gatewayAnnotation];
  if (ours !== undefined) return [ours];
  const name = labels?.[owningGatewayName];
  const namespace = labels?.[owningGatewayNamespace];
  return name === undefined || namespace === undefined ? [] : [`${namespace}/${name}`];
};

/** Who takes something off one of our objects has changed what is its Gateway's all the same. */
const ofOwningGateways = (change: Change): Dependent[] => on('Gateway', eitherWay(change, owningGateways));

/** Of the proxies of a Gateway; of those of a whole class, the routes that are not served by them. */
function ofProxies(state: ClusterState, change: Change): Dependent[] {
  const gateways = eitherWay(change, mergedByClass).flatMap((gatewayClass) =>
    keysOf(state.store('Gateway').by(gatewaysByClass, gatewayClass)),
  );
  const routes = gateways.flatMap((key) => state.store('AIGatewayRoute').by(routesByGateway, key));
  return [...ofOwningGateways(change), ...on('AIGatewayRoute', keysOf(routes))];
}

type Rule = (state: ClusterState, change: Change, key: ObjectKey) => Dependent[];

const rules: Readonly<Partial<Record<KubeKind, Rule>>> = {
  AIGatewayRoute: (state, change, key) => [
    ...on('AIGatewayRoute', [key]),
    ...on('Gateway', eitherWay(change, routesByGateway)),
    // Whether a backend is complete can depend on the models of its routes.
    ...eitherWay(change, routesByBackend).flatMap((backend) => [
      ...on('AIServiceBackend', [backend]),
      ...on(
        'BackendSecurityPolicy',
        keysOf(state.store('BackendSecurityPolicy').by(policiesByBackend, backend)),
      ),
    ]),
  ],
  AIServiceBackend: (state, _change, key) => ofBackends(state, [key]),
  BackendSecurityPolicy: (state, change, key) => [
    ...on('BackendSecurityPolicy', [key]),
    ...ofBackends(state, eitherWay(change, policiesByBackend)),
  ],
  Secret: (state, change, key) => [
    ...ofOwningGateways(change),
    ...ofPolicies(state, state.store('BackendSecurityPolicy').by(policiesBySecret, key)),
    ...ofAuthority(state, `Secret ${key}`),
  ],
  GatewayConfig: (state, _change, key) => [
    ...on('GatewayConfig', [key]),
    // What its forward proxy is stands on the HTTPRoutes of routes.
    ...keysOf(state.store('Gateway').by(gatewaysByConfig, key)).flatMap((gateway) => [
      ...on('Gateway', [gateway]),
      ...on('AIGatewayRoute', keysOf(state.store('AIGatewayRoute').by(routesByGateway, gateway))),
    ]),
  ],
  Gateway: (state, change, key) => [
    ...on('Gateway', [key]),
    ...on('AIGatewayRoute', keysOf(state.store('AIGatewayRoute').by(routesByGateway, key))),
    ...on('GatewayConfig', eitherWay(change, gatewaysByConfig)),
  ],
  HTTPRoute: (state, change, key) =>
    state.store('AIGatewayRoute').get(key) === undefined
      ? ownersOf(change, 'AIGatewayRoute')
      : on('AIGatewayRoute', [key]),
  HTTPRouteFilter: (_state, change) => [
    ...ownersOf(change, 'AIGatewayRoute'),
    ...claimantsOf(change, 'AIGatewayRoute'),
  ],
  Backend: (state, change, key) => [
    ...ownersOf(change, 'AIServiceBackend'),
    ...claimantsOf(change, 'AIServiceBackend'),
    ...ofServer(state, `Backend ${key}`),
  ],
  Service: (state, _change, key) => ofServer(state, `Service ${key}`),
  BackendTLSPolicy: (state, change) => [
    ...ownersOf(change, 'AIServiceBackend'),
    ...claimantsOf(change, 'AIServiceBackend'),
    ...eitherWay(change, tlsPoliciesByTarget).flatMap((target) => ofServer(state, target)),
  ],
  ConfigMap: (state, _change, key) => ofAuthority(state, `ConfigMap ${key}`),
  ReferenceGrant: ofEverything,
  BackendTrafficPolicy: (state, change) =>
    ofNamespace(state, (change.after ?? change.before)?.metadata.namespace),
  // Listeners select namespaces by their labels.
  Namespace: (state, { before, after }, name) =>
    sameText(before?.metadata.labels, after?.metadata.labels) ? [] : ofNamespace(state, name),
  Pod: (_state, change) => ofOwningGateways(change),
  Deployment: ofProxies,
  DaemonSet: ofProxies,
  MCPRoute: (_state, _change, key) => on('Unsupported', [`MCPRoute ${key}`]),
  QuotaPolicy: (_state, _change, key) => on('Unsupported', [`QuotaPolicy ${key}`]),
};

/** Kinds whose status others write for us to read. */
const readStatuses: ReadonlySet<string> = new Set<KubeKind>(['HTTPRoute']);

/** Kinds whose status we write. */
const writtenStatuses: ReadonlySet<string> = new Set<KubeKind>([
  'AIGatewayRoute',
  'AIServiceBackend',
  'BackendSecurityPolicy',
  'GatewayConfig',
  'MCPRoute',
  'QuotaPolicy',
]);

/** True when nothing changed but a status: specs count their generations. */
function isOnlyStatus({ kind, before, after }: Change): boolean {
  if (before?.metadata.generation === undefined || after === undefined || readStatuses.has(kind))
    return false;
  return (
    before.metadata.uid === after.metadata.uid &&
    before.metadata.generation === after.metadata.generation &&
    before.metadata.deletionTimestamp === after.metadata.deletionTimestamp &&
    sameText(before.metadata.labels, after.metadata.labels) &&
    sameText(before.metadata.annotations, after.metadata.annotations) &&
    sameText(before.metadata.ownerReferences, after.metadata.ownerReferences)
  );
}

/** A look may have been at an object without the status that was just written: only a later one sees whether it still holds. */
function ofStatus(kind: string, key: ObjectKey): Dependent[] {
  if (!writtenStatuses.has(kind)) return [];
  const controller = controllerNames.find((name) => name === kind);
  return controller === undefined ? on('Unsupported', [`${kind} ${key}`]) : on(controller, [key]);
}

/** What a policy's conditions depend on, its credentials depend on. */
const withRotations = (found: readonly Dependent[]): Dependent[] =>
  found.flatMap((dependent) =>
    dependent.controller === 'BackendSecurityPolicy'
      ? [dependent, ...on('CredentialRotation', [dependent.key])]
      : [dependent],
  );

const isGateway = ({ controller }: Dependent): boolean => controller === 'Gateway';

/** How long what is not urgent waits: proxies are told of their configuration first. */
const restMs = 1_000;

/** So many looks take longer than a proxy may wait. */
const manyDependents = 50;

/** True for a pod that goes on as it was: our annotations, and its status, which is not read. */
function goesOn(before: KubeObject, after: KubeObject): boolean {
  const { uid, deletionTimestamp, labels } = before.metadata;
  return (
    uid === after.metadata.uid &&
    deletionTimestamp === after.metadata.deletionTimestamp &&
    sameText(labels, after.metadata.labels)
  );
}

/** A configuration that we publish, or a pod that we had the kubelet look at again, comes back to us as a change. */
function isOwnEcho({ kind, before, after }: Change): boolean {
  if (kind === 'Secret') return (after ?? before)?.metadata.annotations?.[gatewayAnnotation] !== undefined;
  return kind === 'Pod' && before !== undefined && after !== undefined && goesOn(before, after);
}

/**
 * After how many milliseconds a dependent is to be looked at. A Secret is what proxies sign with: where it concerns many,
 * whatever else depends on it (conditions, routes that waited for it, exchanged credentials) can be a second late.
 */
export function delayOf(change: Change, { controller }: Dependent, count: number): number {
  if (isOwnEcho(change)) return restMs;
  return change.kind === 'Secret' && controller !== 'Gateway' && count > manyDependents ? restMs : 0;
}

/**
 * What has to be looked at again after a change, each once. Gateways come first: what their proxies sign with is more
 * urgent than what conditions say, and routes wait for them.
 * @param certificateSecret - the Secret with our certificate, which proxies of all Gateways are told of
 */
export function dependentsOf(
  state: ClusterState,
  change: Change,
  certificateSecret?: ObjectKey,
): Dependent[] {
  const object = change.after ?? change.before;
  const rule = rules[change.kind as KubeKind];
  if (object === undefined || rule === undefined) return [];
  const key = keyOfMetadata(object.metadata);
  if (change.kind === 'Secret' && key === certificateSecret)
    return on('Gateway', keysOf(state.store('Gateway').all()));
  const found = isOnlyStatus(change) ? ofStatus(change.kind, key) : withRotations(rule(state, change, key));
  const distinct = [
    ...new Map(found.map((dependent) => [`${dependent.controller} ${dependent.key}`, dependent])).values(),
  ];
  return [...distinct.filter(isGateway), ...distinct.filter((dependent) => !isGateway(dependent))];
}
