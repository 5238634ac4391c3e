import type { PostTranslateModifyRequest, PostTranslateModifyResponse } from '@aigw/envoy-proto/xds';
import { createGatewayMessages } from '../gateway-messages.ts';
import type { ServedClusters } from '../served-clusters.ts';
import { postTranslateModify, type TranslationProblem } from '../post-translate-modify.ts';

/** A translation as it went back, and what did not fit of it. */
export interface Translated {
  readonly response: PostTranslateModifyResponse;
  readonly problems: readonly TranslationProblem[];
}

const messages = createGatewayMessages('/run/extproc.sock');

/** Stamps a translation, after those that `served` has. */
export function translate(request: PostTranslateModifyRequest, served?: ServedClusters): Translated {
  const problems: TranslationProblem[] = [];
  const response = postTranslateModify(request, messages, (problem) => problems.push(problem), served);
  return { response, problems };
}
