import type { Answer } from '../brain/conversation.ts';
import { splitJson, splitText } from '../brain/split-pieces.ts';
import type { JsonObject } from '../json.ts';
import { buildItems, buildPendingResponse, buildResponse } from './build-response.ts';
import type { ResponseIdentity, ResponseItem } from './build-response.ts';

/** An event before it has its number. */
type Event = readonly [type: string, fields: JsonObject];

/** The server-sent events of a streamed response; the last one carries the end. */
export function encodeResponseEvents(answer: Answer, identity: ResponseIdentity): Buffer[] {
  const items = buildItems(answer, identity.body);
  const whole = buildResponse(answer, items, identity);
  const pending = { response: buildPendingResponse(identity) };
  const events: Event[] = [
    ['response.created', pending],
    ['response.in_progress', pending],
    ...items.flatMap(describeItem),
    [`response.${String(whole['status'])}`, { response: whole }],
  ];
  return events.map(([type, fields], sequence) =>
    encodeNamedEvent({ type, sequence_number: sequence, ...fields }),
  );
}

/** One server-sent event, named by its type. */
export function encodeNamedEvent(payload: JsonObject & { readonly type: string }): Buffer {
  return Buffer.from(`event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`);
}

function describeItem(item: ResponseItem, index: number): Event[] {
  const place = { output_index: index };
  const begun = { ...item.fields, ...emptied[item.fields.type] };
  return [
    ['response.output_item.added', { ...place, item: begun }],
    ...describeText(item, { item_id: item.fields.id, ...place }),
    ['response.output_item.done', { ...place, item: item.fields }],
  ];
}

/** What an item lacks when it begins. */
const emptied: Readonly<Record<string, JsonObject>> = {
  message: { status: 'in_progress', content: [] },
  function_call: { status: 'in_progress', arguments: '' },
  reasoning: { summary: [] },
};

function describeText({ fields, text }: ResponseItem, item: JsonObject): Event[] {
  switch (fields.type) {
    case 'message': {
      const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
      const place = { ...item, content_index: 0 };
      return [
        ['response.content_part.added', { ...place, part }],
        ...splitText(text).map((delta): Event => [
          'response.output_text.delta',
          { ...place, delta, logprobs: [] },
        ]),
        ['response.output_text.done', { ...place, text, logprobs: [] }],
        ['response.content_part.done', { ...place, part: { ...part, text } }],
      ];
    }
    case 'function_call':
      return [
        ...splitJson(text).map((delta): Event => [
          'response.function_call_arguments.delta',
          { ...item, delta },
        ]),
        ['response.function_call_arguments.done', { ...item, name: fields['name'], arguments: text }],
      ];
    default:
      return text === '' ? [] : describeSummary(text, { ...item, summary_index: 0 });
  }
}

function describeSummary(text: string, place: JsonObject): Event[] {
  const part = { type: 'summary_text', text: '' };
  return [
    ['response.reasoning_summary_part.added', { ...place, part }],
    ...splitText(text).map((delta): Event => ['response.reasoning_summary_text.delta', { ...place, delta }]),
    ['response.reasoning_summary_text.done', { ...place, text }],
    ['response.reasoning_summary_part.done', { ...place, part: { ...part, text } }],
  ];
}
