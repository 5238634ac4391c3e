import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MockProviders } from '@aigw/mock-providers';
import type { KubeApi } from '../kube-api.ts';
import type { Listening, Target } from '../network/relay.ts';

/** Audiences of the tokens that AWS takes from a cluster. */
export const audiences = { sts: 'sts.amazonaws.com', podIdentity: 'pods.eks.amazonaws.com' } as const;

/** STS and the Pod Identity agent as an EKS cluster has them. */
export interface TokenExchange extends Listening {
  readonly at: Target;
}

/** Whose token it is, when the cluster has issued it for this audience and it is still good. */
async function findSubject(api: KubeApi, token: string, audience: string): Promise<string | undefined> {
  const { body } = await api.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, audiences: [audience] },
  });
  const status = body['status'] as { authenticated?: boolean; user?: { username?: string } } | undefined;
  return status?.authenticated === true ? status.user?.username : undefined;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * AWS trusts the issuer of an EKS cluster; the mock trusts its own. Tokens of the cluster are checked by the API server and
 * exchanged for one of the mock's issuer with the same subject; everything else is passed on as it is.
 */
export async function startTokenExchange(api: KubeApi, mock: MockProviders): Promise<TokenExchange> {
  const exchangeForm = async (body: Buffer): Promise<Buffer> => {
    const form = new URLSearchParams(body.toString('utf8'));
    const subject = await findSubject(api, form.get('WebIdentityToken') ?? '', audiences.sts);
    if (subject === undefined) return body;
    form.set('WebIdentityToken', mock.aws.createToken({ subject }));
    return Buffer.from(form.toString());
  };
  const exchangeHeader = async (token: string): Promise<string> => {
    const subject = await findSubject(api, token, audiences.podIdentity);
    return subject === undefined ? token : mock.aws.createPodToken({ subject });
  };

  const pass = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = incoming;
    const isAgent = url.startsWith('/v1/credentials');
    const given = await readBody(incoming);
    const body = given.includes('WebIdentityToken=') ? await exchangeForm(given) : given;
    const sent = { ...headers, 'content-length': String(body.length) };
    if (isAgent) sent.authorization = await exchangeHeader(headers.authorization ?? '');
    const outgoing = request(mock.url + url, { method, headers: sent, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.once('error', () => response.destroy());
    outgoing.end(body);
  };
  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    at: { address: '127.0.0.1', port: (server.address() as AddressInfo).port },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
