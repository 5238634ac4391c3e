/** What `aigw doctor` checks of a machine, in the order of the report. The names are stable: scripts read them. */
export const checkNames = [
  'node',
  'envoy',
  'resources',
  'port',
  'region',
  'credentials',
  'endpoint',
  'clock',
  'model',
] as const;

/** What `aigw doctor --kube` checks, in the order of its report; stable as well. */
export const clusterCheckNames = [
  'api-server',
  'definitions',
  'envoy-gateway',
  'extension',
  'controller',
  'webhook',
  'gateway',
  'filter-config',
  'proxy',
  'credentials',
  'resource',
  'leftover',
] as const;

/** One of the checks. */
export type CheckName = (typeof checkNames)[number] | (typeof clusterCheckNames)[number];

/** What is checked: `subject` tells several of one kind apart, such as a policy, a port or a model. */
export interface Checked {
  readonly check: CheckName;
  readonly subject?: string;
}

/** The result of one check. What is not ok says what to do about it. */
export type Finding = Checked & { readonly message: string } & (
    { readonly status: 'ok' } | { readonly status: 'warn' | 'fail'; readonly fix: string }
  );

/** What is wrong, and what to do about it. */
export interface Trouble {
  readonly message: string;
  readonly fix: string;
}

/** It works. */
export function ok(checked: Checked, message: string): Finding {
  return { ...checked, status: 'ok', message };
}

/** It may work, or works now and will not for long. */
export function warn(checked: Checked, { message, fix }: Trouble): Finding {
  return { ...checked, status: 'warn', message, fix };
}

/** It does not work. */
export function fail(checked: Checked, { message, fix }: Trouble): Finding {
  return { ...checked, status: 'fail', message, fix };
}
