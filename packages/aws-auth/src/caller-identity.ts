import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from './credentials.ts';
import { buildStsHost } from './endpoint-host.ts';
import { Sha256 } from './sha256.ts';

export interface CallerIdentityOptions {
  /** Region of the STS endpoint. */
  readonly region: string;
  /** Base URL of another STS (`AWS_ENDPOINT_URL_STS`); the public one of the region when absent. */
  readonly endpoint?: string | undefined;
  /** The time that the signature states. */
  readonly now: Date;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/**
 * STS's answer to "who am I": whose the credentials are, or the name of the error that refuses them
 * (`InvalidClientTokenId`, `ExpiredToken`, `SignatureDoesNotMatch`, …).
 */
export type CallerIdentity =
  | { readonly accepted: true; readonly account: string; readonly arn: string }
  | { readonly accepted: false; readonly status: number; readonly error: string };

const body = 'Action=GetCallerIdentity&Version=2011-06-15';
const maxAnswerLength = 64 * 1024;

/**
 * Asks STS whose credentials these are. Needs no permission, and costs nothing.
 * @throws AwsAuthError `invalid_region`; what `fetch` throws when STS does not answer; Error when it is not STS that answers.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function fetchCallerIdentity(
  credentials: AwsCredentials,
  { region, endpoint, now, signal }: CallerIdentityOptions,
): Promise<CallerIdentity> {
  const url = new URL(endpoint ?? `https://${buildStsHost(region)}`);
  const headers = { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST', protocol: url.protocol, hostname: url.hostname, path: url.pathname };
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signer.sign({ ...request, headers, body }, { signingDate: now });
  const { host: _host, ...sent } = signed.headers;
  const response = await fetch(url, { method: 'POST', headers: sent, body, signal, redirect: 'manual' });
  return readAnswer(response.status, (await response.text()).slice(0, maxAnswerLength));
}

function readAnswer(status: number, text: string): CallerIdentity {
  const field = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]{1,2048})</${name}>`).exec(text)?.[1];
  const [account, arn, error] = ['Account', 'Arn', 'Code'].map(field);
  if (status === 200 && account !== undefined && arn !== undefined) return { accepted: true, account, arn };
  if (status >= 400 && error !== undefined) return { accepted: false, status, error };
  throw new Error(`not an answer of STS (status ${status})`);
}
