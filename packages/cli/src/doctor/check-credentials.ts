import { type AwsCredentials, type CallerIdentity, fetchCallerIdentity, regionOfHost } from '@aigw/aws-auth';
import { isPlaceholder } from '@aigw/planner';

import { messageOf } from '../errors.ts';
import { causeOf, describeCredentialFailure, describeStsRefusal } from './credential-trouble.ts';
import { type Checked, fail, type Finding, ok, warn } from './finding.ts';
import { type CheckLimits, firstLineOf, runCheck } from './run-check.ts';
import type { Secrets } from './redact.ts';
import { bringsOnlyItsOwn, policyName, type Target } from './target.ts';

/** What the checks of credentials need from outside. */
export interface CredentialChecks {
  readonly limits: CheckLimits;
  readonly secrets: Secrets;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Base URL of an STS that is not the public one. */
  readonly stsEndpoint?: string;
}

/** Credentials that end sooner, and that nothing can renew, are worth a warning. */
const soonMs = 15 * 60_000;

/** One finding per policy: backends that share one are told once. */
export function checkCredentials(targets: readonly Target[], checks: CredentialChecks): Promise<Finding[]> {
  for (const { backend } of targets) checks.secrets.addAuth(backend.auth);
  const byPolicy = new Map(targets.map((target) => [keyOf(target), target]));
  return Promise.all(
    [...byPolicy.values()].map((target) => {
      const checked = { check: 'credentials', subject: policyName(target) } as const;
      return runCheck(checked, checks.limits, (signal) =>
        checkTarget(checked, target, { ...checks, signal }),
      );
    }),
  );
}

const keyOf = (target: Target): string => JSON.stringify([policyName(target), target.backend.auth]);

type Checking = CredentialChecks & { readonly signal: AbortSignal };

async function checkTarget(checked: Checked, target: Target, checking: Checking): Promise<Finding> {
  const { auth, schema } = target.backend;
  if (auth && bringsOnlyItsOwn(auth)) return ok(checked, 'none of the gateway: requests bring their own');
  const key = auth?.apiKey?.key ?? auth?.anthropicAPIKey?.key;
  if (key !== undefined) return checkKey(checked, key);
  if (auth?.aws !== undefined) return checkAws(checked, target, checking);
  if (!schema.name.startsWith('AWS')) return ok(checked, 'none: requests go out without a key');
  return fail(checked, {
    message: 'none: Bedrock answers no request without them',
    fix: `add a BackendSecurityPolicy that targets AIServiceBackend ${target.planned.backend}`,
  });
}

function checkKey(checked: Checked, key: string): Finding {
  if (!isPlaceholder(key)) return ok(checked, 'an API key is set; whether it is accepted, its models show');
  return fail(checked, {
    message: 'the API key is a placeholder',
    fix: 'put your key in its place in the Secret, or use --mock',
  });
}

async function checkAws(checked: Checked, target: Target, checking: Checking): Promise<Finding> {
  const { preview, backend } = target;
  if (preview.credentials === undefined) {
    const fix = 'set awsCredentials.region to a region such as us-east-1';
    return fail(checked, { message: 'no credentials without a valid region', fix });
  }
  let credentials: AwsCredentials;
  try {
    credentials = await preview.credentials.get();
  } catch (thrown) {
    return fail(checked, describeCredentialFailure(firstLineOf(thrown)));
  }
  checking.secrets.addCredentials(credentials);
  if (isPlaceholder(credentials.accessKeyId)) {
    const fix = 'put your keys in its place in the Secret, or use --mock';
    return fail(checked, { message: 'the access key is a placeholder', fix });
  }
  const region = regionOfHost(backend.host) ?? backend.auth?.aws?.region ?? 'us-east-1';
  const life = describeLife(credentials, checking.now());
  try {
    const identity = await whoAmI(credentials, region, checking);
    return describeIdentity(checked, identity, life, canRenew(target));
  } catch (thrown) {
    // Not a failure: a network may let Bedrock through and STS not.
    return warn(checked, {
      message: `AWS credentials are there, ${life.text}, but STS does not say whose: ${messageOf(causeOf(thrown))}`,
      fix: 'nothing, if the models below answer; otherwise let the gateway reach STS, or set AWS_ENDPOINT_URL_STS',
    });
  }
}

function whoAmI(credentials: AwsCredentials, region: string, checking: Checking): Promise<CallerIdentity> {
  const { stsEndpoint: endpoint, now, signal } = checking;
  return fetchCallerIdentity(credentials, { region, endpoint, now: new Date(now()), signal });
}

/** Credentials in a file are what they are; every other source gives new ones. */
function canRenew({ backend }: Target): boolean {
  const file = backend.auth?.aws?.credentialFileLiteral;
  return file === undefined || file.includes('role_arn') || backend.auth?.aws?.assumeRole !== undefined;
}

interface Life {
  readonly text: string;
  readonly endsSoon: boolean;
}

function describeLife({ expiration, sessionToken }: AwsCredentials, now: number): Life {
  if (expiration === undefined) {
    const text =
      sessionToken === undefined ? 'without an end' : 'temporary, with an end that they do not say';
    return { text, endsSoon: false };
  }
  const leftMs = expiration.getTime() - now;
  const text = `until ${expiration.toISOString()} (${Math.round(leftMs / 60_000)} min)`;
  return { text, endsSoon: leftMs < soonMs };
}

function describeIdentity(checked: Checked, identity: CallerIdentity, life: Life, renews: boolean): Finding {
  if (!identity.accepted) return fail(checked, describeStsRefusal(identity.error));
  const message = `${identity.arn}, ${life.text}`;
  if (!life.endsSoon || renews)
    return ok(checked, renews && life.endsSoon ? `${message}, renewed ahead of it` : message);
  return warn(checked, {
    message,
    fix: 'renew them before they end, or use a role, which the gateway renews itself',
  });
}
