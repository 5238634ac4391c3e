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

/** Why something is wrong, as the conditions of resources name it. */
export type ProblemReason =
  /** The resource contradicts itself or Envoy would refuse it. */
  | 'Invalid'
  /** Another resource of the same kind already has this place. */
  | 'Conflicted'
  /** It asks for what this gateway does not do. */
  | 'Unsupported'
  | 'BackendNotFound'
  | 'SecretNotFound'
  | 'CertificateNotFound'
  /** A ReferenceGrant is missing. */
  | 'RefNotPermitted';

/** What there is in one namespace: only for those who write there, and for whoever has all files before them. */
export interface Hint {
  readonly namespace: string;
  readonly text: string;
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
  /** What could have been meant. */
  readonly hint?: Hint;
  /** Absent for what is only worth knowing. */
  readonly reason?: ProblemReason;
}

/** The message with its hint. */
export const withHint = ({ message, hint }: Pick<Problem, 'message' | 'hint'>): string =>
  hint === undefined ? message : `${message}; ${hint.text}`;

/** The problem for whoever has all files. */
export function foldHint(problem: Problem): Problem {
  const { hint, ...rest } = problem;
  return hint === undefined ? problem : { ...rest, message: withHint(problem) };
}
