import { z } from 'zod';
import { modelFamilies, schemaNames, type SchemaName } from '../filter-config/filter-config.ts';
import { ModelCapabilityOverrides } from '../filter-config/model-capability-override.ts';
import { Group, Kind, PortNumber } from '../gateway-api/references.ts';
import { Namespace, ObjectName, resource } from '../meta.ts';
import { fields, withCelRules } from '../schema-kit.ts';
import { aiGatewayVersions } from './api-versions.ts';
import { HTTPBodyMutation, HTTPHeaderMutation } from './mutation.ts';

const schemaName = z.enum(schemaNames);

/** What the fields of a schema are, for the resource definitions: there a union has a form of its own. */
export const versionedSchemaFields = {
  name:
    'Required in an object. `OpenAI`, `Anthropic`, `AWSBedrock` (Converse, and InvokeModel for Claude) or `AWSAnthropic` (InvokeModel). ' +
    '`AzureOpenAI`, `Cohere`, `GCPVertexAI` and `GCPAnthropic` are accepted and not served: the condition says `Unsupported`.',
  version:
    '`AWSAnthropic`: the `anthropic_version` of request bodies, `bedrock-2023-05-31` if not given. Not read with other names.',
  prefix:
    '`OpenAI` and `Anthropic`: the path before the endpoint, `v1` if not given. Not read with other names.',
} as const;

/** The API that a server speaks: its name, or its name with version and prefix. */
export const VersionedAPISchema = z
  .union(
    [schemaName, fields({ name: schemaName, version: z.string().optional(), prefix: z.string().optional() })],
    { error: `expected one of ${schemaNames.join(', ')}, alone or as {name, version, prefix}` },
  )
  .meta({ title: 'VersionedAPISchema' });
export type VersionedAPISchema = z.infer<typeof VersionedAPISchema>;

/** The long form of a schema that may be written as its name alone. */
export function versionedSchema(schema: VersionedAPISchema): {
  name: SchemaName;
  version?: string | undefined;
  prefix?: string | undefined;
} {
  return typeof schema === 'string' ? { name: schema } : schema;
}

/** An Envoy Gateway Backend, or a Service; without group and kind it is a Backend. */
const BackendObjectReference = withCelRules(
  fields({
    group: Group.optional().describe(
      'API group of the server: `gateway.envoyproxy.io`, which is meant without it, or empty for a Service.',
    ),
    kind: Kind.optional().describe(
      '`Backend`, which is meant without it, or `Service`. A Service of type ExternalName leads to that host, by TLS ' +
        'unless its port is 80. Another Service has to be the only backend of its rule.',
    ),
    name: ObjectName.describe('Name of the Backend or the Service.'),
    namespace: Namespace.optional().describe(
      "Namespace of the server; the AIServiceBackend's own if not given. In another one a ReferenceGrant beside the " +
        'server has to allow it, to AIServiceBackends and, in Kubernetes, to HTTPRoutes.',
    ),
    port: PortNumber.optional().describe(
      'Port of a Service; its first if not given, and 443 for an ExternalName without any. A Backend has its own.',
    ),
  }).meta({ title: 'BackendObjectReference' }),
  [
    {
      rule: "has(self.kind) && self.kind == 'Service' ? (!has(self.group) || self.group == '') : (!has(self.kind) || self.kind == 'Backend') && (!has(self.group) || self.group == 'gateway.envoyproxy.io')",
      message: 'BackendRef must be an Envoy Gateway Backend, or a Service',
      holds: ({ group, kind }) =>
        kind === 'Service'
          ? group === undefined || group === ''
          : (kind ?? 'Backend') === 'Backend' &&
            (group ?? 'gateway.envoyproxy.io') === 'gateway.envoyproxy.io',
    },
  ],
);

/** One server and the API that it speaks. */
export const AIServiceBackend = resource(aiGatewayVersions, 'AIServiceBackend', {
  spec: fields({
    schema: VersionedAPISchema.describe(
      'The API that the server speaks: its name alone, or an object. Requests of other APIs are translated.',
    ),
    backendRef: BackendObjectReference.describe('Where the server is.'),
    headerMutation: HTTPHeaderMutation.optional().describe(
      'Headers of all requests to the server. What a route says of the same header counts instead.',
    ),
    bodyMutation: HTTPBodyMutation.optional().describe(
      'Fields of the bodies of all requests to the server, as they are translated for it. What a route says of the same field counts ' +
        'instead.',
    ),
    modelFamily: z
      .enum(modelFamilies)
      .optional()
      .describe(
        'The family of models whose names do not say it, such as ARNs of application inference profiles and imported models. ' +
          'Without it only what the name says is known. Ours.',
      ),
    modelCapabilities: ModelCapabilityOverrides.optional().describe(
      'What single models can do, where the gateway does not know or is wrong. The first entry that matches counts. Ours.',
    ),
    unsupportedFields: z
      .enum(['Drop', 'Reject'])
      .optional()
      .describe(
        'What becomes of fields of a request that the backend cannot take. `Drop`, the default, leaves them out and names them in the ' +
          'response header `x-ai-eg-warnings`; `Reject` answers 400. Ours.',
      ),
    messagesVia: z
      .enum(['Auto', 'InvokeModel', 'Converse'])
      .optional()
      .describe(
        "`AWSBedrock` only: the operation for requests of Anthropic's Messages API. `Auto`, the default, is InvokeModel for Claude and " +
          'Converse for the rest. Ours.',
      ),
  }).meta({ title: 'AIServiceBackendSpec', description: 'A server, its API, and what its models can do.' }),
});
export type AIServiceBackend = z.infer<typeof AIServiceBackend>;
