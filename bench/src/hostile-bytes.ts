import { crc32 } from 'node:zlib';
import { encodeEventStreamMessage } from '@aigw/mock-providers';

/** How a provider frames its stream. */
export type Framing = 'converse' | 'invoke' | 'anthropic' | 'openai';

/** A stream that means harm. */
export interface HostileBytes {
  readonly name: string;
  /** Comes first, once. */
  readonly start: Uint8Array;
  /** Comes again and again; the argument counts from 0. */
  readonly next: (round: number) => Uint8Array;
  /** Fed in pieces of this many bytes. */
  readonly pieceBytes: number;
  readonly totalBytes: number;
}

export const mebibyte = 1024 * 1024;
const largePiece = 64 * 1024;
const wholeBytes = 64 * mebibyte;
const splitBytes = 4 * mebibyte;
const nothing = Buffer.alloc(0);

/** Bytes without any sense, the same in every run. */
function makeGarbage(length: number): Buffer {
  let state = 0x2545f491;
  return Buffer.alloc(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  }) as Buffer;
}

/** A prelude whose checksum is right, whatever it declares. */
function encodePrelude(totalLength: number, headersLength: number): Buffer {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(totalLength, 0);
  prelude.writeUInt32BE(headersLength, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  return prelude;
}

function encodeFrame(type: string, payload: object): Buffer {
  const headers = { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' };
  return encodeEventStreamMessage({ headers, payload: Buffer.from(JSON.stringify(payload)) });
}

type Event = Readonly<Record<string, unknown>>;

const messageStart: Event = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  },
};
const block = (index: number, content: Event): Event => ({
  type: 'content_block_start',
  index,
  content_block: content,
});
const delta = (index: number, value: Event): Event => ({ type: 'content_block_delta', index, delta: value });
const toolUse = (round: number): Event => ({
  type: 'tool_use',
  id: `toolu_${round}`,
  name: 'f',
  input: {},
});

/** The three ways in which a valid answer goes on for ever. */
interface Endless {
  readonly start: readonly Event[];
  readonly next: (round: number) => readonly Event[];
}

/** The one character makes a string of two-byte characters of it: the most that text can take. */
const text = `${'x'.repeat(63)}€`;
const anthropicEvents: Readonly<Record<'texts' | 'blocks' | 'input', Endless>> = {
  texts: {
    start: [messageStart, block(0, { type: 'text', text: '' })],
    next: () => [delta(0, { type: 'text_delta', text })],
  },
  blocks: {
    start: [messageStart],
    next: (round) => [block(round, toolUse(round)), { type: 'content_block_stop', index: round }],
  },
  input: {
    start: [
      messageStart,
      block(0, toolUse(0)),
      delta(0, { type: 'input_json_delta', partial_json: '{"a":"' }),
    ],
    next: () => [delta(0, { type: 'input_json_delta', partial_json: text })],
  },
};

const choice = (fields: Event): Event => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, finish_reason: null, delta: fields }],
});
const call = (index: number, fields: Event): Event =>
  choice({ tool_calls: [{ index, type: 'function', ...fields }] });
const openaiEvents: typeof anthropicEvents = {
  texts: { start: [], next: () => [choice({ content: text })] },
  blocks: {
    start: [],
    next: (round) => [call(round, { id: `call_${round}`, function: { name: 'f', arguments: '{}' } })],
  },
  input: {
    start: [call(0, { id: 'call_0', function: { name: 'f', arguments: '{"a":"' } })],
    next: () => [call(0, { function: { arguments: text } })],
  },
};

