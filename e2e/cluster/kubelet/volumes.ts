import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { KubeApi } from '../kube-api.ts';

interface Item {
  readonly key: string;
  readonly path: string;
}

interface Source {
  readonly items?: readonly Item[];
  readonly optional?: boolean;
}

interface DownwardApi {
  readonly items?: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[];
}

/** A token of the pod's ServiceAccount in a file. */
export interface TokenSource {
  readonly audience?: string;
  readonly expirationSeconds?: number;
  readonly path: string;
}

interface ProjectedSource {
  readonly secret?: Source & { readonly name: string };
  readonly configMap?: Source & { readonly name: string };
  readonly downwardAPI?: DownwardApi;
  readonly serviceAccountToken?: TokenSource;
}

/** A volume of a pod, as far as there are any here. */
export interface Volume {
  readonly name: string;
  readonly emptyDir?: object;
  readonly secret?: Source & { readonly secretName: string };
  readonly configMap?: Source & { readonly name: string };
  readonly downwardAPI?: DownwardApi;
  readonly projected?: { readonly sources: readonly ProjectedSource[] };
}

/** The files of a volume by their paths. */
export type Files = ReadonlyMap<string, Buffer>;

/** Where the content of volumes comes from. */
export interface VolumeSources {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly readField: (path: string) => string;
  readonly readToken: (source: TokenSource) => Promise<string>;
}

type Entry = readonly [path: string, content: Buffer];

/** A Secret or a ConfigMap that a pod refers to. */
export interface Reference extends Source {
  readonly resource: 'secrets' | 'configmaps';
  readonly name: string;
}

/** Its files. @throws Error when it is missing and not optional */
export async function readReference(
  api: KubeApi,
  namespace: string,
  { resource, name, items, optional = false }: Reference,
): Promise<Entry[]> {
  const { status, body } = await api.request('GET', `/api/v1/namespaces/${namespace}/${resource}/${name}`);
  if (status !== 200) {
    if (optional && status === 404) return [];
    throw new Error(`${resource} "${name}" not found`);
  }
  const data = (body['data'] ?? {}) as Record<string, string>;
  return (items ?? Object.keys(data).map((key) => ({ key, path: key }))).flatMap(({ key, path }) => {
    const value = data[key];
    if (value === undefined) return [];
    return [[path, Buffer.from(value, resource === 'secrets' ? 'base64' : 'utf8')] as const];
  });
}

async function readSource(
  source: ProjectedSource,
  { api, namespace, readField, readToken }: VolumeSources,
): Promise<Entry[]> {
  const { secret, configMap, downwardAPI, serviceAccountToken: token } = source;
  if (secret !== undefined) return readReference(api, namespace, { ...secret, resource: 'secrets' });
  if (configMap !== undefined) return readReference(api, namespace, { ...configMap, resource: 'configmaps' });
  if (token !== undefined) return [[token.path, Buffer.from(await readToken(token))]];
  return (downwardAPI?.items ?? []).map(({ path, fieldRef }) => [
    path,
    Buffer.from(readField(fieldRef?.fieldPath ?? '')),
  ]);
}

function sourcesOf({ secret, configMap, downwardAPI, projected }: Volume): readonly ProjectedSource[] {
  if (secret !== undefined) return [{ secret: { ...secret, name: secret.secretName } }];
  if (configMap !== undefined) return [{ configMap }];
  if (downwardAPI !== undefined) return [{ downwardAPI }];
  return projected?.sources ?? [];
}

/** The files of a volume; `undefined` for one that is empty at the start. @throws Error for a reference that is missing */
export async function readVolume(volume: Volume, from: VolumeSources): Promise<Files | undefined> {
  if (volume.emptyDir !== undefined) return undefined;
  const lists = await Promise.all(sourcesOf(volume).map((source) => readSource(source, from)));
  return new Map(lists.flat());
}

const isLink = (path: string): boolean => existsSync(path) && lstatSync(path).isSymbolicLink();

/** Exchanges all files of a folder at once, as a kubelet does: a folder of its own behind the link `..data`. */
export function writeVolume(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  const content = mkdtempSync(join(folder, '..e2e_'));
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(content, path)), { recursive: true });
    writeFileSync(join(content, path), bytes, { mode: 0o644 });
  }
  const current = join(folder, '..data');
  const before = isLink(current) ? readlinkSync(current) : undefined;
  symlinkSync(basename(content), `${current}_tmp`);
  renameSync(`${current}_tmp`, current);
  for (const top of new Set([...files.keys()].map((path) => path.split('/')[0] ?? path))) {
    if (!existsSync(join(folder, top))) symlinkSync(join('..data', top), join(folder, top));
  }
  if (before !== undefined) rmSync(join(folder, before), { recursive: true, force: true });
}

/** Whether two sets of files are the same. */
export function isSame(left: Files | undefined, right: Files): boolean {
  if (left?.size !== right.size) return false;
  return [...right].every(([path, bytes]) => left.get(path)?.equals(bytes) === true);
}
