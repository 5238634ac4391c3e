import { splitFaultSuffix } from '../faults/mock-faults.ts';
import type { FailureName, ProviderErrors } from '../faults/provider-errors.ts';
import type { MockContext } from '../mock-context.ts';
import type { MockRequest } from '../mock-request.ts';
import { jsonReply, textReply } from '../reply.ts';
import type { UnaryReply } from '../reply.ts';
import { answerEcs, answerPodIdentity } from './container-credentials.ts';
import type { CredentialService } from './credential-context.ts';
import { answerInstanceMetadata } from './instance-metadata.ts';
import { answerOidc } from './oidc/answer-oidc.ts';
import { answerSts, roleArnOf } from './sts/answer-sts.ts';
import { stsError } from './sts/sts-xml.ts';

/** An answer, and how it can be made to fail. */
interface CredentialAnswer {
  readonly reply: UnaryReply;
  readonly errors: ProviderErrors;
  readonly faultSuffix: string | undefined;
}

/** Answers for a service that gives credentials. A fault is asked for by the role's name, or set for the whole service. */
export function answerCredentialRequest(
  service: CredentialService,
  request: MockRequest,
  context: MockContext,
): CredentialAnswer {
  const ofService = context.credentialServices.faults.get(service);
  const ofRole = service === 'sts' ? splitFaultSuffix(roleArnOf(request)).suffix : undefined;
  return {
    reply: answer(service, request, context),
    errors: service === 'sts' ? stsErrors : plainErrors,
    faultSuffix: ofService ?? ofRole,
  };
}

function answer(service: CredentialService, request: MockRequest, context: MockContext): UnaryReply {
  switch (service) {
    case 'sts':
      return answerSts(request, context);
    case 'oidc':
      return answerOidc(request, context.credentialServices.issuer);
    case 'pod-identity':
      return answerPodIdentity(request, context);
    case 'ecs':
      return answerEcs(request, context);
    case 'imds':
      return answerInstanceMetadata(request, context);
  }
}

const stsFailures = {
  throttling: { code: 'Throttling', message: 'Rate exceeded' },
  model: { code: 'InternalFailure', message: 'We encountered an internal error. Please try again.' },
  unavailable: { code: 'ServiceUnavailable', message: 'Service is unavailable. Please try again.' },
  internal: { code: 'InternalFailure', message: 'We encountered an internal error. Please try again.' },
} as const satisfies Readonly<Record<FailureName, object>>;

const stsErrors = createWholeErrors((failure) => stsError(stsFailures[failure]));

const plainErrors = createWholeErrors((failure) => {
  const status = { throttling: 429, model: 500, unavailable: 503, internal: 500 }[failure];
  return failure === 'throttling'
    ? jsonReply(status, { message: 'Rate exceeded' })
    : textReply(status, 'The service has failed.');
});

/** Failures of a service that has no streams. */
function createWholeErrors(buildReply: ProviderErrors['buildReply']): ProviderErrors {
  return {
    buildReply,
    encodeFrame: (failure) => buildReply(failure).body,
    encodeUnmodelledFrame: () => buildReply('internal').body,
    corruptFrame: (frame) => frame,
  };
}
