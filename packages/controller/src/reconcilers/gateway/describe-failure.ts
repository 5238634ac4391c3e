import { FilterConfigSizeError } from '@aigw/planner';
import { isLasting } from '../../kube/api-error.ts';

/** What may be quoted from a Secret: admission policies have words of their own. */
const encodedText = /[A-Za-z0-9+/=]{64,}/g;

/** Why a configuration cannot be written as long as nobody changes anything; `undefined` for what passes by itself. */
export function describeFailure(error: unknown): string | undefined {
  if (FilterConfigSizeError.is(error)) return error.message;
  return isLasting(error) ? error.message.replaceAll(encodedText, '…') : undefined;
}
