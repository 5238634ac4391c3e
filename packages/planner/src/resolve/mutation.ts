import type {
  HTTPBodyMutation,
  HTTPHeaderMutation,
  HttpBodyMutation,
  HttpHeaderMutation,
} from '@aigw/api-types';

/** The headers that no mutation may touch: pseudo headers and the gateway's own. */
const isReservedHeader = (name: string): boolean =>
  name.startsWith(':') || name.startsWith('x-ai-eg-') || name === 'x-envoy-original-path';

/** Route over backend: what the route sets or removes, the backend's mutation no longer does. */
function merge<Item>(route: Items<Item>, backend: Items<Item>): Items<Item> {
  const routeKeys = new Set([...route.set.keys(), ...route.remove]);
  return {
    set: new Map([...[...backend.set].filter(([key]) => !routeKeys.has(key)), ...route.set]),
    remove: [...new Set([...backend.remove.filter((key) => !routeKeys.has(key)), ...route.remove])],
  };
}

interface Items<Item> {
  readonly set: ReadonlyMap<string, Item>;
  readonly remove: readonly string[];
}

const headerItems = (mutation: HTTPHeaderMutation | undefined): Items<string> => ({
  set: new Map((mutation?.set ?? []).map(({ name, value }) => [name.toLowerCase(), value])),
  remove: (mutation?.remove ?? []).map((name) => name.toLowerCase()),
});

const bodyItems = (mutation: HTTPBodyMutation | undefined): Items<string> => ({
  set: new Map((mutation?.set ?? []).map(({ path, value }) => [path, value])),
  remove: mutation?.remove ?? [],
});

/** The header edits of a backend reference; `undefined` when there are none. */
export function mergeHeaderMutations(
  route: HTTPHeaderMutation | undefined,
  backend: HTTPHeaderMutation | undefined,
): HttpHeaderMutation | undefined {
  const merged = merge(headerItems(route), headerItems(backend));
  const set = [...merged.set]
    .filter(([name]) => !isReservedHeader(name))
    .map(([name, value]) => ({ name, value }));
  const remove = merged.remove.filter((name) => !isReservedHeader(name));
  return set.length + remove.length === 0 ? undefined : { set, remove };
}

/** The body edits of a backend reference; `undefined` when there are none. */
export function mergeBodyMutations(
  route: HTTPBodyMutation | undefined,
  backend: HTTPBodyMutation | undefined,
): HttpBodyMutation | undefined {
  const merged = merge(bodyItems(route), bodyItems(backend));
  if (merged.set.size + merged.remove.length === 0) return undefined;
  return { set: [...merged.set].map(([path, value]) => ({ path, value })), remove: [...merged.remove] };
}
