import type { Release } from './plan-releases.ts';

type Hint = (release: Release) => string;

const look: Hint = ({ namespace }) =>
  `look at kubectl get pods --namespace ${namespace} and at aigw doctor --kube; --timeout allows more time`;

const hints: readonly (readonly [RegExp, Hint])[] = [
  [
    /invalid ownership metadata|cannot be imported into the current release/,
    ({ name, title }) =>
      name === 'eg'
        ? `${title} is there already, under another name: add --skip-envoy-gateway`
        : 'another release owns what is named above: uninstall that one; or, for resource definitions, add --set crds.enabled=false and apply them with aigw install --print',
  ],
  [
    /another operation .* is in progress/,
    ({ name, namespace }) =>
      `an earlier run was interrupted: helm rollback --namespace ${namespace} ${name}, or helm uninstall when it was the first`,
  ],
  [/timed out waiting|context deadline exceeded|not ready|progress deadline/i, look],
  [/BackoffLimitExceeded|job .* failed/i, look],
  [/is forbidden|cannot (create|get|list|patch)/, () => 'it takes the rights of a cluster administrator'],
  [
    /no such host|failed to (do request|fetch|download)|unable to (pull|locate)|connection refused.*(oci|docker)|403|401/i,
    () => 'fetch the chart elsewhere (helm pull), and name the archive with --envoy-gateway-chart PATH',
  ],
];

/** What a failure of helm says, and what helps. */
export function describeHelmFailure(release: Release, reason: string): string {
  const hint = hints.find(([pattern]) => pattern.test(reason))?.[1];
  const said = `${release.title}: helm says: ${reason}`;
  return hint === undefined ? said : `${said}\nfix: ${hint(release)}`;
}
