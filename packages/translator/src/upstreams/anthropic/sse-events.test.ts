import { errorOf } from '../../testing/chat-to-claude.ts';
import { createSseEventSource } from './sse-events.ts';

const utf8 = new TextEncoder();
const ping = 'event: ping\ndata: {"type":"ping"}\n\n';

function typesOf(stream: string, wanted?: ReadonlySet<string>): string[] {
  const source = createSseEventSource(wanted);
  return [...source.push(utf8.encode(stream)), ...source.end()].map(({ type }) => type);
}

test.each(['{"type":"content_bl', 'null', '[]', '{"index":0}', 'x'])(
  'an event that cannot be read (%s) ends a translation, and is nothing to those who only look on',
  (data) => {
    const stream = `${ping}data: ${data}\n\n${ping}`;
    expect(errorOf(() => typesOf(stream)).code).toBe('upstream_error');
    expect(typesOf(stream, new Set(['ping']))).toEqual(['ping', 'ping']);
  },
);

test('what other servers put around their events is passed over', () => {
  expect(typesOf(`: hello\n\ndata:\n\n${ping}data: [DONE]\n\n`)).toEqual(['ping']);
});

test('an event that is cut off at the end is passed over: the message is not complete without it', () => {
  expect(typesOf(`${ping}event: message_stop\ndata: {"type":"mess`)).toEqual(['ping']);
});
