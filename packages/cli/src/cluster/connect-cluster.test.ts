import { judgeApiServer } from './connect-cluster.ts';
import { found, missing, unread } from './fact.ts';

const version = (major: string, minor: string) => found({ gitVersion: `v${major}.${minor}.1`, major, minor });

test.each([
  { given: version('1', '36'), status: 'ok', message: 'v1.36.1 at https://c' },
  { given: version('1', '29+'), status: 'ok', message: 'v1.29+.1 at https://c' },
  { given: version('2', '0'), status: 'ok', message: 'v2.0.1 at https://c' },
  {
    given: version('1', '28'),
    status: 'fail',
    message: 'v1.28.1 at https://c is too old: 1.29 or newer is needed',
  },
  { given: unread('no route'), status: 'fail', message: 'https://c: no route' },
  { given: missing, status: 'fail', message: 'https://c: it does not know its version' },
])('an API server with $given: $status', ({ given, status, message }) => {
  expect(judgeApiServer('https://c', given)).toMatchObject({ check: 'api-server', status, message });
});
