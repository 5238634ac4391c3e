import type { Answer } from './clients/http.ts';

/** The API whose errors a client understands. */
export type ErrorDialect = 'openai' | 'anthropic';

/** Fails with the answer's own words unless it has that status. */
export function expectStatus(answer: Answer, status: number): void {
  if (answer.status === status) return;
  throw new Error(`status ${answer.status} instead of ${status}: ${answer.text.slice(0, 1000)}`);
}

/** The dialect of the API that a path belongs to. */
export function dialectOf(path: string): ErrorDialect {
  return path.includes('/messages') || path.startsWith('/anthropic/') ? 'anthropic' : 'openai';
}

/** Fails unless the answer is an error with that status in that dialect: valid JSON, a message, a request id. Returns the message. */
export function expectError(answer: Answer, dialect: ErrorDialect, status: number): string {
  expectStatus(answer, status);
  expect(answer.headers.get('content-type')).toContain('application/json');
  const body = answer.json() as { error: { message: string } };
  if (dialect === 'anthropic') {
    expect(body).toMatchObject({
      type: 'error',
      error: { type: expect.any(String), message: expect.any(String) },
      request_id: expect.any(String),
    });
    expect(answer.headers.get('request-id')).not.toBeNull();
  } else {
    expect(body).toMatchObject({ error: { type: expect.any(String), message: expect.any(String) } });
    expect(Object.keys(body.error)).toEqual(expect.arrayContaining(['message', 'type', 'code', 'param']));
    expect(answer.headers.get('x-request-id')).not.toBeNull();
  }
  expect(body.error.message).not.toBe('');
  return body.error.message;
}
