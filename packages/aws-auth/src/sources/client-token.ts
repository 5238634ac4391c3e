/** A client of an OIDC issuer, and what its tokens are to be for. */
export interface ClientCredentials {
  /** Base URL of the issuer; its discovery document names the token endpoint. */
  readonly issuer: string;
  /** Asked instead of the discovery document. */
  readonly tokenEndpoint?: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes?: readonly string[] | undefined;
  /** `aud` of the token, for issuers that let clients choose (parameter `audience`). */
  readonly audience?: string | undefined;
}

interface TokenEndpoint {
  readonly url: string;
  readonly usesForm: boolean;
}

const maxAnswerLength = 256 * 1024;

/**
 * A token by the client credentials grant.
 * @throws Error with the issuer's words, or why it has none; without secrets.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export async function fetchClientToken(client: ClientCredentials, signal: AbortSignal): Promise<string> {
  const { url, usesForm } = await findTokenEndpoint(client, signal);
  const { clientId, clientSecret, scopes = [], audience } = client;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(audience === undefined ? {} : { audience }),
    ...(usesForm ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const answer = await fetchJson(url, {
    method: 'POST',
    headers: { accept: 'application/json', ...(!usesForm && { authorization: buildBasic(client) }) },
    body,
    signal,
  });
  const token = answer['access_token'];
  if (typeof token === 'string' && token !== '') return token;
  throw new Error(`${hostOf(url)} answered without an access_token`);
}

/** @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function findTokenEndpoint(
  { issuer, tokenEndpoint }: ClientCredentials,
  signal: AbortSignal,
): Promise<TokenEndpoint> {
  if (tokenEndpoint !== undefined) return { url: tokenEndpoint, usesForm: false };
  const base = issuer.replace(/\/$/, '');
  const document = await fetchJson(`${base}/.well-known/openid-configuration`, { signal });
  const url = document['token_endpoint'];
  if (typeof url !== 'string') throw new Error(`${hostOf(base)} names no token_endpoint`);
  const methods = document['token_endpoint_auth_methods_supported'];
  const usesForm = Array.isArray(methods) && !methods.includes('client_secret_basic');
  return { url, usesForm };
}

/** Both parts are form-encoded first. @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function buildBasic({ clientId, clientSecret }: ClientCredentials): string {
  const [id, secret] = [clientId, clientSecret].map((part) =>
    new URLSearchParams({ part }).toString().slice('part='.length),
  );
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

async function fetchJson(url: string, init: RequestInit): Promise<Record<string, unknown>> {
  const { response, text } = await fetchText(url, init);
  const answer = parseObject(text.slice(0, maxAnswerLength));
  if (response.ok && answer !== undefined) return answer;
  const error = answer?.['error'];
  const name = typeof error === 'string' ? ` ${error.slice(0, 100)}` : '';
  throw new Error(`${hostOf(url)} answered with status ${response.status}${name}`);
}

/** What `fetch` says of a failure names neither the host nor the reason. */
async function fetchText(url: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error' });
    return { response, text: await response.text() };
  } catch (error) {
    const { name, cause } = Object(error) as { name?: unknown; cause?: unknown };
    if (name === 'TimeoutError') throw new Error(`${hostOf(url)} did not answer in time`);
    const { code, message } = Object(cause) as { code?: unknown; message?: unknown };
    throw new Error(`${hostOf(url)} cannot be asked: ${String(code ?? message ?? name)}`);
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'the OIDC issuer';
}
