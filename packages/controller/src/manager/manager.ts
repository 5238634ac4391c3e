import type { Logger } from '@aigw/service-runtime';
import type { ApiClient } from '../kube/api-client.ts';
import type { WatchedType } from '../kube/resource-types.ts';
import type { Controller } from './controller.ts';
import { type Change, createInformer, type Informer } from './informer.ts';
import type { Store } from './store.ts';

export interface ManagerOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly types: readonly WatchedType[];
}

/** Watches kinds for as long as the process lives, and runs controllers while it leads. */
export interface Manager {
  readonly stores: ReadonlyMap<string, Store>;
  /** Starts the watches; resolves when every store has been filled once. */
  start(signal: AbortSignal): Promise<void>;
  /** Tells of every change, whether this replica leads or not. */
  subscribe(listener: (change: Change) => void): void;
  /** Runs controllers until the signal: each change is handed to `route`, and everything once at the beginning. */
  lead(
    controllers: readonly Controller[],
    route: (change: Change) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Resolves when the watches have ended. */
  stopped(): Promise<void>;
}

/** Every object as if it had just come. */
function replay(informers: ReadonlyMap<string, Informer>, route: (change: Change) => void): void {
  for (const [kind, { store }] of informers) {
    for (const after of store.all()) route({ kind, before: undefined, after });
  }
}

export function createManager({ client, logger, types }: ManagerOptions): Manager {
  const listeners = new Set<(change: Change) => void>();
  const onChange = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };
  const informers = new Map(
    types.map((type) => [type.kind, createInformer({ type, client, logger, onChange })]),
  );
  let running: Promise<unknown> = Promise.resolve();

  return {
    stores: new Map([...informers].map(([kind, { store }]) => [kind, store])),
    async start(signal) {
      const all = [...informers.values()];
      running = Promise.all(all.map((informer) => informer.run(signal)));
      const isStopped = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([Promise.all(all.map(({ synced }) => synced)), isStopped]);
    },
    subscribe(listener) {
      listeners.add(listener);
    },
    async lead(controllers, route, signal) {
      listeners.add(route);
      replay(informers, route);
      await Promise.all(controllers.map((controller) => controller.run(signal)));
      listeners.delete(route);
    },
    async stopped() {
      await running;
    },
  };
}
