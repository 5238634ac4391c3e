import type { PostTranslateModifyRequest, PostTranslateModifyResponse } from '@aigw/envoy-proto/xds';
import { createGatewayMessages } from '../gateway-messages.ts';
import { createServedTranslations } from '../served-translations.ts';
import { postTranslateModify, type Surroundings, type TranslationProblem } from '../post-translate-modify.ts';

/** A translation as it went back, and what did not fit of it. */
export interface Translated {
  readonly response: PostTranslateModifyResponse;
  readonly problems: readonly TranslationProblem[];
}

const messages = createGatewayMessages('/run/extproc.sock');

/** The first translation of a controller that knows of no AIGatewayRoute that went. */
export const createSurroundings = (): Surroundings => ({
  served: createServedTranslations(() => 0),
  isGone: () => false,
});

/** Stamps a translation, after those that `around` has. */
export function translate(
  request: PostTranslateModifyRequest,
  around: Surroundings = createSurroundings(),
): Translated {
  const problems: TranslationProblem[] = [];
  const report = (problem: TranslationProblem): void => void problems.push(problem);
  return { response: postTranslateModify(request, messages, report, around), problems };
}
