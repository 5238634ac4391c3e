import { describeHelmFailure } from './helm-trouble.ts';
import type { Release } from './plan-releases.ts';

const release = (name: string): Release => ({
  title: 'the chart',
  name,
  chart: 'c',
  namespace: 'ns',
  settings: [],
});

test.each([
  { name: 'eg', reason: 'invalid ownership metadata', hint: '--skip-envoy-gateway' },
  { name: 'aigw', reason: 'cannot be imported into the current release', hint: 'crds.enabled=false' },
  {
    name: 'aigw',
    reason: 'another operation (install/upgrade/rollback) is in progress',
    hint: 'helm rollback --namespace ns aigw',
  },
  { name: 'eg', reason: 'timed out waiting for the condition', hint: 'kubectl get pods --namespace ns' },
  { name: 'eg', reason: 'job eg-certgen failed: BackoffLimitExceeded', hint: 'aigw doctor --kube' },
  {
    name: 'aigw',
    reason: 'clusterroles is forbidden: User "x" cannot create resource',
    hint: 'cluster administrator',
  },
  {
    name: 'eg',
    reason: 'failed to do request: Head "https://registry-1.docker.io/v2/x": dial tcp: no such host',
    hint: '--envoy-gateway-chart PATH',
  },
])('$reason: it says so, and $hint', ({ name, reason, hint }) => {
  const said = describeHelmFailure(release(name), reason);
  expect(said).toMatch(/^the chart: helm says: /);
  expect(said).toContain(reason);
  expect(said.split('\nfix: ')[1]).toContain(hint);
});

test('what is not known is passed on', () => {
  expect(describeHelmFailure(release('eg'), 'something else')).toBe('the chart: helm says: something else');
});
