import { TranslationError } from '../../errors.ts';
import type { WarningCollector } from '../../warnings.ts';
import {
  booleanField,
  fieldOf,
  invalidField,
  numberField,
  stringField,
  type Located,
} from '../json-fields.ts';

/** What would need a store of responses, and what to do without one. */
const storedState = {
  previous_response_id: 'no response is stored here: send the whole conversation in "input"',
  conversation: 'no conversation is stored here: send it whole in "input"',
  prompt: 'no prompt is stored here: send its text in "instructions" and "input"',
} as const;

/**
 * Refuses what cannot be had without a store of responses or from other providers, and warns of what is merely not done.
 * @throws TranslationError `unsupported_parameter` that says what to do instead.
 */
export function refuseUnsupported(root: Located, warnings: WarningCollector): void {
  for (const [name, reason] of Object.entries(storedState)) {
    if (fieldOf(root, name) !== undefined) throw unsupported(name, reason);
  }
  if (booleanField(root, 'background') === true)
    throw unsupported('background', 'responses cannot be fetched later: leave it out and wait, or stream');
  if ((numberField(root, 'top_logprobs') ?? 0) > 0)
    throw unsupported('top_logprobs', 'token probabilities are not available');
  if (booleanField(root, 'store') === true)
    warnings.change('store', 'the response is not stored: send the whole conversation with the next request');
  if ((stringField(root, 'truncation') ?? 'disabled') !== 'disabled')
    warnings.drop('truncation', 'input that is too long is refused by the model, not shortened');
  checkInclude(root, warnings);
}

function checkInclude(root: Located, warnings: WarningCollector): void {
  const include = fieldOf(root, 'include') ?? [];
  if (!Array.isArray(include)) throw invalidField('include', 'must be a list');
  for (const [index, name] of include.entries()) {
    if (name === 'message.output_text.logprobs')
      throw unsupported(`include[${index}]`, 'token probabilities are not available');
    if (name !== 'reasoning.encrypted_content')
      warnings.drop(`include[${index}]`, 'the answer has no such part');
  }
}

function unsupported(path: string, reason: string): TranslationError {
  return new TranslationError('unsupported_parameter', `${path} is not supported: ${reason}`, {
    param: path,
  });
}
