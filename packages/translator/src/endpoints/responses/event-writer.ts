import { buildItem, type ItemDraft } from './output-items.ts';

/**
 * Writes the events of one response, numbered in their order.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export interface ResponseEventWriter {
  /** `members` is JSON without the braces around it. */
  event(type: string, members: string): string;
  /** An event about a part of an item. */
  part(item: ItemDraft, type: string, fields: object): string;
  /** An event about an item, as it stands. */
  item(item: ItemDraft, type: 'output_item.added' | 'output_item.done'): string;
}

/** A writer that begins at 0. */
export function createResponseEventWriter(): ResponseEventWriter {
  let sequence = 0;
  const event = (type: string, members: string): string =>
    `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence++},${members}}\n\n`;
  return {
    event,
    part: ({ id, outputIndex }, type, fields) =>
      event(`response.${type}`, membersOf({ item_id: id, output_index: outputIndex, ...fields })),
    item: (draft, type) =>
      event(`response.${type}`, membersOf({ output_index: draft.outputIndex, item: buildItem(draft) })),
  };
}

/** JSON of an object, without its braces. */
export function membersOf(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}