function convertToConverse(event: Event): Buffer {
  const { index: contentBlockIndex } = event;
  const value = (event['delta'] ?? event['content_block'] ?? {}) as Event;
  switch (event['type']) {
    case 'message_start':
      return encodeFrame('messageStart', { role: 'assistant' });
    case 'content_block_start':
      if (value['type'] === 'text') return nothing;
      return encodeFrame('contentBlockStart', {
        contentBlockIndex,
        start: { toolUse: { toolUseId: value['id'], name: 'f' } },
      });
    case 'content_block_delta': {
      const input = value['partial_json'];
      const content = input === undefined ? { text: value['text'] } : { toolUse: { input } };
      return encodeFrame('contentBlockDelta', { contentBlockIndex, delta: content });
    }
    default:
      return encodeFrame('contentBlockStop', { contentBlockIndex });
  }
}

const encoders: Readonly<Record<Framing, (event: Event) => Buffer>> = {
  converse: convertToConverse,
  invoke: (event) => encodeFrame('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') }),
  anthropic: (event) => Buffer.from(`event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`),
  openai: (event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`),
};

function describeEndless(framing: Framing): HostileBytes[] {
  const events = framing === 'openai' ? openaiEvents : anthropicEvents;
  const encode = (list: readonly Event[]): Buffer => Buffer.concat(list.map(encoders[framing]));
  const make = (name: string, { start, next }: Endless): HostileBytes => {
    const isSame = next(0) === next(0) || JSON.stringify(next(0)) === JSON.stringify(next(1));
    const same = isSame ? repeat(encode(next(0)), largePiece) : undefined;
    const many = (round: number): Buffer =>
      encode(Array.from({ length: 64 }, (_, at) => next(round * 64 + at)).flat());
    return describe(name, encode(start), (round) => same ?? many(round));
  };
  const { texts, blocks, input } = events;
  return [
    make('valid text without end', texts),
    { ...make('valid text, byte by byte', texts), pieceBytes: 1, totalBytes: splitBytes },
    make('tool calls without end', blocks),
    make('one tool input without end', input),
  ];
}

function repeat(bytes: Buffer, atLeast: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(atLeast / bytes.length) }, () => bytes));
}

function describe(name: string, start: Uint8Array, next: HostileBytes['next']): HostileBytes {
  return { name, start, next, pieceBytes: largePiece, totalBytes: wholeBytes };
}

const garbage = makeGarbage(largePiece);
const zeros = Buffer.alloc(largePiece);
const byteByByte = (stream: HostileBytes): HostileBytes => ({
  ...stream,
  name: `${stream.name}, byte by byte`,
  pieceBytes: 1,
  totalBytes: splitBytes,
});

function describeFrames(): HostileBytes[] {
  const largest = describe('frame of 24 MiB with a wrong end', encodePrelude(24 * mebibyte, 0), () => zeros);
  return [
    describe('garbage', nothing, () => garbage),
    describe('declared length of 4 GiB', encodePrelude(0xffffffff, 0), () => zeros),
    describe('headers longer than the frame', encodePrelude(1024, 0xffffff), () => zeros),
    largest,
    byteByByte(largest),
    describe('empty frames', nothing, () => repeat(encodeFrameWithoutAll(), largePiece)),
  ];
}

/** The smallest frame that there is: no headers, no payload. */
function encodeFrameWithoutAll(): Buffer {
  return encodeEventStreamMessage({ headers: {}, payload: nothing });
}

function describeLines(): HostileBytes[] {
  const filler = Buffer.alloc(largePiece, 'x');
  const line = describe('line without end', Buffer.from('data: '), () => filler);
  const lines = repeat(Buffer.from(`data: ${text}\n`), largePiece);
  return [
    describe('garbage', nothing, () => garbage),
    line,
    byteByByte(line),
    describe('event without end', nothing, () => lines),
    describe('empty lines', nothing, () => Buffer.alloc(largePiece, '\n')),
    describe('comments', nothing, () => repeat(Buffer.from(': ping\n\n'), largePiece)),
  ];
}

/** Every hostile stream in one framing. */
export function describeHostileBytes(framing: Framing): HostileBytes[] {
  const isFramed = framing === 'converse' || framing === 'invoke';
  return [...(isFramed ? describeFrames() : describeLines()), ...describeEndless(framing)];
}
