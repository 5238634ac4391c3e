import { type Dialect, requestIdHeader, TranslationError } from '@aigw/translator';
import type { HeaderMap, ImmediateAnswer } from '../codec/messages.ts';
import type { ModelEntry, RuntimeConfig } from '../config/runtime-config.ts';
import { selectModelsPage } from './models-page.ts';

/** A request for the list of models, or for one of them. */
export interface ModelsRequest {
  readonly headers: HeaderMap;
  /** See `chooseModelsDialect`. */
  readonly dialect: Dialect;
  readonly modelId: string | undefined;
  readonly requestId: string;
}

/** Both APIs have `/v1/models`; Anthropic's clients always name the version of theirs. */
export function chooseModelsDialect(headers: HeaderMap, dialectOfPath: Dialect): Dialect {
  return headers.has('anthropic-version') ? 'anthropic' : dialectOfPath;
}

/**
 * Answers from the configuration, in the shape of the client's dialect.
 * @throws TranslationError `not_found` when the model asked for is not in the list, `invalid_request` for a page that cannot be.
 * @see https://platform.openai.com/docs/api-reference/models
 * @see https://docs.anthropic.com/en/api/models-list
 */
export function answerModels(config: RuntimeConfig, request: ModelsRequest): ImmediateAnswer {
  const { headers, dialect, modelId, requestId } = request;
  const models = config.models(headers.get(':authority'));
  const body =
    modelId === undefined
      ? buildList(models, dialect, headers.get(':path') ?? '')
      : buildEntry(findModel(models, modelId), dialect);
  return {
    kind: 'immediate',
    status: 200,
    headers: [
      ['content-type', 'application/json'],
      [requestIdHeader(dialect), requestId],
    ],
    body: JSON.stringify(body),
    details: 'aigw_models',
  };
}

/** OpenAI's list has no pages. */
function buildList(models: readonly ModelEntry[], dialect: Dialect, path: string): unknown {
  if (dialect === 'openai') return { object: 'list', data: models.map(buildOpenaiModel) };
  const { models: page, hasMore } = selectModelsPage(models, path);
  return {
    data: page.map(buildAnthropicModel),
    first_id: page[0]?.Name ?? null,
    last_id: page.at(-1)?.Name ?? null,
    has_more: hasMore,
  };
}

function findModel(models: readonly ModelEntry[], modelId: string): ModelEntry {
  const model = models.find(({ Name }) => Name === modelId);
  if (model !== undefined) return model;
  throw new TranslationError('not_found', `The model ${JSON.stringify(modelId)} does not exist`, {
    param: 'model',
  });
}

function buildEntry(model: ModelEntry, dialect: Dialect): unknown {
  return dialect === 'anthropic' ? buildAnthropicModel(model) : buildOpenaiModel(model);
}

function buildOpenaiModel({ Name, OwnedBy, CreatedAt }: ModelEntry): unknown {
  const created = Math.floor(Date.parse(CreatedAt) / 1000);
  return { id: Name, object: 'model', created: Number.isNaN(created) ? 0 : created, owned_by: OwnedBy };
}

/** Where nobody knows when, it was at the beginning of time: so says Anthropic's API. */
function buildAnthropicModel({ Name, CreatedAt }: ModelEntry): unknown {
  const createdAt = Number.isNaN(Date.parse(CreatedAt)) ? '1970-01-01T00:00:00Z' : CreatedAt;
  return { type: 'model', id: Name, display_name: Name, created_at: createdAt };
}
