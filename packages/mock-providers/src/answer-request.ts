import { answerAnthropic, parseBody } from './anthropic/anthropic.ts';
import { anthropicErrors } from './anthropic/anthropic-errors.ts';
import { answerBedrock } from './bedrock/bedrock.ts';
import { bedrockError, bedrockErrors } from './bedrock/bedrock-errors.ts';
import { answerCredentialRequest } from './credentials/answer-credential-request.ts';
import { findFault, splitFaultSuffix } from './faults/mock-faults.ts';
import type { MockFault } from './faults/mock-faults.ts';
import { planDelivery, planFaultyDelivery } from './faults/plan-delivery.ts';
import type { Delivery } from './faults/plan-delivery.ts';
import type { ProviderErrors } from './faults/provider-errors.ts';
import { stringOf } from './json.ts';
import type { JsonObject } from './json.ts';
import type { MockContext } from './mock-context.ts';
import type { MockRequest } from './mock-request.ts';
import { answerOpenAi } from './openai/openai.ts';
import type { OpenAiOperation } from './openai/openai.ts';
import { openaiErrors } from './openai/openai-errors.ts';
import { responsesErrors } from './openai/responses-errors.ts';
import { jsonReply } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Route } from './route-request.ts';

interface Answered {
  readonly reply: Reply;
  readonly errors: ProviderErrors;
  readonly faultSuffix: string | undefined;
}

/** Answers a request and plays the fault that it asks for. Authentication is checked first: a fault never hides a wrong key. */
export function answerRequest(
  route: Route,
  request: MockRequest,
  context: MockContext,
  eventDelayMs: number,
): Delivery {
  const { reply, errors, faultSuffix } = answerRoute(route, request, context);
  const fault: MockFault | string | undefined = findFault(request, faultSuffix);
  if (fault === undefined || isRefusal(reply)) return planDelivery(reply, eventDelayMs);
  if (typeof fault === 'string') return planDelivery(jsonReply(400, { message: fault }));
  return planFaultyDelivery(reply, fault, errors, eventDelayMs);
}

function isRefusal(reply: Reply): boolean {
  return reply.kind === 'unary' && reply.status >= 400;
}

function answerRoute(route: Route, request: MockRequest, context: MockContext): Answered {
  switch (route.provider) {
    case 'bedrock': {
      if (route.operation === 'none') return plain(unknownOperation(), bedrockErrors);
      const { model, suffix } = splitFaultSuffix(route.modelId);
      const reply = answerBedrock({ operation: route.operation, modelId: model, request }, context);
      return { reply, errors: bedrockErrors, faultSuffix: suffix };
    }
    case 'anthropic': {
      const { body, faultSuffix } = readModelSuffix(parseBody(request));
      const reply = answerAnthropic({ operation: route.operation, request, body }, context);
      return { reply, errors: anthropicErrors, faultSuffix };
    }
    case 'openai': {
      const { body, faultSuffix } = readModelSuffix(parseBody(request));
      const reply = answerOpenAi({ operation: route.operation, request, body }, context);
      return { reply, errors: errorsOf(route.operation), faultSuffix };
    }
    case 'sts':
    case 'oidc':
    case 'pod-identity':
    case 'ecs':
    case 'imds':
      return answerCredentialRequest(route.provider, request, context);
    case 'unknown':
      return plain(
        route.operation === 'health' ? jsonReply(200, { status: 'ok' }) : notFound(request),
        openaiErrors,
      );
  }
}

function errorsOf(operation: OpenAiOperation): ProviderErrors {
  return operation === 'responses' ? responsesErrors : openaiErrors;
}

function plain(reply: Reply, errors: ProviderErrors): Answered {
  return { reply, errors, faultSuffix: undefined };
}

function unknownOperation(): Reply {
  return bedrockError('UnknownOperationException', 'There is no such operation.');
}

function notFound({ method, path }: MockRequest): Reply {
  return jsonReply(404, { message: `The mock does not serve ${method} ${path.slice(0, 200)}` });
}

function readModelSuffix(body: JsonObject | undefined): {
  readonly body: JsonObject | undefined;
  readonly faultSuffix: string | undefined;
} {
  const { model, suffix } = splitFaultSuffix(stringOf(body?.['model']) ?? '');
  return suffix === undefined
    ? { body, faultSuffix: undefined }
    : { body: { ...body, model }, faultSuffix: suffix };
}
