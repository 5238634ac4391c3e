import {
  planRotatedSecret,
  planRotation,
  readRotationFailureStart,
  readRotationTimes,
  type RotationPlan,
  type RotationTimes,
} from '@aigw/planner';
import { KubeApiError } from '../../kube/api-error.ts';
import { type KubeObject, keyOfMetadata, type ObjectKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { conditionsOf } from '../../kube/status-writer.ts';
import type { Reconcile } from '../../manager/controller.ts';
import type { ReconcileContext } from '../reconcile-context.ts';
import { createExchanges, type Exchanged, formatTime } from './exchanges.ts';
import type { Rotation } from './rotation.ts';

/** A clock that jumps is noticed within this time. */
const longestWaitMs = 60 * 60_000;

/** The policy and the plan for it, as one look sees them. */
interface Look {
  readonly key: ObjectKey;
  readonly object: KubeObject;
  readonly plan: RotationPlan;
}

function lookAt({ state, sha256Hex }: ReconcileContext, key: ObjectKey): Look | undefined {
  const object = state.store('BackendSecurityPolicy').get(key);
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
  const policy = state.find('BackendSecurityPolicy', key);
  const plan = policy && planRotation({ set: state.resources, sha256Hex }, policy);
  return plan && { key, object, plan };
}

const isOfPolicy = (secret: KubeObject, policy: KubeObject): boolean =>
  (secret.metadata.ownerReferences ?? []).some(
    ({ kind, name }) => kind === policy.kind && name === policy.metadata.name,
  );

/** Since when the policy says that its credentials are not renewed: a controller that has just started goes on from there. */
function saidSince(object: KubeObject): string | undefined {
  const programmed = conditionsOf(object).find(({ reason }) => reason === 'CredentialsNotRenewed');
  return programmed && readRotationFailureStart(programmed.message);
}

/** Since when it fails. */
function failingSince({ key, object }: Look, { outcomes, clock }: Rotation): string {
  const before = outcomes.of(key);
  if (typeof before === 'object') return before.since;
  return (before === 'unknown' ? saidSince(object) : undefined) ?? formatTime(clock());
}

/** Tells the policy's own reconciler, whose conditions they are. */
function createReporter({ enqueue, logger }: ReconcileContext, rotation: Rotation): Reporter {
  const { outcomes, clock } = rotation;
  return {
    fine(key) {
      if (outcomes.report(key, 'fine')) enqueue('BackendSecurityPolicy', key);
    },
    failed(look, message, times) {
      const { key } = look;
      const since = failingSince(look, rotation);
      const isGood = times !== undefined && Date.parse(times.expiration) > clock();
      const failure = { message, since, ...(isGood && { expiration: times.expiration }) };
      if (!outcomes.report(key, failure)) return;
      logger.warn('credentials are not renewed', { policy: key, ...failure });
      enqueue('BackendSecurityPolicy', key);
    },
  };
}

interface Reporter {
  fine(key: ObjectKey): void;
  failed(look: Look, message: string, times: RotationTimes | undefined): void;
}

/** The Secret as it is in the cluster, and the credentials in it that are the policy's. */
function gatherSecret(
  { state }: ReconcileContext,
  { plan }: Look,
): { readonly live: KubeObject | undefined; readonly times: RotationTimes | undefined } {
  const key = keyOfMetadata(plan.secret);
  const secret = state.find('Secret', key);
  return { live: state.store('Secret').get(key), times: secret && readRotationTimes(secret, plan) };
}

/** Writes what was exchanged, where the cluster does not have it. */
async function write(
  { applier, logger }: ReconcileContext,
  { key, plan }: Look,
  { credentials, times }: Exchanged,
  live: KubeObject | undefined,
): Promise<void> {
  const secret = planRotatedSecret(plan, credentials, times);
  const written = await applier.apply(resourceTypes.Secret, secret, live);
  if (written !== undefined) logger.info('credentials are written', { policy: key, ...times });
}

/**
 * A BackendSecurityPolicy whose credentials are exchanged: the Secret that holds them, renewed before they end. Nothing waits
 * for an exchange: it is started here, and the policy is looked at again when it is done.
 */
export function reconcileRotation(context: ReconcileContext): Reconcile {
  const { rotation, enqueue } = context;
  if (rotation === undefined) return () => Promise.resolve();
  const again = (key: ObjectKey, afterMs?: number): void => enqueue('CredentialRotation', key, afterMs);
  const exchanges = createExchanges(rotation, again);
  const report = createReporter(context, rotation);

  const renew = (look: Look, times: RotationTimes | undefined): void => {
    const { key, plan } = look;
    const dueInMs = times === undefined ? 0 : Date.parse(times.renewal) - rotation.clock();
    if (dueInMs > 0) {
      report.fine(key);
      again(key, Math.min(dueInMs, longestWaitMs));
      return;
    }
    const progress = exchanges.start(key, plan);
    if (progress.kind === 'under way') return;
    report.failed(look, progress.message, times);
    if (progress.retryInMs > 0) again(key, progress.retryInMs);
  };

  return async (key, signal) => {
    const look = lookAt(context, key);
    if (look === undefined) {
      exchanges.forget(key);
      if (context.state.store('BackendSecurityPolicy').get(key) === undefined) rotation.outcomes.forget(key);
      else report.fine(key);
      return;
    }
    const { live, times } = gatherSecret(context, look);
    if (live !== undefined && !isOfPolicy(live, look.object)) {
      const name = keyOfMetadata(live.metadata);
      const message = `Secret ${name} exists and belongs to somebody else: rename or remove it`;
      report.failed(look, message, undefined);
      return;
    }
    const exchanged = exchanges.find(key, look.plan);
    try {
      // Another replica leads by now, or soon will.
      if (signal.aborted) return;
      if (exchanged !== undefined) await write(context, look, exchanged, live);
    } catch (error) {
      if (KubeApiError.is(error))
        report.failed(look, `the Secret cannot be written: ${error.message}`, times);
      throw error;
    }
    renew(look, exchanged?.times ?? times);
  };
}
