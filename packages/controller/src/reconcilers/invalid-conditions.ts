import type { ResourceIssue } from '@aigw/api-types';
import type { PlannedCondition } from '@aigw/planner';

/** What is wrong with an object that cannot be read. */
export const describeIssues = (issues: readonly ResourceIssue[]): string =>
  issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');

/** The conditions of an object that an older API server let through and that cannot be read. */
export function invalidConditions(issues: readonly ResourceIssue[]): PlannedCondition[] {
  const message = describeIssues(issues);
  const reason = 'Invalid';
  return [
    { type: 'Programmed', status: 'False', reason, message },
    { type: 'Accepted', status: 'False', reason, message },
    { type: 'NotAccepted', status: 'True', reason, message },
  ];
}
