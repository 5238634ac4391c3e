import type { Resource } from '@aigw/api-types';

/** Where a resource was read: the document's number counts from 1 within its file. */
export interface ResourceSource {
  readonly file: string;
  readonly document: number;
}

/** One parsed resource and where it came from. */
export interface ResourceEntry {
  readonly resource: Resource;
  readonly source: ResourceSource;
}

/** Something that the user should change; errors make the configuration unusable as a whole. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly source?: ResourceSource;
  /** Such as `AIGatewayRoute default/x`. */
  readonly resource?: string;
  /** Such as `spec.rules[0].backendRefs[0].name`. */
  readonly path?: string;
  readonly message: string;
}
