import { AwsAuthError, type AwsCredentials, createOidcExchangeSource } from '@aigw/aws-auth';
import type { RotationPlan, SessionCredentials } from '@aigw/planner';

/** What an exchange gives. */
export interface ExchangedCredentials extends SessionCredentials {
  readonly expiration: Date;
}

/** Exchanges a token of a policy's issuer for credentials of its role. Rejects with an error whose message holds no secret. */
export type ExchangeCredentials = (
  plan: Pick<RotationPlan, 'exchange' | 'region'>,
) => Promise<ExchangedCredentials>;

/** Issuer and STS have limits of their own, and the SDK tries again. */
const timeoutMs = 15_000;

/** The exchange of the data plane, whose code it is. */
export function createExchangeCredentials(): ExchangeCredentials {
  return async ({ exchange, region }) => {
    const { roleArn, oidc: client } = exchange;
    try {
      const source = createOidcExchangeSource({ roleArn, region, client });
      return requireSession(await withDeadline(source()));
    } catch (error) {
      const message = AwsAuthError.is(error) ? error.message : 'the exchange failed';
      throw new Error(redact(message, client.clientSecret));
    }
  };
}

function requireSession({ expiration, sessionToken, ...keys }: AwsCredentials): ExchangedCredentials {
  if (expiration === undefined || sessionToken === undefined) {
    throw new AwsAuthError('credentials_unavailable', 'STS gave credentials that are not temporary');
  }
  return { ...keys, sessionToken, expiration };
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new AwsAuthError('credentials_unavailable', `no AWS credentials within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whoever answers may quote what it was sent: a secret, or a token. */
export function redact(message: string, secret: string): string {
  const withoutSecret = secret === '' ? message : message.replaceAll(secret, '[secret]');
  return withoutSecret.replaceAll(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[token]');
}
