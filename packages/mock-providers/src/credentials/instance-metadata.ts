import type { MockContext } from '../mock-context.ts';
import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';
import { textReply } from '../reply.ts';
import type { UnaryReply } from '../reply.ts';
import { describe, issue } from './container-credentials.ts';

const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
const maxTtlSeconds = 21_600;
const roleName = 'mock-instance';
const credentialsPath = '/latest/meta-data/iam/security-credentials/';

/**
 * The instance metadata service, version 2 only: a token by PUT first, then everything by GET with it.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function answerInstanceMetadata(request: MockRequest, context: MockContext): UnaryReply {
  if (request.path === '/latest/api/token') return answerToken(request, context);
  if (request.method !== 'GET') return failure(405, 'Method Not Allowed');
  const token = headerOf(request, 'x-aws-ec2-metadata-token') ?? '';
  if (!context.credentialServices.metadataTokens.isValid(token)) return failure(401, 'Unauthorized');
  switch (request.path) {
    case credentialsPath:
    case credentialsPath.slice(0, -1):
      return textReply(200, roleName);
    case credentialsPath + roleName:
      return answerCredentials(context);
    default:
      return failure(404, 'Not Found');
  }
}

/** Refused behind a proxy: a request that was forwarded did not come from the instance itself. */
function answerToken(request: MockRequest, context: MockContext): UnaryReply {
  if (request.method !== 'PUT') return failure(405, 'Method Not Allowed');
  if (headerOf(request, 'x-forwarded-for') !== undefined) return failure(403, 'Forbidden');
  const ttl = Number(headerOf(request, ttlHeader));
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > maxTtlSeconds) return failure(400, 'Bad Request');
  const token = context.credentialServices.metadataTokens.create(ttl);
  return textReply(200, token, [[ttlHeader, String(ttl)]]);
}

function answerCredentials(context: MockContext): UnaryReply {
  const credentials = issue(roleName, 'i-0123456789abcdef0', context);
  const answer = {
    Code: 'Success',
    LastUpdated: context
      .now()
      .toISOString()
      .replace(/\.\d{3}Z$/, 'Z'),
    Type: 'AWS-HMAC',
    ...describe(credentials),
  };
  return textReply(200, JSON.stringify(answer, undefined, 2));
}

function failure(status: number, title: string): UnaryReply {
  const body = `<?xml version="1.0" encoding="iso-8859-1"?>\n<html>\n <head>\n  <title>${status} - ${title}</title>\n </head>\n <body>\n  <h1>${status} - ${title}</h1>\n </body>\n</html>\n`;
  return { ...textReply(status, body), headers: [['content-type', 'text/html']] };
}
