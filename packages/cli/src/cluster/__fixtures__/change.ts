import { type EnvoyGatewayNeeds } from '../../install/charts.ts';
import { envoyGatewayConfigMap, paths } from './healthy-cluster.ts';
import type { Store } from './scripted-api.ts';

/** A mistake in a cluster that was in order, and the finding that names it. */
export type Mistake = readonly [
  name: string,
  plant: (store: Store) => void,
  want: {
    readonly check: string;
    readonly subject?: string;
    readonly message: RegExp;
    readonly status?: 'warn';
  },
];

/** A copy of an object of the store with other fields, by the path of each: `spec.a.0.b`. */
export function edit(store: Store, path: string, fields: Readonly<Record<string, unknown>>): void {
  const copy = structuredClone(store.get(path)) as Record<string, unknown>;
  for (const [place, value] of Object.entries(fields)) {
    const steps = place.split('/');
    const last = steps.pop() ?? '';
    const parent = steps.reduce((inner, step) => inner[step] as Record<string, unknown>, copy);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  }
  store.set(path, copy);
}

/** Envoy Gateway with other settings of its extension manager. */
export const configure =
  (needs: EnvoyGatewayNeeds, more: object) =>
  (store: Store): void => {
    const manager = { ...needs.extensionManager, ...more };
    store.set(paths.envoyGatewayConfig, envoyGatewayConfigMap({ ...needs, extensionManager: manager }));
  };

/** A status with one condition that is false. */
export const falseCondition = (type: string, reason: string, message: string): object => ({
  conditions: [{ type, status: 'False', reason, message, observedGeneration: 1 }],
});
