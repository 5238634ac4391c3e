import type { MockContext } from '../../mock-context.ts';
import type { MockRequest } from '../../mock-request.ts';
import type { UnaryReply } from '../../reply.ts';
import { splitFaultSuffix } from '../../faults/mock-faults.ts';
import { defaultLifetimeSeconds } from '../credential-context.ts';
import { authenticateSts } from './authenticate-sts.ts';
import { readRoleRequest, sessionArn } from './read-role-request.ts';
import type { RoleRequest } from './read-role-request.ts';
import { describeCredentials, stsAnswer, stsError } from './sts-xml.ts';
import type { XmlTree } from './sts-xml.ts';
import { verifyWebIdentity } from './verify-web-identity.ts';

const chainedSeconds = 3600;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function answerAssumeRole(
  form: URLSearchParams,
  request: MockRequest,
  context: MockContext,
): UnaryReply {
  const caller = authenticateSts(request, context);
  if ('code' in caller) return stsError(caller);
  const role = readRoleRequest(form);
  if ('code' in role) return stsError(role);
  if (caller.isTemporary && (role.durationSeconds ?? 0) > chainedSeconds) {
    const message =
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    return stsError({ code: 'ValidationError', message });
  }
  if (!isTrusted(form, role.roleArn, context)) {
    const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${role.roleArn}`;
    return stsError({ code: 'AccessDenied', message });
  }
  return stsAnswer('AssumeRole', { ...issueSession(role, context), PackedPolicySize: '0' });
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export function answerAssumeRoleWithWebIdentity(form: URLSearchParams, context: MockContext): UnaryReply {
  const role = readRoleRequest(form);
  if ('code' in role) return stsError(role);
  const { issuer, roles } = context.credentialServices;
  const verified = verifyWebIdentity(form.get('WebIdentityToken') ?? '', issuer, context.now());
  if ('code' in verified) return stsError(verified);
  const subject = String(verified.claims['sub']);
  const wanted = roles[role.roleArn]?.subject;
  if (wanted !== undefined && wanted !== subject) {
    const message = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
    return stsError({ code: 'AccessDenied', message });
  }
  return stsAnswer('AssumeRoleWithWebIdentity', {
    ...issueSession(role, context),
    SubjectFromWebIdentityToken: subject,
    Audience: String(verified.claims['aud']),
    Provider: issuer.url,
  });
}

function isTrusted(form: URLSearchParams, roleArn: string, { credentialServices }: MockContext): boolean {
  const { externalId, sessionTags = {} } = credentialServices.roles[roleArn] ?? {};
  if (externalId !== undefined && form.get('ExternalId') !== externalId) return false;
  const tags = readTags(form);
  return Object.entries(sessionTags).every(([key, value]) => tags.get(key) === value);
}

function readTags(form: URLSearchParams): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (let member = 1; form.has(`Tags.member.${member}.Key`); member += 1) {
    tags.set(form.get(`Tags.member.${member}.Key`) ?? '', form.get(`Tags.member.${member}.Value`) ?? '');
  }
  return tags;
}

function issueSession(
  { roleName, sessionName, durationSeconds }: RoleRequest,
  { credentialServices: { store, lifetimeSeconds } }: MockContext,
): XmlTree {
  const arn = sessionArn(splitFaultSuffix(roleName).model, sessionName);
  const credentials = store.issue(arn, lifetimeSeconds ?? durationSeconds ?? defaultLifetimeSeconds);
  const roleId = `AROA${credentials.accessKeyId.slice(4)}`;
  return {
    Credentials: describeCredentials(credentials),
    AssumedRoleUser: { AssumedRoleId: `${roleId}:${sessionName}`, Arn: arn },
  };
}
