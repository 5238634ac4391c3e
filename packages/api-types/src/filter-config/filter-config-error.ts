/** One thing that is wrong in a configuration. */
export interface ConfigIssue {
  /** Where, such as `backends[2].schema.name`; empty for the document itself. */
  readonly path: string;
  /** What was expected. Holds no value of the document, since it may be a secret. */
  readonly message: string;
}

const brand = Symbol.for('aigw.api-types.filter-config');

/** A filter config that cannot be used; the message lists every issue. */
export class FilterConfigError extends Error {
  readonly code = 'invalid_filter_config';
  readonly issues: readonly ConfigIssue[];
  readonly [brand] = true;

  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.name = 'FilterConfigError';
    this.issues = issues;
  }

  /** True for errors of any copy of this package. */
  static is(error: unknown): error is FilterConfigError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
