/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parses the body; a body that is not JSON fails the test with its text. */
  json(): unknown;
}

/** One server-sent event. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Sends a request and reads the whole answer. A body that is not text, bytes or absent is sent as JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: payload as string,
    signal: AbortSignal.timeout(55_000),
  });
  return readAnswer(response);
}

/** Reads a response to its end. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: (): unknown => {
      try {
        return JSON.parse(text);
      } catch (cause) {
        throw new Error(`status ${response.status}, not JSON: ${text.slice(0, 500)}`, { cause });
      }
    },
  };
}

/** Splits the text of an event stream into its events; comments are left out. */
export function parseSse(text: string): SseEvent[] {
  return text
    .split(/\r?\n\r?\n/)
    .map((block) => {
      const lines = block.split(/\r?\n/);
      const field = (name: string): string[] =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart());
      return { event: field('event')[0], data: field('data').join('\n') };
    })
    .filter(({ event, data }) => event !== undefined || data !== '');
}

/** The text of an Anthropic stream. */
export function joinMessageText(events: readonly SseEvent[]): string {
  return events
    .filter(({ event }) => event === 'content_block_delta')
    .map(({ data }) => (JSON.parse(data) as { delta: { text?: string } }).delta.text ?? '')
    .join('');
}

/** The text of an OpenAI stream. */
export function joinChatText(events: readonly SseEvent[]): string {
  return events
    .filter(({ data }) => data !== '[DONE]')
    .map(
      ({ data }) =>
        (JSON.parse(data) as { choices: { delta: { content?: string | null } }[] }).choices[0]?.delta
          .content ?? '',
    )
    .join('');
}
