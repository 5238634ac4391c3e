import type { MockContext } from '../../mock-context.ts';
import type { MockRequest } from '../../mock-request.ts';
import type { UnaryReply } from '../../reply.ts';
import { mockAccount } from '../credential-context.ts';
import { answerAssumeRole, answerAssumeRoleWithWebIdentity } from './assume-role.ts';
import { authenticateSts } from './authenticate-sts.ts';
import { stsAnswer, stsError } from './sts-xml.ts';

const version = '2011-06-15';

/** Answers a request to STS; AWS's query protocol over POST. */
export function answerSts(request: MockRequest, context: MockContext): UnaryReply {
  const form = readForm(request);
  const action = form.get('Action');
  if (action === null) {
    return stsError({
      code: 'MissingAuthenticationToken',
      message: 'Request is missing Authentication Token',
    });
  }
  if (form.get('Version') !== version) return unknownAction(action, form.get('Version') ?? '');
  switch (action) {
    case 'AssumeRole':
      return answerAssumeRole(form, request, context);
    case 'AssumeRoleWithWebIdentity':
      return answerAssumeRoleWithWebIdentity(form, context);
    case 'GetCallerIdentity':
      return answerCallerIdentity(request, context);
    default:
      return unknownAction(action, version);
  }
}

/** The role that a request is about, for faults that its name asks for. */
export function roleArnOf(request: MockRequest): string {
  return readForm(request).get('RoleArn') ?? '';
}

function answerCallerIdentity(request: MockRequest, context: MockContext): UnaryReply {
  const caller = authenticateSts(request, context);
  if ('code' in caller) return stsError(caller);
  const { arn, isTemporary } = caller;
  const userId = isTemporary ? `AROAMOCKMOCKMOCKMOCK:${arn.split('/').at(-1) ?? ''}` : 'AIDAMOCKMOCKMOCKMOCK';
  return stsAnswer('GetCallerIdentity', { Arn: arn, UserId: userId, Account: mockAccount });
}

function readForm({ body }: MockRequest): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

function unknownAction(action: string, asked: string): UnaryReply {
  return stsError({
    code: 'InvalidAction',
    message: `Could not find operation ${action} for version ${asked === '' ? 'NO_VERSION_SPECIFIED' : asked}`,
  });
}
