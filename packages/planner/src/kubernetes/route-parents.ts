/** What Envoy Gateway says about an HTTPRoute. @see https://gateway-api.sigs.k8s.io/reference/spec/#routestatus */
export interface RouteParentStatus {
  readonly parentRef?: { readonly name?: string; readonly namespace?: string };
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly observedGeneration?: number;
  }[];
}

/** An HTTPRoute as it is in the cluster, and what has been said about it. */
export interface LiveHttpRoute {
  readonly namespace: string;
  readonly generation: number;
  readonly parents: readonly RouteParentStatus[];
}

/** One thing that a parent says. */
export type ParentCondition = NonNullable<RouteParentStatus['conditions']>[number];

/** What a parent says of this generation. */
export const currentOf = (
  { generation }: Pick<LiveHttpRoute, 'generation'>,
  { conditions = [] }: RouteParentStatus,
): readonly ParentCondition[] =>
  conditions.filter(({ observedGeneration }) => (observedGeneration ?? 0) >= generation);

/** The parents that are one Gateway, `namespace/name`: one for each listener that the route names. */
export const parentsAt = ({ namespace, parents }: LiveHttpRoute, gateway: string): RouteParentStatus[] =>
  parents.filter(
    ({ parentRef }) => `${parentRef?.namespace ?? namespace}/${parentRef?.name ?? ''}` === gateway,
  );
