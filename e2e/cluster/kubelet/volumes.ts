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

/** A volume of a pod, as far as proxies have them. */
export interface Volume {
  readonly name: string;
  readonly emptyDir?: object;
  readonly secret?: Source & { readonly secretName: string };
  readonly configMap?: Source & { readonly name: string };
  readonly projected?: {
    readonly sources: readonly {
      readonly secret?: Source & { readonly name: string };
      readonly configMap?: Source & { readonly name: string };
    }[];
  };
}

type Files = ReadonlyMap<string, Buffer>;

interface Reference extends Source {
  readonly resource: 'secrets' | 'configmaps';
  readonly name: string;
}

function referencesOf({ secret, configMap, projected }: Volume): Reference[] {
  const list: Reference[] = [];
  if (secret !== undefined) list.push({ ...secret, resource: 'secrets', name: secret.secretName });
  if (configMap !== undefined) list.push({ ...configMap, resource: 'configmaps' });
  for (const source of projected?.sources ?? []) {
    if (source.secret !== undefined) list.push({ ...source.secret, resource: 'secrets' });
    if (source.configMap !== undefined) list.push({ ...source.configMap, resource: 'configmaps' });
  }
  return list;
}

async function readReference(
  api: KubeApi,
  namespace: string,
  reference: Reference,
): Promise<[string, Buffer][]> {
  const { resource, name, items, optional = false } = reference;
  const { status, body } = await api.request('GET', `/api/v1/namespaces/${namespace}/${resource}/${name}`);
  if (status !== 200) {
    if (optional) return [];
    throw new Error(`${resource} "${name}" not found`);
  }
  const data = (body['data'] ?? {}) as Record<string, string>;
  return (items ?? Object.keys(data).map((key) => ({ key, path: key }))).flatMap(({ key, path }) => {
    const value = data[key];
    if (value === undefined) return [];
    return [[path, Buffer.from(value, resource === 'secrets' ? 'base64' : 'utf8')] as [string, Buffer]];
  });
}

/** The files of a volume; `undefined` for one that is empty at the start. @throws Error for a reference that is missing */
export async function readVolume(
  api: KubeApi,
  namespace: string,
  volume: Volume,
): Promise<Files | undefined> {
  if (volume.emptyDir !== undefined) return undefined;
  const lists = await Promise.all(
    referencesOf(volume).map((reference) => readReference(api, namespace, reference)),
  );
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
