import { type Problem, type ProblemReason, withHint } from '../problem.ts';

/** The types of our conditions. */
export const conditionTypes = ['Programmed', 'ResolvedRefs', 'Accepted', 'NotAccepted'] as const;
export type ConditionType = (typeof conditionTypes)[number];

/** The reasons of our conditions besides those of problems. */
export type ConditionReason =
  | ProblemReason
  | 'Accepted'
  | 'ResolvedRefs'
  | 'Programmed'
  /** Something that it refers to is not accepted itself. */
  | 'BackendNotAccepted'
  /** Envoy Gateway has not taken it yet. */
  | 'Pending'
  /** The API server or Envoy Gateway refuses what was made of it, or a Gateway's configuration cannot be written. */
  | 'Refused'
  /** What Envoy Gateway made of it does not fit what was planned, and its requests are refused. */
  | 'NotStamped'
  /** No Gateway serves it. */
  | 'NoGateway'
  /** A Gateway that it names has no listener for it. */
  | 'NotAllowedByListeners'
  /** The controller cannot exchange for credentials, or cannot write them down. */
  | 'CredentialsNotRenewed';

/** A condition without its times: those are the writer's. */
export interface PlannedCondition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: ConditionReason;
  readonly message: string;
}

const referenceReasons: ReadonlySet<ProblemReason> = new Set<ProblemReason>([
  'BackendNotFound',
  'SecretNotFound',
  'CertificateNotFound',
  'RefNotPermitted',
]);

/** How much of a list of problems a condition shows; the API server takes 32,768 characters. */
const maxMessage = 4096;

/** A message that fits. */
export const shorten = (text: string): string =>
  text.length <= maxMessage ? text : `${text.slice(0, maxMessage - 1)}…`;

/** The namespace in `Kind namespace/name`. */
const namespaceIn = (self: string): string => self.slice(self.indexOf(' ') + 1).split('/')[0] ?? '';

/** A hint is for authors of the namespace that it is about: others could read there what nobody has shown them. */
function describe(self: string, problem: Problem): string {
  const { resource, path, hint } = problem;
  const message = hint?.namespace === namespaceIn(self) ? withHint(problem) : problem.message;
  const where = [...(resource === self ? [] : [resource]), path].filter(
    (part) => part !== undefined && part !== '',
  );
  return [...where, message].join(': ');
}

const describeAll = (self: string, problems: readonly Problem[]): string =>
  shorten(problems.map((problem) => describe(self, problem)).join('; '));

const needsChange = ({ severity, reason }: Problem): boolean => severity === 'error' || reason !== undefined;

const isOfReference = ({ reason }: Problem): boolean => reason !== undefined && referenceReasons.has(reason);

function acceptance(self: string, problems: readonly Problem[]): PlannedCondition[] {
  const refused = problems.filter(
    (problem) => needsChange(problem) && problem.resource === self && !isOfReference(problem),
  );
  const [first] = refused;
  if (first === undefined) {
    const advice = problems.filter((problem) => !needsChange(problem));
    const message =
      advice.length === 0
        ? 'The resource is valid.'
        : `The resource is valid, but ${describeAll(self, advice)}`;
    return [{ type: 'Accepted', status: 'True', reason: 'Accepted', message }];
  }
  const reason = first.reason ?? 'Invalid';
  const message = describeAll(self, refused);
  return [
    { type: 'Accepted', status: 'False', reason, message },
    // The type that Envoy AI Gateway uses, and the last one, which `kubectl get` shows.
    { type: 'NotAccepted', status: 'True', reason, message },
  ];
}

function references(self: string, problems: readonly Problem[]): PlannedCondition {
  const broken = problems.filter(
    (problem) => needsChange(problem) && (problem.resource !== self || isOfReference(problem)),
  );
  const [first] = broken;
  if (first === undefined) {
    return {
      type: 'ResolvedRefs',
      status: 'True',
      reason: 'ResolvedRefs',
      message: 'All references resolve.',
    };
  }
  const { reason } = first;
  return {
    type: 'ResolvedRefs',
    status: 'False',
    reason: reason !== undefined && referenceReasons.has(reason) ? reason : 'BackendNotAccepted',
    message: describeAll(self, broken),
  };
}

/**
 * The conditions of a resource from what was found wrong with it and with what it refers to; `self` is its name in
 * problems, such as `AIGatewayRoute default/x`. `Accepted` is always the last one that is true of it.
 */
export function planConditions(
  self: string,
  problems: readonly Problem[],
  programmed?: PlannedCondition,
): PlannedCondition[] {
  return [
    ...(programmed === undefined ? [] : [programmed]),
    references(self, problems),
    ...acceptance(self, problems),
  ];
}

/** The conditions of a kind that nothing serves. */
export function unsupportedConditions(message: string): PlannedCondition[] {
  return [
    { type: 'Programmed', status: 'False', reason: 'Unsupported', message },
    { type: 'Accepted', status: 'False', reason: 'Unsupported', message },
    { type: 'NotAccepted', status: 'True', reason: 'Unsupported', message },
  ];
}
