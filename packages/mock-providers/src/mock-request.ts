/** A request as it was received; header names as the client wrote them. */
export interface MockRequest {
  readonly method: string;
  /** Path and query, still percent-encoded. */
  readonly path: string;
  readonly headers: readonly [string, string][];
  readonly body: Buffer;
}

/** The first value of a header, by its lower-case name. */
export function headerOf(request: Pick<MockRequest, 'headers'>, name: string): string | undefined {
  return request.headers.find(([header]) => header.toLowerCase() === name)?.[1];
}
