import { z } from 'zod';
import { modelFamilies, schemaNames } from './filter-config.ts';
import { ModelCapabilityOverrides } from './model-capability-override.ts';

const text = z.string();
const nonEmpty = z.string().min(1, 'must not be empty');
const lowerCase = z.string().min(1, 'must not be empty').toLowerCase();

const costTypes = [
  'OutputToken',
  'InputToken',
  'CachedInputToken',
  'CacheCreationInputToken',
  'TotalToken',
  'ReasoningToken',
  'CEL',
] as const;

const costFields = {
  metadataKey: nonEmpty,
  type: z.enum(costTypes),
  cel: text.exactOptional(),
  backend: text.exactOptional(),
  model: text.exactOptional(),
};

const hasExpression = (cost: { type: string; cel?: string }): boolean =>
  cost.type !== 'CEL' || Boolean(cost.cel);
const missingExpression = { message: 'an expression is required for the type CEL', path: ['cel'] };

const globalCost = z
  .object({ ...costFields, routeName: text.exactOptional() })
  .refine(hasExpression, missingExpression);
const routeCost = z.object({ ...costFields, routeName: nonEmpty }).refine(hasExpression, missingExpression);

const schema = z.object({
  name: z.enum(schemaNames),
  version: text.exactOptional(),
  prefix: text.exactOptional(),
});

const key = z.object({ key: text });

const oidcClient = z.object({
  issuer: nonEmpty,
  tokenEndpoint: text.exactOptional(),
  clientId: nonEmpty,
  clientSecret: text,
  scopes: z.array(text).exactOptional(),
  audience: text.exactOptional(),
});

const assumeRole = z.object({
  roleArn: nonEmpty,
  externalId: text.exactOptional(),
  sessionName: text.exactOptional(),
  sessionTags: z.array(z.object({ key: nonEmpty, value: text })).exactOptional(),
});

const credentialOverride = z.object({
  headerName: text.toLowerCase().exactOptional(),
  dynamicMetadataNamespace: text.exactOptional(),
  dynamicMetadataKey: text.exactOptional(),
  fallbackToConfigured: z.boolean().default(false),
  inputHeadersToRemove: z.array(lowerCase).default([]),
});

const auth = z.object({
  aws: z
    .object({
      region: text.exactOptional(),
      credentialFileLiteral: text.exactOptional(),
      profile: text.exactOptional(),
      roleArn: text.exactOptional(),
      oidc: oidcClient.exactOptional(),
      assumeRole: assumeRole.exactOptional(),
    })
    .refine(({ oidc, roleArn }) => oidc === undefined || Boolean(roleArn), {
      message: 'a role is required for a token to be exchanged',
      path: ['roleArn'],
    })
    .exactOptional(),
  apiKey: key.exactOptional(),
  anthropicAPIKey: key.exactOptional(),
  credentialOverride: credentialOverride.exactOptional(),
});

const headerMutation = z.object({
  set: z.array(z.object({ name: lowerCase, value: text })).default([]),
  remove: z.array(lowerCase).default([]),
});

const bodyMutation = z.object({
  set: z.array(z.object({ path: nonEmpty, value: text })).default([]),
  remove: z.array(nonEmpty).default([]),
});

const backend = z.object({
  name: nonEmpty,
  modelNameOverride: text.exactOptional(),
  schema,
  auth: auth.exactOptional(),
  httpHeaderMutation: headerMutation.exactOptional(),
  httpBodyMutation: bodyMutation.exactOptional(),
  modelFamily: z.enum(modelFamilies).exactOptional(),
  modelCapabilities: ModelCapabilityOverrides.exactOptional(),
  unsupportedFields: z.enum(['Drop', 'Reject']).exactOptional(),
  messagesVia: z.enum(['Auto', 'InvokeModel', 'Converse']).exactOptional(),
  host: text.exactOptional(),
});

const models = z
  .array(
    z.object({
      Name: nonEmpty,
      OwnedBy: text.default(''),
      CreatedAt: z.iso
        .datetime({ offset: true, error: 'expected a time such as 2026-01-02T03:04:05Z' })
        .default('1970-01-01T00:00:00Z'),
    }),
  )
  .default([]);

/** The shape of a filter config once the letter case of its keys is settled. */
export const filterConfigSchema = z.object({
  version: text,
  uuid: text.exactOptional(),
  globalLLMRequestCosts: z.array(globalCost).default([]),
  llmRequestCosts: z.array(routeCost).default([]),
  backends: z.array(backend).default([]),
  models,
  unscopedModels: models,
  modelsByHost: z.record(z.string(), models).default({}),
});
