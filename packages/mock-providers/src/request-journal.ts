import type { CredentialService } from './credentials/credential-context.ts';

/** A request that the mock received and the status that it answered. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, exactly as received. */
  readonly path: string;
  /** Names and values exactly as received. */
  readonly headers: readonly [string, string][];
  readonly body: Buffer;
  readonly provider: 'bedrock' | 'anthropic' | 'openai' | CredentialService | 'unknown';
  /** 0 when the connection was reset instead. */
  readonly status: number;
}

/** The last requests, newest last. */
export interface RequestJournal {
  add(request: RecordedRequest): void;
  list(): RecordedRequest[];
  clear(): void;
}

/** A journal that forgets the oldest entries once it holds more than `maxRequests` or their bodies more than `maxBytes`. */
export function createRequestJournal(maxRequests: number, maxBytes: number): RequestJournal {
  let entries: RecordedRequest[] = [];
  let first = 0;
  let bytes = 0;

  function forgetOldest(): void {
    bytes -= entries[first]?.body.length ?? 0;
    first += 1;
    if (first < maxRequests) return;
    entries = entries.slice(first);
    first = 0;
  }

  return {
    add(request) {
      entries.push(request);
      bytes += request.body.length;
      while (entries.length - first > maxRequests || (bytes > maxBytes && entries.length - first > 1))
        forgetOldest();
    },
    list: () => entries.slice(first),
    clear() {
      entries = [];
      first = 0;
      bytes = 0;
    },
  };
}
