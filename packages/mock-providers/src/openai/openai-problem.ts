/** What is wrong with a request and with which parameter. */
export interface OpenAiProblem {
  readonly message: string;
  readonly param: string | null;
  readonly code?: string;
}

/** The first member that the endpoint does not have. */
export function findUnknownMember(body: object, known: ReadonlySet<string>): OpenAiProblem | undefined {
  const param = Object.keys(body).find((key) => !known.has(key));
  if (param === undefined) return undefined;
  return { message: `Unknown parameter: '${param}'.`, param, code: 'unknown_parameter' };
}

/** A parameter that has to be there. */
export function missing(param: string): OpenAiProblem {
  return {
    message: `Missing required parameter: '${param}'.`,
    param,
    code: 'missing_required_parameter',
  };
}

/** A value that the parameter does not take. */
export function invalidValue(param: string, wanted: string): OpenAiProblem {
  return { message: `Invalid value for '${param}': expected ${wanted}.`, param, code: 'invalid_value' };
}
