import { messageOf } from '../errors.ts';
import { addressOf, type EndpointChecks } from './check-endpoints.ts';
import { type Checked, fail, type Finding, ok, warn } from './finding.ts';
import { buildModelRequest } from './model-request.ts';
import { judgeAnswer } from './model-trouble.ts';
import { describeNetworkFailure } from './network-trouble.ts';
import { mapLimited, runCheck } from './run-check.ts';
import { sendRequest } from './send-request.ts';
import { bringsOnlyItsOwn, type Target } from './target.ts';

/** Few enough at a time that no account's rate limit is hit by the check itself. */
const maxAtOnce = 8;

interface ModelCheck {
  readonly target: Target;
  readonly model: string;
}

/** Whether every configured model answers at every backend that may be asked for it. `fallback` is for backends whose rules name none. */
export async function checkModels(
  targets: readonly Target[],
  checks: EndpointChecks,
  fallback?: string,
): Promise<Finding[]> {
  const ready = targets.filter(({ backend }) => !backend.auth || !bringsOnlyItsOwn(backend.auth));
  const calls = listModelChecks(ready, fallback);
  const tried = new Set(calls.map(({ target }) => target.planned.backend));
  const untried = new Set(ready.map(({ planned }) => planned.backend).filter((name) => !tried.has(name)));
  const findings = await mapLimited(calls, maxAtOnce, (call) => checkModel(call, checks));
  return [...findings, ...[...untried].map(describeUntried)];
}

/** Each model once per backend, however many rules lead there with the same settings. */
function listModelChecks(targets: readonly Target[], fallback: string | undefined): ModelCheck[] {
  const all = targets.flatMap((target) => {
    const named = target.planned.models;
    const models = named.length === 0 && fallback !== undefined ? [fallback] : named;
    return models.map((model) => ({ target, model }));
  });
  const keyOf = ({ target: { planned, backend }, model }: ModelCheck): string =>
    JSON.stringify([planned.backend, model, { ...backend, name: '', modelNameOverride: '' }]);
  return [...new Map(all.map((call) => [keyOf(call), call])).values()];
}

function describeUntried(backend: string): Finding {
  return warn(
    { check: 'model', subject: `any at ${backend}` },
    { message: 'not tried: its rules name no model', fix: 'name one with --model MODEL' },
  );
}

function checkModel(call: ModelCheck, checks: EndpointChecks): Promise<Finding> {
  const { target, model } = call;
  const checked = { check: 'model', subject: `${model} at ${target.planned.backend}` } as const;
  return runCheck(checked, checks.limits, (signal) => askModel(checked, call, { ...checks, signal }));
}

async function askModel(
  checked: Checked,
  { target: { planned, backend, preview }, model }: ModelCheck,
  { send, signal }: EndpointChecks & { readonly signal: AbortSignal },
): Promise<Finding> {
  const [endpoint] = planned.endpoints;
  if (endpoint === undefined) {
    return fail(checked, { message: 'it has no server', fix: 'give its Backend an endpoint' });
  }
  const built = await preview.build(buildModelRequest(model, backend)).catch((thrown: unknown) => ({
    message: messageOf(thrown),
  }));
  if ('message' in built) {
    return fail(checked, {
      message: `not asked: ${built.message}`,
      fix: 'see its credentials and region above',
    });
  }
  try {
    const answer = await sendRequest(endpoint, { method: 'POST', ...built }, { ...send, signal });
    const verdict = judgeAnswer(answer);
    if (verdict.kind === 'fine') return ok(checked, `answers in ${answer.tookMs} ms`);
    return (verdict.kind === 'later' ? warn : fail)(checked, verdict);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return fail(checked, describeNetworkFailure(thrown, addressOf(endpoint)));
  }
}
