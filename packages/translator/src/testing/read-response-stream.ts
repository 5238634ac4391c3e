import { ResponseStream } from 'openai/lib/responses/ResponseStream';
import type { ParsedResponse, ResponseStreamEvent } from 'openai/resources/responses/responses';

/** The events of a stream of the Responses API, each with its name checked against its data. */
export function readResponseEvents(text: string): ResponseStreamEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const [name = '', data = ''] = block.split('\n');
      const event = JSON.parse(data.slice('data: '.length)) as ResponseStreamEvent;
      if (name !== `event: ${event.type}`) throw new Error(`the event ${event.type} is called ${name}`);
      return event;
    });
}

/** What the official SDK makes of the events. Rejects as the SDK does. */
export async function accumulateResponse(
  events: readonly ResponseStreamEvent[],
): Promise<ParsedResponse<null>> {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const stream = ResponseStream.fromReadableStream(new Blob([lines]).stream());
  return stream.finalResponse();
}
