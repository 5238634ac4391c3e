import { mapServiceTier } from '../../../bedrock/map-service-tier.ts';
import { readGuardrail } from '../../../bedrock/read-guardrail.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import { objectField } from '../../../endpoints/json-fields.ts';
import type { ConverseRequest } from '../../../schemas/bedrock/converse.ts';
import type { ClientRequest } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import {
  isJsonObject,
  rawJson,
  type EncodableJson,
  type JsonObject,
  type RawJson,
} from '../../../wire/json-document.ts';

const passedFields = [
  'guardrailConfig',
  'performanceConfig',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
] as const;

/** Fields of Converse that clients may set by their own names. */
export const extraFields = [...passedFields, 'additionalModelRequestFields'] as const;

/** Parts of a request that are Bedrock's own. */
export interface ConverseExtras {
  readonly fields: Partial<ConverseRequest>;
  readonly additionalModelRequestFields: Readonly<Record<string, EncodableJson>>;
}

/** Service tier, metadata, guardrails and whatever the client set in Bedrock's own words. */
export function buildExtras(
  chat: ChatRequest,
  request: ClientRequest,
  warnings: WarningCollector,
): ConverseExtras {
  const tier = mapServiceTier(chat.serviceTier, warnings);
  const metadata = convertMetadata(chat.metadata, warnings);
  const passed = passedFields.flatMap((name) => {
    const text = request.document.rawAt([name]);
    return text === undefined || text === 'null' ? [] : [[name, rawJson(text)] as const];
  });
  const guardrail = readGuardrail(request.headers);
  return {
    fields: {
      ...(tier !== undefined && { serviceTier: { type: tier } }),
      ...(Object.keys(metadata).length > 0 && { requestMetadata: metadata }),
      ...(guardrail && { guardrailConfig: guardrail }),
      ...Object.fromEntries(passed),
    },
    additionalModelRequestFields: readAdditionalFields(request),
  };
}

/** The client's additional fields, each in its own bytes. @throws TranslationError `invalid_request` when they are no object. */
function readAdditionalFields({ document }: ClientRequest): Record<string, RawJson> {
  const name = 'additionalModelRequestFields';
  const root = isJsonObject(document.value) ? { value: document.value, path: '' } : undefined;
  const fields = root && objectField(root, name);
  return Object.fromEntries(
    Object.keys(fields?.value ?? {}).map((key) => [key, rawJson(document.rawAt([name, key]) ?? 'null')]),
  );
}

const maxMetadata = 16;
const metadataText = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (requestMetadata) */
function convertMetadata(
  metadata: JsonObject | undefined,
  warnings: WarningCollector,
): Record<string, string> {
  const kept: [string, string][] = [];
  for (const [key, value] of Object.entries(metadata ?? {})) {
    const isLegal =
      typeof value === 'string' && key !== '' && metadataText.test(key) && metadataText.test(value);
    if (!isLegal) warnings.drop(`metadata.${key}`, 'Bedrock does not take this key or value');
    else if (kept.length === maxMetadata)
      warnings.drop(`metadata.${key}`, `Bedrock takes ${maxMetadata} entries`);
    else kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}
