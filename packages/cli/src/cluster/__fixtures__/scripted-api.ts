import { type ApiClient, KubeApiError, type KubeObject } from '@aigw/controller/kube';

/** Objects by the path of each; a text is what the path answers as it is. */
export type Store = Map<string, object | string>;

function labelsMatch(object: object, selector: unknown): boolean {
  if (typeof selector !== 'string') return true;
  const { labels = {} } = (object as KubeObject).metadata;
  return selector.split(',').every((pair) => {
    if (pair.startsWith('!')) return labels[pair.slice(1)] === undefined;
    const [name = '', value] = pair.split('=');
    return labels[name] === value;
  });
}

/** `/apis/g/v/things` holds `/apis/g/v/things/x` and `/apis/g/v/namespaces/n/things/x`. */
function isIn(collection: string, path: string): boolean {
  const plural = collection.slice(collection.lastIndexOf('/') + 1);
  const root = collection.slice(0, collection.lastIndexOf('/'));
  const rest = path.startsWith(`${root}/`) ? path.slice(root.length) : '';
  return new RegExp(`^(/namespaces/[^/]+)?/${plural}/[^/]+$`).test(rest);
}

/** An API server that holds these objects, and refuses what a test forbids. */
export function createScriptedApi(
  store: Store,
  isForbidden: (path: string) => boolean = () => false,
): ApiClient {
  const answer = (path: string, selector: unknown): unknown => {
    if (isForbidden(path)) throw new KubeApiError(403, 'Forbidden', `GET ${path} is forbidden`);
    const found = store.get(path);
    if (found !== undefined) return found;
    const items = [...store]
      .filter(([other]) => isIn(path, other))
      .flatMap(([, object]) => (typeof object === 'object' && labelsMatch(object, selector) ? [object] : []));
    const isCollection = /\/(v\d\w*|namespaces\/[^/]+)\/[a-z]+$/.test(path);
    if (!isCollection) throw new KubeApiError(404, 'NotFound', 'not found');
    return { items };
  };
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- what the script throws becomes a rejection
    request: async ({ path, query }) => answer(path, query?.['labelSelector']),
    watch: () => {
      throw new Error('nothing is watched');
    },
  };
}
