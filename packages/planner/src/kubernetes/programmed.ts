import { type ConditionReason, type PlannedCondition, shorten } from './conditions.ts';
import { currentOf, type LiveHttpRoute, type ParentCondition, parentsAt } from './route-parents.ts';

/** How far what was planned has come. */
export interface RouteProgress {
  /** The Gateways that the route names, that exist and that let it in, `namespace/name`. */
  readonly gateways: readonly string[];
  /** Those that it names and that do not. */
  readonly missing?: readonly string[];
  /** Those whose proxies serve several Gateways (`mergeGateways` of Envoy Gateway), which get no processor. */
  readonly merged?: readonly string[];
  /** Those that exist and let it in by no listener. */
  readonly closed?: readonly string[];
  /** Those whose filter configuration does not have the route's backends yet. */
  readonly waiting: readonly string[];
  /** Why the configuration of a Gateway is not written, by Gateway. */
  readonly failures?: Readonly<Record<string, string>>;
  /** Why the API server refuses what was planned. */
  readonly refusal?: string;
  /** The HTTPRoute as it is in the cluster; absent until it is. */
  readonly httpRoute?: LiveHttpRoute;
  /** What the extension server could not make ours of the HTTPRoute as it is now, by Gateway. */
  readonly notStamped?: Readonly<Record<string, string>>;
}

const not = (reason: ConditionReason, message: string): PlannedCondition => ({
  type: 'Programmed',
  status: 'False',
  reason,
  message,
});

function describeFailures(failures: NonNullable<RouteProgress['failures']>): string | undefined {
  const told = Object.entries(failures).map(
    ([gateway, message]) =>
      `The configuration of Gateway ${gateway} is not written, and its proxies keep the last one: ${message}`,
  );
  return told.length === 0 ? undefined : shorten(told.join('; '));
}

/** The status with which a condition says that some rule is answered with an error, or that none is served. */
const refusals: Readonly<Partial<Record<string, string>>> = {
  Accepted: 'False',
  ResolvedRefs: 'False',
  PartiallyInvalid: 'True',
};

const isRefused = ({ type, status }: ParentCondition): boolean => refusals[type] === status;
const isAccepted = ({ type, status }: ParentCondition): boolean => type === 'Accepted' && status === 'True';

function refusedBy(httpRoute: LiveHttpRoute): string[] {
  return httpRoute.parents.flatMap((parent) =>
    currentOf(httpRoute, parent)
      .filter(isRefused)
      .map(
        ({ reason, message }) => `Gateway ${parent.parentRef?.name ?? ''}: ${reason ?? ''}: ${message ?? ''}`,
      ),
  );
}

/** True when each listener of the Gateway that the route names has looked at this generation and taken it. */
function isTakenBy(httpRoute: LiveHttpRoute, gateway: string): boolean {
  const own = parentsAt(httpRoute, gateway);
  return own.length > 0 && own.every((parent) => currentOf(httpRoute, parent).some(isAccepted));
}

function describeNotStamped(notStamped: NonNullable<RouteProgress['notStamped']>): string | undefined {
  const behind = Object.entries(notStamped).map(
    ([gateway, message]) => `behind Gateway ${gateway}, ${message}`,
  );
  return behind.length === 0
    ? undefined
    : shorten(
        `Requests are refused where what Envoy Gateway made does not fit the route: ${behind.join('; ')}`,
      );
}

const describeMerged = (merged: readonly string[]): string =>
  `The proxies of Gateway ${merged.join(', ')} serve several Gateways, and get no external processor: its requests are answered with 500. Turn off spec.mergeGateways of the EnvoyProxy of its GatewayClass.`;

const describeServed = (missing: readonly string[]): string =>
  missing.length === 0
    ? 'Envoy Gateway serves the route.'
    : `Envoy Gateway serves the route, but not behind Gateway ${missing.join(', ')}, which does not exist.`;

