import { TranslationError } from '@aigw/translator';
import type { ModelEntry } from '../config/runtime-config.ts';

const defaultLimit = 20;
const maxLimit = 1000;

/** A part of the list of models. */
export interface ModelsPage {
  readonly models: readonly ModelEntry[];
  /** More follow in the direction that was asked for. */
  readonly hasMore: boolean;
}

/**
 * The page that `limit` and one of `after_id` and `before_id` ask for.
 * @throws TranslationError `invalid_request` that names the parameter at fault.
 * @see https://docs.anthropic.com/en/api/models-list
 */
export function selectModelsPage(models: readonly ModelEntry[], path: string): ModelsPage {
  const query = new URLSearchParams(/\?([^#]*)/.exec(path)?.[1] ?? '');
  const limit = parseLimit(query.get('limit'));
  const before = findModel(models, 'before_id', query.get('before_id'));
  const after = findModel(models, 'after_id', query.get('after_id'));
  if (before !== undefined && after !== undefined) {
    throw invalid('before_id', 'cannot be combined with after_id: send one of them');
  }
  if (before !== undefined) {
    const start = Math.max(0, before - limit);
    return { models: models.slice(start, before), hasMore: start > 0 };
  }
  const start = after === undefined ? 0 : after + 1;
  return { models: models.slice(start, start + limit), hasMore: start + limit < models.length };
}

function parseLimit(text: string | null): number {
  if (text === null || text === '') return defaultLimit;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  throw invalid('limit', `must be a whole number from 1 to ${maxLimit}`);
}

function findModel(models: readonly ModelEntry[], name: string, id: string | null): number | undefined {
  if (id === null || id === '') return undefined;
  const index = models.findIndex((model) => model.Name === id);
  if (index >= 0) return index;
  throw invalid(name, `is ${JSON.stringify(id)}, and there is no such model in the list`);
}

function invalid(param: string, what: string): TranslationError {
  return new TranslationError('invalid_request', `${param} ${what}`, { param });
}
