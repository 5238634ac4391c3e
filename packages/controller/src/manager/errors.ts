const brand = Symbol.for('aigw.controller');

export type ControllerErrorCode =
  /** What is wrong cannot get better by trying again. */
  | 'terminal'
  /** The API server refused or did not answer. */
  | 'api_failure'
  /** The cluster lacks something that the controller cannot work without. */
  | 'unusable_cluster';

/** What fails in the controller. Messages name objects, never what they hold. */
export class ControllerError extends Error {
  readonly code: ControllerErrorCode;
  readonly [brand] = true;

  constructor(code: ControllerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ControllerError';
    this.code = code;
  }

  static is(value: unknown): value is ControllerError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
