import type { FilterModel } from '@aigw/api-types';
import type { ModelEntry } from './runtime-config.ts';

/** The lists of a filter config that say who sees which models. */
export interface ModelLists {
  readonly models: readonly FilterModel[];
  readonly unscopedModels: readonly FilterModel[];
  readonly modelsByHost: Readonly<Record<string, readonly FilterModel[]>>;
}

/**
 * The models by client host: the exact host, else the wildcard `*.suffix` with one label for the star, else those without a
 * host. A configuration that knows no hosts has one list for all.
 */
export function createModelLists(lists: ModelLists): (host: string | undefined) => readonly ModelEntry[] {
  const byHost = new Map(
    Object.entries(lists.modelsByHost).map(([host, models]) => [host.toLowerCase(), models]),
  );
  if (byHost.size === 0) return () => lists.models;
  return (host) => {
    const name = (host ?? '').toLowerCase().replace(/:\d+$/, '');
    const wildcard = name.includes('.') ? `*${name.slice(name.indexOf('.'))}` : '';
    return byHost.get(name) ?? byHost.get(wildcard) ?? lists.unscopedModels;
  };
}
