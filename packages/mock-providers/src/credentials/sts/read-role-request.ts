import { mockAccount } from '../credential-context.ts';
import type { StsFailure } from './sts-xml.ts';

/** The role that a request wants, as both actions name it. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly roleName: string;
  readonly sessionName: string;
  /** `undefined`: the default. */
  readonly durationSeconds: number | undefined;
}

const roleArnPattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:.*\/)?([\w+=,.@;-]+)$/;
const sessionNamePattern = /^[\w+=,.@-]{2,64}$/;
const [leastSeconds, mostSeconds] = [900, 43_200];

/** Reads and checks what AssumeRole and AssumeRoleWithWebIdentity have in common. */
export function readRoleRequest(form: URLSearchParams): RoleRequest | StsFailure {
  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  const roleName = roleArnPattern.exec(roleArn)?.[1];
  if (roleName === undefined) return invalid(roleArn === '' ? 'roleArn' : `${roleArn} is invalid`);
  if (!sessionNamePattern.test(sessionName)) {
    return constraint(
      sessionName,
      'roleSessionName',
      'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    );
  }
  const durationSeconds = readDuration(form.get('DurationSeconds'));
  return typeof durationSeconds === 'object'
    ? durationSeconds
    : { roleArn, roleName, sessionName, durationSeconds };
}

function readDuration(text: string | null): number | StsFailure | undefined {
  if (text === null) return undefined;
  const seconds = Number(text);
  const refuse = (rule: string): StsFailure =>
    constraint(text, 'durationSeconds', `Member must have value ${rule}`);
  if (!(seconds >= leastSeconds)) return refuse(`greater than or equal to ${leastSeconds}`);
  return seconds > mostSeconds ? refuse(`less than or equal to ${mostSeconds}`) : seconds;
}

/** The ARN of a session of the role. */
export function sessionArn(roleName: string, sessionName: string): string {
  return `arn:aws:sts::${mockAccount}:assumed-role/${roleName}/${sessionName}`;
}

function invalid(what: string): StsFailure {
  const message =
    what === 'roleArn'
      ? "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
      : what;
  return { code: 'ValidationError', message };
}

function constraint(value: string, member: string, rule: string): StsFailure {
  return {
    code: 'ValidationError',
    message: `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  };
}
