import { aiGatewayGroup } from '../v1beta1/api-versions.ts';
import { type CrdKind, crdKinds, type CrdVersion } from './crd-kinds.ts';
import { statusSchema } from './status-schema.ts';
import { structuralSchema, type StructuralSchema } from './structural-schema.ts';

/** A CustomResourceDefinition as `kubectl apply` takes it. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: {
    readonly name: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly group: string;
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames?: readonly string[];
    };
    readonly scope: 'Namespaced';
    readonly versions: readonly object[];
  };
}

const statusOf = (type: string): string => `.status.conditions[?(@.type=="${type}")].status`;

/** `kubectl get`: what a resource has come to, then the conditions one by one. */
const printerColumns = [
  { name: 'Status', type: 'string', jsonPath: '.status.conditions[-1:].type' },
  { name: 'Resolved', type: 'string', jsonPath: statusOf('ResolvedRefs') },
  { name: 'Programmed', type: 'string', jsonPath: statusOf('Programmed') },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

function rootSchema(kind: CrdKind, version: CrdVersion): StructuralSchema {
  return {
    type: 'object',
    description: kind.description,
    ...(kind.isSpecRequired && { required: ['spec'] }),
    properties: {
      apiVersion: { type: 'string', description: `\`${aiGatewayGroup}/${version.name}\`.` },
      kind: { type: 'string', description: `\`${kind.kind}\`.` },
      metadata: { type: 'object' },
      spec: structuralSchema(version.spec),
      status: statusSchema(kind.kind),
    },
  };
}

function buildVersion(kind: CrdKind, version: CrdVersion): object {
  const { name, isStorage, deprecation } = version;
  return {
    name,
    served: true,
    storage: isStorage,
    ...(deprecation !== undefined && { deprecated: true, deprecationWarning: deprecation }),
    subresources: { status: {} },
    additionalPrinterColumns: printerColumns,
    schema: { openAPIV3Schema: rootSchema(kind, version) },
  };
}

function buildCrd(kind: CrdKind): CustomResourceDefinition {
  const singular = kind.kind.toLowerCase();
  const plural = singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${aiGatewayGroup}`,
      // Uninstalling the chart must not delete what users have written.
      annotations: { 'helm.sh/resource-policy': 'keep' },
      ...(kind.isPolicy && { labels: { 'gateway.networking.k8s.io/policy': 'direct' } }),
    },
    spec: {
      group: aiGatewayGroup,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular,
        ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
      },
      scope: 'Namespaced',
      versions: kind.versions.map((version) => buildVersion(kind, version)),
    },
  };
}

/** The CustomResourceDefinitions of all our kinds, in both versions, written from their schemas. */
export function buildCustomResourceDefinitions(): CustomResourceDefinition[] {
  return crdKinds.map(buildCrd);
}
