/** One event of a streamed message as a client reads it; what is absent reads as undefined. */
export interface ReadMessageEvent {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: { readonly type: string; readonly id?: string; readonly name?: string };
  readonly delta?: Readonly<Record<string, unknown>>;
  readonly usage?: unknown;
  readonly error?: { readonly type: string; readonly message: string };
}

/** A block of a message, put together; `text` is whatever its deltas carry. */
export interface AssembledBlock {
  readonly type: string;
  text: string;
  readonly id: string | undefined;
  readonly name: string | undefined;
}

/** The events of a stream. */
export function readMessageStream(text: string): ReadMessageEvent[] {
  const data = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
  return data.map((line) => JSON.parse(line) as ReadMessageEvent);
}

/** The blocks of a stream. @throws Error where a client that puts a message together would be lost. */
export function assembleMessage(events: readonly ReadMessageEvent[]): AssembledBlock[] {
  const [first, ...rest] = events;
  if (first?.type !== 'message_start') throw new Error('A message has to start');
  const blocks: AssembledBlock[] = [];
  let isOpen = false;
  for (const event of rest) {
    const last = blocks.at(-1);
    if (!isInPlace(event, isOpen, blocks.length)) {
      throw new Error(`${event.type} ${event.index ?? ''} after ${blocks.length} blocks`);
    }
    if (event.type === 'content_block_delta' && last) last.text += textOfDelta(event.delta);
    if (event.type === 'content_block_start') blocks.push(beginBlock(event));
    if (event.type === 'content_block_start') isOpen = true;
    if (event.type === 'content_block_stop') isOpen = false;
  }
  return blocks;
}

function isInPlace({ type, index }: ReadMessageEvent, isOpen: boolean, count: number): boolean {
  switch (type) {
    case 'content_block_start':
      return !isOpen && index === count;
    case 'content_block_delta':
    case 'content_block_stop':
      return isOpen && index === count - 1;
    case 'message_delta':
      return !isOpen;
    default:
      return true;
  }
}

function beginBlock({ content_block }: ReadMessageEvent): AssembledBlock {
  const { type = '', id, name } = content_block ?? {};
  return { type, text: '', id, name };
}

function textOfDelta(delta: ReadMessageEvent['delta']): string {
  const text = delta?.['text'] ?? delta?.['thinking'] ?? delta?.['partial_json'];
  return typeof text === 'string' ? text : '';
}
