import { type KubeObject, resourceTypes } from '@aigw/controller/kube';
import { filterConfigPartName, filterConfigSecretName, maxConfigParts } from '@aigw/planner';
import { sha256Hex } from '@aigw/service-runtime';
import { parse } from 'yaml';

import { type ClusterReader, pathOf } from './cluster-reader.ts';
import { type Fact, mapFact } from './fact.ts';

/** The index of a Gateway's filter configuration. */
export interface FilterConfigIndex {
  readonly uuid: string;
  /** SHA-256 of all parts together, in lower-case hexadecimal digits. */
  readonly checksum: string;
  readonly parts: readonly { readonly sizeBytes: number }[];
}

/** A Gateway's filter configuration as it is in its Secrets; what is in them stays out of it. */
export interface FilterConfigFacts {
  readonly secret: string;
  /** `undefined` where the Secret holds no index. */
  readonly index: Fact<FilterConfigIndex | undefined>;
  /** How many bytes each part has; `undefined` where the Secret holds none. */
  readonly parts: readonly Fact<number | undefined>[];
  /** SHA-256 of the parts that were found. */
  readonly digest: string;
}

function contentOf({ data }: KubeObject, key: string): Buffer | undefined {
  const text = (Object(data) as Record<string, string | undefined>)[key];
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

function parseIndex(secret: KubeObject): FilterConfigIndex | undefined {
  try {
    const { uuid, checksum, parts } = Object(
      parse(contentOf(secret, 'index.yaml')?.toString('utf8') ?? ''),
    ) as Partial<FilterConfigIndex>;
    if (typeof uuid !== 'string' || typeof checksum !== 'string' || !Array.isArray(parts)) return undefined;
    return { uuid, checksum, parts };
  } catch {
    return undefined;
  }
}

/** Reads the Secrets of a Gateway in the namespace of its proxies. */
export async function gatherFilterConfig(
  reader: ClusterReader,
  gateway: { readonly namespace: string; readonly name: string },
  namespace: string,
): Promise<FilterConfigFacts> {
  const name = filterConfigSecretName(gateway.namespace, gateway.name, sha256Hex);
  const read = (secret: string): Promise<Fact<KubeObject>> =>
    reader.get(pathOf(resourceTypes.Secret, secret, namespace));
  const index = mapFact(await read(name), parseIndex);
  const count = index.state === 'found' ? Math.min(index.value?.parts.length ?? 0, maxConfigParts) : 0;
  const chunks = await Promise.all(
    Array.from({ length: count }, async (_, part) =>
      mapFact(await read(filterConfigPartName(name, part)), (secret) => contentOf(secret, 'chunk')),
    ),
  );
  const bytes = chunks.flatMap((chunk) => (chunk.state === 'found' && chunk.value ? [chunk.value] : []));
  return {
    secret: `${namespace}/${name}`,
    index,
    parts: chunks.map((chunk) => mapFact(chunk, (content) => content?.length)),
    digest: sha256Hex(Buffer.concat(bytes)),
  };
}
