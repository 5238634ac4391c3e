import type { BufferedResponse, ClientResponse } from '@aigw/translator';
import type { BodyMessage, ContinueAnswer } from '../codec/messages.ts';
import type { Outcome, Result } from '../stream/processor.ts';
import type { ContentDecoder } from './content-decoder.ts';
import { createHeaderPlan, type HeaderPlan } from './header-plan.ts';
import type { ResponseReport } from './response-report.ts';

const empty = new Uint8Array();

/** The answer to the whole body of a response. */
export function answerBuffered(
  { body }: BodyMessage,
  buffered: BufferedResponse,
  decoder: ContentDecoder | undefined,
  report: ResponseReport,
): Result {
  const answer = (response: ClientResponse, wasEncoded: boolean): Outcome => {
    const plan = createHeaderPlan();
    if (response.body !== undefined && wasEncoded) plan.remove('content-encoding');
    return buildOutcome('responseBody', response, plan, report);
  };
  if (decoder === undefined || body.length === 0) return answer(buffered.finish(body), false);
  return decodeAll(decoder, body).then((plain) => answer(buffered.finish(plain), true));
}

/** The answer to a response that has only headers: what is to be said is said with them. */
export function answerBodyless(
  buffered: BufferedResponse,
  plan: HeaderPlan,
  report: ResponseReport,
): Outcome {
  return buildOutcome('responseHeaders', buffered.finish(empty), plan, report);
}

function buildOutcome(
  kind: 'responseHeaders' | 'responseBody',
  response: ClientResponse,
  plan: HeaderPlan,
  report: ResponseReport,
): Outcome {
  const { status, headers, body, usage, responseModel, failure } = response;
  plan.apply(headers);
  if (status !== undefined) plan.set(':status', String(status));
  // Envoy compares the two and answers 500 when they differ.
  if (body !== undefined) plan.set('content-length', String(body.length));
  const metadata = report.facts(usage, responseModel);
  report.end(failure);
  const answer: ContinueAnswer = { kind, headers: plan.build(), ...(failure === undefined && { metadata }) };
  return { answers: [body === undefined ? answer : { ...answer, body }], next: 'passing' };
}

async function decodeAll(decoder: ContentDecoder, body: Uint8Array): Promise<Uint8Array> {
  const start = await decoder.decode(body);
  return Buffer.concat([start, await decoder.end()]);
}
