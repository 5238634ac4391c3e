import { buildCustomResourceDefinitions, type CustomResourceDefinition } from '@aigw/api-types';
import { contains, type KubeObject, resourceTypes } from '@aigw/controller/kube';

import { fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { type ClusterReader, clusterTypes, pathOf, rootOf } from './cluster-reader.ts';
import { type Fact, mapFact, notRead } from './fact.ts';
import { asStored, findMissingFields, type Schema } from './missing-fields.ts';

/** One of our definitions, and the one of its name in the cluster. */
export interface DefinitionFacts {
  readonly wanted: CustomResourceDefinition;
  readonly live: Fact<KubeObject>;
}

/** The kinds of somebody else's API that the gateway needs, and those that are served. */
export interface ServedFacts {
  readonly apiVersion: string;
  readonly wanted: readonly string[];
  readonly served: Fact<readonly string[]>;
}

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
}

const versionsOf = (definition: object): readonly Version[] =>
  (Object(definition) as { spec?: { versions?: readonly Version[] } }).spec?.versions ?? [];

const foreignGroups = ['gateway.networking.k8s.io', 'gateway.envoyproxy.io'];

const upgrade =
  'run aigw install, or helm upgrade with crds.enabled=true; definitions that another release owns are replaced by kubectl apply --server-side --force-conflicts';

let definitions: readonly CustomResourceDefinition[] | undefined;

/** Our definitions; made once, since that takes a moment. */
function ownDefinitions(): readonly CustomResourceDefinition[] {
  definitions ??= buildCustomResourceDefinitions();
  return definitions;
}

/** Reads our definitions as they are in the cluster. */
export function gatherDefinitions(reader: ClusterReader): Promise<DefinitionFacts[]> {
  return Promise.all(
    ownDefinitions().map(async (wanted) => ({
      wanted,
      live: await reader.get(pathOf(clusterTypes.CustomResourceDefinition, wanted.metadata.name)),
    })),
  );
}

/** Reads which kinds of Gateway API and of Envoy Gateway are served. */
export function gatherServed(reader: ClusterReader): Promise<ServedFacts[]> {
  const types = Object.values(resourceTypes).filter(({ apiVersion }) =>
    foreignGroups.some((group) => apiVersion.startsWith(`${group}/`)),
  );
  const apiVersions = [...new Set(types.map(({ apiVersion }) => apiVersion))];
  return Promise.all(
    apiVersions.map(async (apiVersion) => ({
      apiVersion,
      wanted: types.filter((type) => type.apiVersion === apiVersion).map(({ plural }) => plural),
      served: mapFact(await reader.get(rootOf(apiVersion)), readResourceNames),
    })),
  );
}

function readResourceNames({ resources }: KubeObject): string[] {
  return ((resources ?? []) as readonly { name: string }[]).map(({ name }) => name);
}

/** Whether a definition of ours is there, serves what it should, and is not an older one. */
export function judgeDefinition({ wanted, live }: DefinitionFacts): Finding {
  const checked = { check: 'definitions', subject: wanted.metadata.name } as const;
  if (live.state === 'unread') return notRead(checked, 'it', live.reason);
  if (live.state === 'missing') return fail(checked, { message: 'not installed', fix: upgrade });
  const troubles = versionsOf(wanted).flatMap((version) => findTroubles(version, versionsOf(live.value)));
  if (troubles.length > 0) return fail(checked, { message: troubles.join('; '), fix: upgrade });
  const isSame = versionsOf(wanted).every((version) =>
    contains(versionNamed(live.value, version.name)?.schema, asStored(version.schema)),
  );
  if (isSame) return ok(checked, describeVersions(versionsOf(live.value)));
  return warn(checked, {
    message: 'it has every field, but not the rules of this aigw: one of the two is older',
    fix: `compare helm list with aigw version; ${upgrade}`,
  });
}

const versionNamed = (definition: KubeObject, wanted: string): Version | undefined =>
  versionsOf(definition).find(({ name }) => name === wanted);

const describeVersions = (versions: readonly Version[]): string =>
  `${versions
    .filter(({ served }) => served)
    .map(({ name }) => name)
    .join(' and ')} served, ${versions.find(({ storage }) => storage)?.name ?? 'nothing'} stored`;

const shownFields = 3;

function findTroubles(wanted: Version, live: readonly Version[]): string[] {
  const version = live.find(({ name }) => name === wanted.name);
  if (version?.served !== true) return [`${wanted.name} is not served`];
  const stored = live.find(({ storage }) => storage)?.name ?? 'nothing';
  const fields = findMissingFields(wanted.schema?.openAPIV3Schema, version.schema?.openAPIV3Schema);
  return [
    ...(wanted.storage && !version.storage ? [`${stored} is stored, and not ${wanted.name}`] : []),
    ...(fields.length > 0
      ? [
          `older than this aigw: ${wanted.name} does not know ${fields.slice(0, shownFields).join(', ')}` +
            `${fields.length > shownFields ? ` and ${fields.length - shownFields} more` : ''}, which is dropped when it is written`,
        ]
      : []),
  ];
}

/** Whether the kinds of Gateway API and Envoy Gateway are there that the controller reads and writes. */
export function judgeServed({ apiVersion, wanted, served }: ServedFacts): Finding {
  const checked = { check: 'definitions', subject: apiVersion } as const;
  if (served.state === 'unread') return notRead(checked, 'it', served.reason);
  const names = served.state === 'found' ? served.value : [];
  const absent = wanted.filter((name) => !names.includes(name));
  if (absent.length === 0) return ok(checked, wanted.join(', '));
  return fail(checked, {
    message: `not served: ${absent.join(', ')}`,
    fix: "install the definitions of Envoy Gateway 1.8: aigw install does; helm upgrade leaves older ones as they are (helm show crds shows the chart's)",
  });
}
