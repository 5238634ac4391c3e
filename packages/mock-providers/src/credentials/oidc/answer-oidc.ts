import type { MockRequest } from '../../mock-request.ts';
import { headerOf } from '../../mock-request.ts';
import { jsonReply } from '../../reply.ts';
import type { UnaryReply } from '../../reply.ts';
import type { OidcClient, OidcIssuer } from './oidc-issuer.ts';

/** Discovery, keys and the token endpoint: https://openid.net/specs/openid-connect-discovery-1_0.html */
export function answerOidc(request: MockRequest, issuer: OidcIssuer): UnaryReply {
  const { pathname } = new URL(request.path, issuer.url);
  switch (`${request.method} ${pathname}`) {
    case 'GET /oidc/.well-known/openid-configuration':
      return jsonReply(200, describeIssuer(issuer.url));
    case 'GET /oidc/keys':
      return jsonReply(200, issuer.keySet());
    case 'POST /oidc/token':
      return answerToken(request, issuer);
    default:
      return jsonReply(404, { error: 'not_found' });
  }
}

function describeIssuer(url: string): object {
  return {
    issuer: url,
    jwks_uri: `${url}/keys`,
    token_endpoint: `${url}/token`,
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  };
}

/** The client credentials grant: https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
function answerToken(request: MockRequest, issuer: OidcIssuer): UnaryReply {
  const type = headerOf(request, 'content-type') ?? '';
  if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    return refuse(400, 'invalid_request', 'expected application/x-www-form-urlencoded');
  }
  const form = new URLSearchParams(request.body.toString('utf8'));
  const client = readClient(request, form);
  if (client?.id !== issuer.client.id || client.secret !== issuer.client.secret) {
    return refuse(401, 'invalid_client', 'Client authentication failed.', [
      ['www-authenticate', 'Basic realm="mock"'],
    ]);
  }
  const grant = form.get('grant_type');
  if (grant === null) return refuse(400, 'invalid_request', "missing parameter 'grant_type'");
  if (grant !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', 'only client_credentials is supported');
  }
  const audience = form.get('audience') ?? form.get('resource');
  const scope = form.get('scope');
  const lifetimeSeconds = issuer.tokenLifetimeSeconds;
  const token = issuer.createToken({
    subject: client.id,
    lifetimeSeconds,
    ...(audience === null ? {} : { audience }),
  });
  return jsonReply(
    200,
    {
      access_token: token,
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      ...(scope === null ? {} : { scope }),
    },
    [['cache-control', 'no-store']],
  );
}

/** HTTP Basic, whose parts are form-encoded, before the form. */
function readClient(request: MockRequest, form: URLSearchParams): OidcClient | undefined {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1];
  if (basic !== undefined) {
    const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    return { id: decodeFormPart(id), secret: decodeFormPart(secret.join(':')) };
  }
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  return id === null || secret === null ? undefined : { id, secret };
}

function decodeFormPart(text: string): string {
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? '';
}

function refuse(
  status: number,
  error: string,
  description: string,
  headers: readonly [string, string][] = [],
): UnaryReply {
  return jsonReply(status, { error, error_description: description }, headers);
}
