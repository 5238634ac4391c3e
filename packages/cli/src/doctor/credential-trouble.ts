import type { Trouble } from './finding.ts';

/** What is said about a source of credentials, and what helps; the first that fits counts. */
const sources: readonly (readonly [pattern: RegExp, fix: string])[] = [
  [/sso|token has expired|token is expired/i, 'sign in again: aws sso login --profile YOUR_PROFILE'],
  [
    /AssumeRoleWithWebIdentity|OpenIDConnect|InvalidIdentityToken|web identity/i,
    "check the role's trust policy (OIDC provider, namespace and name of the service account) and that the provider exists in IAM",
  ],
  [
    /sts:AssumeRole|AccessDenied/i,
    "allow sts:AssumeRole to the gateway's own identity, in its policy and in the role's trust policy",
  ],
  [
    /ENOENT|no such file/i,
    'the file that the environment names is missing: mount it, or correct the variable',
  ],
  [
    /has no section|could not be found in/i,
    'name a profile that exists: AWS_PROFILE, or credentialsFile.profile',
  ],
  [/has no aws_/i, 'complete the section in the Secret: aws_access_key_id and aws_secret_access_key'],
  [/credential_process/i, 'use keys or role_arn in the Secret: programs are not run from it'],
  [
    /have expired|ExpiredToken/i,
    'put new keys in their place, or use a role, which the gateway renews itself',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|within \d+ ms/,
    'let the gateway reach STS or the metadata service: DNS, firewall, AWS_ENDPOINT_URL_STS',
  ],
  [
    /could not load credentials/i,
    'give it some: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role; docs/authentication has all the ways',
  ],
];

/** Why a source gave no credentials, and what to do. */
export function describeCredentialFailure(message: string): Trouble {
  const fix = sources.find(([pattern]) => pattern.test(message))?.[1];
  return { message, fix: fix ?? 'docs/authentication/troubleshooting.md lists what AWS says and what helps' };
}

const refusals: Readonly<Record<string, string>> = {
  ExpiredToken: 'renew the credentials: they are temporary and have ended',
  ExpiredTokenException: 'renew the credentials: they are temporary and have ended',
  InvalidClientTokenId:
    'the access key does not exist (deleted, of another partition, or its session token is missing): use one that does',
  UnrecognizedClientException:
    'the access key does not exist (deleted, of another partition, or its session token is missing): use one that does',
  SignatureDoesNotMatch:
    'the secret key does not belong to the access key, or the clock is wrong: copy both again, check the clock line',
  RegionDisabledException: "activate STS for the region in the account's settings, or use another region",
};

/** What STS says of the credentials, and what to do. */
export function describeStsRefusal(error: string): Trouble {
  const fix = refusals[error] ?? "look the error up in AWS's list of common errors of STS";
  return { message: `AWS refuses the credentials: ${error}`, fix };
}

/** What a failed `fetch` failed from. */
export function causeOf(thrown: unknown): unknown {
  const cause = typeof thrown === 'object' && thrown !== null && 'cause' in thrown ? thrown.cause : undefined;
  return cause ?? thrown;
}
