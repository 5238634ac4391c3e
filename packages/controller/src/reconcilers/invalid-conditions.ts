import type { ResourceIssue } from '@aigw/api-types';
import type { PlannedCondition } from '@aigw/planner';

/** The conditions of an object that an older API server let through and that cannot be read. */
export function invalidConditions(issues: readonly ResourceIssue[]): PlannedCondition[] {
  const message = issues
    .map(({ path, message: text }) => (path === '' ? text : `${path}: ${text}`))
    .join('; ');
  const reason = 'Invalid';
  return [
    { type: 'Programmed', status: 'False', reason, message },
    { type: 'Accepted', status: 'False', reason, message },
    { type: 'NotAccepted', status: 'True', reason, message },
  ];
}
