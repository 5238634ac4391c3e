import { z } from 'zod';
import { modelFamilies, schemaNames, type SchemaName } from '../filter-config/filter-config.ts';
import { ModelCapabilityOverrides } from '../filter-config/model-capability-override.ts';
import { Group, Kind, PortNumber } from '../gateway-api/references.ts';
import { Namespace, ObjectName, resource } from '../meta.ts';
import { fields, withCelRules } from '../schema-kit.ts';
import { aiGatewayVersions } from './api-versions.ts';
import { HTTPBodyMutation, HTTPHeaderMutation } from './mutation.ts';

const schemaName = z.enum(schemaNames);

/** The API that a server speaks: its name, or its name with version and prefix. */
export const VersionedAPISchema = z.union(
  [schemaName, fields({ name: schemaName, version: z.string().optional(), prefix: z.string().optional() })],
  { error: `expected one of ${schemaNames.join(', ')}, alone or as {name, version, prefix}` },
);
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
    group: Group.optional(),
    kind: Kind.optional(),
    name: ObjectName,
    namespace: Namespace.optional(),
    port: PortNumber.optional(),
  }),
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
    schema: VersionedAPISchema,
    backendRef: BackendObjectReference,
    headerMutation: HTTPHeaderMutation.optional(),
    bodyMutation: HTTPBodyMutation.optional(),
    modelFamily: z.enum(modelFamilies).optional(),
    modelCapabilities: ModelCapabilityOverrides.optional(),
    unsupportedFields: z.enum(['Drop', 'Reject']).optional(),
    messagesVia: z.enum(['Auto', 'InvokeModel', 'Converse']).optional(),
  }),
});
export type AIServiceBackend = z.infer<typeof AIServiceBackend>;