/** Why the HTTPRoute is not served by all of the Gateways that exist. */
function findUnserved({ gateways }: RouteProgress, httpRoute: LiveHttpRoute): PlannedCondition | undefined {
  const refused = refusedBy(httpRoute);
  if (refused.length > 0) return not('Refused', `Envoy Gateway does not take it: ${refused.join('; ')}`);
  const pending = gateways.filter((gateway) => !isTakenBy(httpRoute, gateway));
  if (pending.length === 0) return undefined;
  return not(
    'Pending',
    `Envoy Gateway has not taken the HTTPRoute yet behind Gateway ${pending.join(', ')}; is it running, and is the GatewayClass its own?`,
  );
}

/** Why Envoy Gateway is not to be asked at all. */
function findHindrance(progress: RouteProgress): PlannedCondition | undefined {
  const { gateways, closed = [], merged = [], waiting, failures = {}, refusal } = progress;
  if (refusal !== undefined) return not('Refused', refusal);
  if (gateways.length === 0 && closed.length === 0) {
    return not('NoGateway', 'No Gateway that it names exists: create one, or correct spec.parentRefs.');
  }
  if (merged.length > 0) return not('Unsupported', describeMerged(merged));
  const failure = describeFailures(failures);
  if (failure !== undefined) return not('Refused', failure);
  if (waiting.length > 0) {
    return not('Pending', `The configuration of Gateway ${waiting.join(', ')} is being written.`);
  }
  if (closed.length === 0) return undefined;
  const message = `No listener of Gateway ${closed.join(', ')} takes it: see sectionName and port of spec.parentRefs, and allowedRoutes of the listeners.`;
  return not('NotAllowedByListeners', message);
}

/** Whether requests are served as the route says. */
export function planProgrammed(progress: RouteProgress): PlannedCondition {
  const hindrance = findHindrance(progress);
  if (hindrance !== undefined) return hindrance;
  const { missing = [], httpRoute, notStamped = {} } = progress;
  if (httpRoute === undefined) return not('Pending', 'The HTTPRoute is being written.');
  const unserved = findUnserved(progress, httpRoute);
  if (unserved !== undefined) return unserved;
  const misfit = describeNotStamped(notStamped);
  if (misfit !== undefined) return not('NotStamped', misfit);
  return {
    type: 'Programmed',
    status: 'True',
    reason: 'Programmed',
    message: describeServed(missing),
  };
}

/** Whether a resource that others refer to takes part: it does once nothing is wrong with it. */
export function planTakingPart(conditions: readonly PlannedCondition[]): PlannedCondition {
  const wrong = conditions.find(({ type, status }) => type !== 'NotAccepted' && status === 'False');
  if (wrong !== undefined) return not(wrong.reason, wrong.message);
  return {
    type: 'Programmed',
    status: 'True',
    reason: 'Programmed',
    message: 'It is part of the configuration of the routes that refer to it.',
  };
}

/** Why the credentials of a policy are not renewed. */
export interface RotationFailure {
  /** The words of whoever refused, without secrets. */
  readonly message: string;
  /** As RFC 3339 has it. */
  readonly since: string;
  /** Until when the last ones are good; absent: there are none. */
  readonly expiration?: string;
}

const failureStart = (since: string): string => `Since ${since} the credentials have not been renewed: `;

/**
 * Whether a policy takes part. Credentials that are not renewed serve until they end, and then the data plane tries the same
 * exchange by itself: whether that works is not known here.
 */
export function planPolicyProgrammed(
  conditions: readonly PlannedCondition[],
  failure: RotationFailure | undefined,
): PlannedCondition {
  const programmed = planTakingPart(conditions);
  if (failure === undefined || programmed.status !== 'True') return programmed;
  const { message, since, expiration } = failure;
  const then =
    expiration === undefined
      ? 'There are none in force: the data plane tries the exchange by itself.'
      : `The last ones are good until ${expiration}; then the data plane tries the exchange by itself.`;
  return {
    type: 'Programmed',
    status: expiration === undefined ? 'Unknown' : 'True',
    reason: 'CredentialsNotRenewed',
    message: `${failureStart(since)}${message.replace(/[.\s]+$/, '')}. ${then}`,
  };
}

/** Since when a condition says that credentials are not renewed. */
export function readRotationFailureStart(message: string): string | undefined {
  const [, since] = /^Since (\S+) /.exec(message) ?? [];
  return since !== undefined && message.startsWith(failureStart(since)) ? since : undefined;
}
