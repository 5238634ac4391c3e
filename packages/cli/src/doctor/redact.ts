import type { BackendAuth } from '@aigw/api-types';
import type { AwsCredentials } from '@aigw/aws-auth';

import type { Finding } from './finding.ts';

const secretVariables = [
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
];
const shortest = 6;

/** Texts that no report may show. */
export interface Secrets {
  addAuth(auth: BackendAuth | undefined): void;
  addCredentials(credentials: AwsCredentials): void;
  /** The finding with every secret in it replaced. */
  redact(finding: Finding): Finding;
}

/** Collects secrets, beginning with those of the environment. Providers' answers and errors may quote them. */
export function createSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  const known = new Set<string>();
  const add = (secret: string | undefined): void => {
    const text = secret?.trim() ?? '';
    if (text.length >= shortest) known.add(text);
  };
  for (const name of secretVariables) add(env[name]);
  const hide = (text: string): string =>
    [...known].reduce((left, secret) => left.replaceAll(secret, '***'), text);
  return {
    addAuth(auth) {
      for (const secret of findSecrets(auth)) add(secret);
      const file = auth?.aws?.credentialFileLiteral ?? '';
      for (const [, value] of file.matchAll(/^\s*aws_(?:secret_access_key|session_token)\s*=(.*)$/gm))
        add(value);
    },
    addCredentials({ secretAccessKey, sessionToken }) {
      add(secretAccessKey);
      add(sessionToken);
    },
    redact: (finding) => ({
      ...finding,
      message: hide(finding.message),
      ...('fix' in finding && { fix: hide(finding.fix) }),
    }),
  };
}

/** The texts below `value` whose field says that they are secret: `key`, `clientSecret`, … at any depth. */
function findSecrets(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === 'string'
      ? /^key$|secret|token$|password/i.test(name)
        ? [inner]
        : []
      : findSecrets(inner),
  );
}
