import { type Answer, joinChatText, joinMessageText, parseSse } from './clients/http.ts';
import type { ExpectedAnswer, GuideRequest } from './fixtures/guide-requests.ts';

function readMessageText(answer: Answer): string {
  const message = answer.json() as { content: { type: string; text?: string }[] };
  expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: expect.any(String) });
  expect(message).toMatchObject({
    usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
  });
  return message.content.map(({ text }) => text ?? '').join('');
}

function readChatText(answer: Answer): string {
  const completion = answer.json() as { choices: { message: { content: string } }[] };
  expect(completion).toMatchObject({
    object: 'chat.completion',
    usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
  });
  return completion.choices[0]?.message.content ?? '';
}

/** Checks that an Anthropic stream is whole, and returns its text. */
export function readMessageStream(answer: Answer): string {
  const events = parseSse(answer.text);
  const names = events.map(({ event }) => event).filter((event) => event !== 'ping');
  expect(names[0]).toBe('message_start');
  expect(names.at(-2)).toBe('message_delta');
  expect(names.at(-1)).toBe('message_stop');
  expect(JSON.parse(events.find(({ event }) => event === 'message_delta')!.data)).toMatchObject({
    delta: { stop_reason: expect.any(String) },
    usage: { output_tokens: expect.any(Number) },
  });
  return joinMessageText(events);
}

/** Checks that an OpenAI stream is whole, and returns its text. */
export function readChatStream(answer: Answer): string {
  const events = parseSse(answer.text);
  expect(events.at(-1)?.data).toBe('[DONE]');
  const reasons = events
    .slice(0, -1)
    .map(
      ({ data }) =>
        (JSON.parse(data) as { choices: { finish_reason: string | null }[] }).choices[0]?.finish_reason,
    )
    .filter((reason) => reason !== null && reason !== undefined);
  expect(reasons).toHaveLength(1);
  return joinChatText(events);
}

function readText(request: GuideRequest, answer: Answer): string {
  const chat = request.path === '/v1/chat/completions';
  if (request.body.stream === true) {
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    return chat ? readChatStream(answer) : readMessageStream(answer);
  }
  expect(answer.headers.get('content-type')).toContain('application/json');
  return chat ? readChatText(answer) : readMessageText(answer);
}

/** Fails unless the answer is what the guide promises. */
export function expectAnswer(request: GuideRequest, answer: Answer): void {
  const { text, words, tool, warning, fields }: ExpectedAnswer = request.expected;
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.text}`);
  const got = readText(request, answer);
  if (text !== undefined) expect(got).toBe(text);
  if (words !== undefined) {
    expect(got).not.toBe('');
    for (const word of words) expect(got).toContain(word);
  }
  if (fields !== undefined) expect(answer.json()).toMatchObject(fields);
  if (warning !== undefined) expect(answer.headers.get('x-ai-eg-warnings')).toContain(`"${warning}"`);
  if (tool !== undefined) {
    const message = answer.json() as { content: { type: string; input?: unknown }[]; stop_reason: string };
    expect(message.stop_reason).toBe('tool_use');
    const call = message.content.find(({ type }) => type === 'tool_use');
    expect(call).toMatchObject({ name: tool.name, id: expect.any(String) });
    expect(JSON.stringify(call?.input)).toContain(tool.argument);
  }
}
