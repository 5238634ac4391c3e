import type { FilterConfig } from '@aigw/api-types';
import {
  encodeFilterConfigIndex,
  type FilterConfigIndex,
  type FilterConfigPart,
} from './filter-config-index.ts';
import type { DesiredObject } from './kubernetes-object.ts';
import {
  filterConfigKeys,
  filterConfigLabel,
  filterConfigPartName,
  filterConfigPartPath,
  filterConfigSecretName,
  gatewayAnnotation,
  managedBy,
  managedByLabel,
  maxConfigParts,
  partId,
  type Sha256Hex,
} from './names.ts';

/** Below the 1 MiB that etcd takes, base64 included. */
const partBytes = 700 * 1024;

const sizeBrand = Symbol.for('aigw.planner.filter-config-size');

/** A configuration of more bytes than its parts can hold. */
export class FilterConfigSizeError extends Error {
  readonly [sizeBrand] = true;

  constructor(bytes: number) {
    super(
      `it has ${bytes} bytes, and ${maxConfigParts * partBytes} are the most: spread its routes over more Gateways`,
    );
    this.name = 'FilterConfigSizeError';
  }

  static is(value: unknown): value is FilterConfigSizeError {
    return typeof value === 'object' && value !== null && sizeBrand in value;
  }
}

export interface FilterConfigSecrets {
  readonly index: FilterConfigIndex;
  /** The parts first, so that an index never names what is not there. */
  readonly secrets: readonly DesiredObject[];
}

export interface FilterConfigPlace {
  readonly gateway: { readonly namespace: string; readonly name: string };
  /** Where Envoy Gateway runs the proxies of the Gateway. */
  readonly namespace: string;
}

/** What a configuration follows, and when. */
export interface FilterConfigHistory {
  /** The index that is in the cluster. */
  readonly previous?: Pick<FilterConfigIndex, 'checksum' | 'revision'> | undefined;
  /** Unix time in milliseconds: an index that somebody removed is followed by a greater revision all the same. */
  readonly now: number;
  /** The authorities, in PEM, by which proxies trust the controller that they ask for changes. */
  readonly authority?: string | undefined;
}

function encodeBase64(bytes: Uint8Array): string {
  const chunks: string[] = [];
  // Spread, the bytes would be read one by one: ten times slower.
  for (let start = 0; start < bytes.length; start += 0x800) {
    const chunk = bytes.subarray(start, start + 0x800);
    chunks.push(Reflect.apply(String.fromCharCode, undefined, chunk) as string);
  }
  return btoa(chunks.join(''));
}

function split(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * partBytes, (index + 1) * partBytes),
  );
}

/** A uuid that says the same as the digest, so that equal configurations are equal bytes. */
const uuidOf = (digest: string): string =>
  [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digest.slice(from, to))
    .join('-');

function revisionAfter({ previous, now }: FilterConfigHistory, checksum: string): number {
  if (previous === undefined) return now;
  return previous.checksum === checksum ? previous.revision : Math.max(previous.revision + 1, now);
}

const describe = (parts: readonly Uint8Array[]): FilterConfigPart[] =>
  parts.map((part, number) => ({
    name: partId(number),
    path: filterConfigPartPath(number),
    sizeBytes: part.length,
  }));

/**
 * The Secrets that hold a Gateway's filter configuration: an index and parts, as the external processor's bundle has
 * them. Equal configurations give equal bytes. @throws FilterConfigSizeError
 */
export function planFilterConfigSecrets(
  place: FilterConfigPlace,
  config: FilterConfig,
  history: FilterConfigHistory,
  sha256Hex: Sha256Hex,
): FilterConfigSecrets {
  const { gateway, namespace } = place;
  const uuid = uuidOf(sha256Hex(JSON.stringify(config)));
  const text = JSON.stringify({ ...config, uuid });
  const checksum = sha256Hex(text);
  const encoder = new TextEncoder();
  const bytes = encoder.encode(text);
  const parts = split(bytes);
  if (parts.length > maxConfigParts) throw new FilterConfigSizeError(bytes.length);
  const indexName = filterConfigSecretName(gateway.namespace, gateway.name, sha256Hex);
  const secret = (name: string, role: 'index' | 'part', data: Record<string, string>): DesiredObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: {
        [managedByLabel]: managedBy,
        [filterConfigLabel]: role,
      },
      annotations: { [gatewayAnnotation]: `${gateway.namespace}/${gateway.name}` },
    },
    type: 'Opaque',
    data,
  });
  const revision = revisionAfter(history, checksum);
  const index: FilterConfigIndex = {
    version: config.version,
    uuid,
    checksum,
    revision,
    parts: describe(parts),
  };
  const { authority } = history;
  return {
    index,
    secrets: [
      ...parts.map((part, number) =>
        secret(filterConfigPartName(indexName, number), 'part', {
          [filterConfigKeys.part]: encodeBase64(part),
        }),
      ),
      secret(indexName, 'index', {
        [filterConfigKeys.index]: encodeBase64(encoder.encode(encodeFilterConfigIndex(index))),
        ...(authority !== undefined && {
          [filterConfigKeys.authority]: encodeBase64(encoder.encode(authority)),
        }),
      }),
    ],
  };
}
