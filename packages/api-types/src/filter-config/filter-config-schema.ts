import { z } from 'zod';
import { costTypes, modelFamilies, schemaNames } from './filter-config.ts';
import { ModelCapabilityOverrides } from './model-capability-override.ts';

const text = z.string();
const nonEmpty = z.string().min(1, 'must not be empty');
const lowerCase = z.string().min(1, 'must not be empty').toLowerCase();

const costFields = {
  metadataKey: nonEmpty,
  type: z.enum(costTypes),
  cel: text.exactOptional(),
  backend: text.exactOptional(),
  model: text.exactOptional(),
};

/** A missing expression is a faulty one, which costs that one cost and not the configuration. */
const globalCost = z.object({ ...costFields, routeName: text.exactOptional() });
const routeCost = z.object({ ...costFields, routeName: nonEmpty });

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

const rotated = z.object({
  credentialFileLiteral: nonEmpty,
  expiration: z.iso.datetime({ offset: true, error: 'expected a time such as 2026-01-02T03:04:05Z' }),
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
      rotated: rotated.exactOptional(),
      assumeRole: assumeRole.exactOptional(),
    })
    .refine(({ oidc, roleArn }) => oidc === undefined || Boolean(roleArn), {
      message: 'a role is required for a token to be exchanged',
      path: ['roleArn'],
    })
    .refine(({ oidc, rotated }) => rotated === undefined || oidc !== undefined, {
      message: 'what is exchanged is required, for the time when nobody renews them',
      path: ['oidc'],
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
  hosts: z.array(z.object({ address: nonEmpty, host: text })).exactOptional(),
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
