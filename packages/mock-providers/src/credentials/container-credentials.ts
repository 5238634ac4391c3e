import { randomUUID } from 'node:crypto';
import type { MockContext } from '../mock-context.ts';
import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';
import { jsonReply, textReply } from '../reply.ts';
import type { UnaryReply } from '../reply.ts';
import { defaultLifetimeSeconds, mockAccount } from './credential-context.ts';
import type { IssuedCredentials } from './credential-store.ts';
import { decodeToken } from './oidc/json-web-token.ts';
import { sessionArn } from './sts/read-role-request.ts';
import { verifyWebIdentity } from './sts/verify-web-identity.ts';

/** The audience of the tokens that the Pod Identity agent takes. */
export const podIdentityAudience = 'pods.eks.amazonaws.com';

/** `GET /v1/credentials` of the EKS Pod Identity agent: the pod's token is the whole `Authorization` header. */
export function answerPodIdentity(request: MockRequest, context: MockContext): UnaryReply {
  const token = headerOf(request, 'authorization') ?? '';
  if (token === '') return refusePod(400, '(InvalidRequestException): Service account token cannot be empty');
  const problem = findTokenProblem(token, context);
  if (problem !== undefined) return refusePod(400, problem);
  const credentials = issue('pod-identity', 'eks-mock-pod', context);
  return jsonReply(200, { ...describe(credentials), AccountId: mockAccount });
}

/** `GET /v2/credentials/{id}` of the ECS agent. Any id will do, but there must be one. */
export function answerEcs(request: MockRequest, context: MockContext): UnaryReply {
  const id = /^\/v2\/credentials\/([^/?]+)$/.exec(request.path)?.[1];
  if (id === undefined) {
    const message = 'CredentialsV2Request: No Credential ID in the request';
    return jsonReply(400, { code: 'NoIdInRequest', message, HTTPErrorCode: 400 });
  }
  const credentials = issue('ecs-task', randomUUID().replaceAll('-', ''), context);
  return jsonReply(200, {
    RoleArn: `arn:aws:iam::${mockAccount}:role/ecs-task`,
    ...describe(credentials),
  });
}

/** New credentials of a machine's own role. */
export function issue(roleName: string, sessionName: string, context: MockContext): IssuedCredentials {
  const { store, lifetimeSeconds } = context.credentialServices;
  return store.issue(sessionArn(roleName, sessionName), lifetimeSeconds ?? defaultLifetimeSeconds);
}

/** Credentials as AWS's metadata services write them. */
export function describe(credentials: IssuedCredentials): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration.toISOString().replace('.000Z', 'Z'),
  };
}

function findTokenProblem(token: string, context: MockContext): string | undefined {
  const audience = decodeToken(token)?.claims['aud'];
  const verified = verifyWebIdentity(
    token,
    context.credentialServices.issuer,
    context.now(),
    podIdentityAudience,
  );
  if ('claims' in verified) return undefined;
  if (verified.code === 'ExpiredTokenException') return '(ExpiredTokenException): Token has expired';
  return audience === undefined || audience === podIdentityAudience
    ? '(InvalidTokenException): The token included in the request is invalid'
    : '(InvalidTokenException): Token does not have the correct audience';
}

function refusePod(status: number, message: string): UnaryReply {
  return textReply(status, `[${randomUUID()}]: ${message}, fault: client\n`);
}
