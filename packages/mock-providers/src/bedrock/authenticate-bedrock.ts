import type { MockContext } from '../mock-context.ts';
import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';
import { bedrockRegion } from '../provider-hosts.ts';
import type { UnaryReply } from '../reply.ts';
import { verifySigV4 } from '../sigv4/verify-sigv4.ts';
import { bedrockError } from './bedrock-errors.ts';

const bearer = /^Bearer /i;

/** Checks a Bedrock API key or the signature; the answer of AWS's front door when it is wrong. */
export function authenticateBedrock(request: MockRequest, context: MockContext): UnaryReply | undefined {
  if (!context.verify) return undefined;
  const authorization = headerOf(request, 'authorization') ?? '';
  if (bearer.test(authorization)) {
    if (context.bedrockApiKeys.includes(authorization.replace(bearer, ''))) return undefined;
    return bedrockError(
      'AccessDeniedException',
      'Authentication failed: Please make sure your API Key is valid.',
      'Message',
    );
  }
  const region = bedrockRegion(headerOf(request, 'host') ?? '') ?? context.region;
  const verdict = verifySigV4(request, {
    credentials: [...context.credentials, ...context.credentialServices.store.list()],
    now: context.now(),
    ...(region === undefined ? {} : { region }),
  });
  return verdict.ok ? undefined : bedrockError(verdict.code, verdict.message);
}
