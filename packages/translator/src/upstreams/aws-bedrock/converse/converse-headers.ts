import type { HeaderChanges } from '../../../translator.ts';

/** What ConverseStream answers in. */
export const eventStreamType = 'application/vnd.amazon.eventstream';

/** Headers of Converse and ConverseStream. What other providers have clients say in headers goes. */
export function converseHeaders(isStream: boolean): HeaderChanges {
  return {
    remove: ['anthropic-version', 'anthropic-beta', 'openai-organization', 'openai-project', 'openai-beta'],
    set: [
      ['content-type', 'application/json'],
      ['accept', isStream ? eventStreamType : 'application/json'],
      // What we translate we must be able to read piece by piece.
      ['accept-encoding', 'identity'],
    ],
  };
}
