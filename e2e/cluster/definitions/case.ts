export const group = 'aigateway.envoyproxy.io';
export const versions = ['v1alpha1', 'v1beta1'] as const;
export type Version = (typeof versions)[number];

/** A spec that the API server takes, or refuses. */
export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly spec: unknown;
  /** A part of the refusal; absent for what is taken. */
  readonly refusal?: string;
  /** The versions that it holds for; both when absent. */
  readonly only?: Version;
}

export const route = (rule: object, more: object = {}): object => ({ rules: [rule], ...more });
export const backend = (more: object): object => ({
  schema: { name: 'OpenAI' },
  backendRef: { name: 'b', kind: 'Backend', group: 'gateway.envoyproxy.io' },
  ...more,
});
export const secretRef = { name: 's' };
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
