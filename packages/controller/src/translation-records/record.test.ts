import type { TranslationProblem } from '../extension-server/post-translate-modify.ts';
import type { TranslatedRoute } from '../extension-server/translated-routes.ts';
import { currentMessages, digestStamp, recordOf, recordsOf } from './record.ts';

const sha256Hex = (text: string): string => `${text}${'0'.repeat(64)}`;

const translated = (problems: TranslationProblem[]): TranslatedRoute => ({
  route: 'ns/r',
  gateways: ['ns/gw'],
  stampText: 's',
  problems,
});

test.each([
  { name: 'nothing for a route that fits', problems: [], want: undefined },
  {
    name: 'the rule and why',
    problems: [{ resource: 'httproute/ns/r/rule/3', reason: 'its endpoints are not those of b' }],
    want: 'rule 3: its endpoints are not those of b',
  },
  {
    name: 'the name of what is of no rule',
    problems: [{ resource: 'ns/gw/http', reason: 'broken' }],
    want: 'ns/gw/http: broken',
  },
  {
    name: 'a few problems, and how many more there are',
    problems: [0, 1, 2, 3, 4, 5, 6].map((rule) => ({ resource: `httproute/ns/r/rule/${rule}`, reason: 'x' })),
    want: 'rule 0: x, rule 1: x, rule 2: x, rule 3: x, rule 4: x, and 2 more',
  },
  {
    name: 'the same only once',
    problems: [0, 1].map((match) => ({ resource: `httproute/ns/r/rule/2/match/${match}/*`, reason: 'x' })),
    want: 'rule 2: x',
  },
])('a record says $name', ({ problems, want }) => {
  expect(recordOf(translated(problems), sha256Hex)?.message).toBe(want);
});

test('a record fits into its field, whatever it is of', () => {
  const problems = Array.from({ length: 50 }, (_, index) => ({
    resource: `${index}${'x'.repeat(10_000)}`,
    reason: 'y'.repeat(10_000),
  }));
  const record = recordOf(translated(problems), sha256Hex);
  expect(record?.message.length).toBeLessThanOrEqual(4096);
  expect(record?.stamp).toHaveLength(16);
});

test('only what is about the HTTPRoute as it is, behind Gateways of the route, counts', () => {
  const stamp = digestStamp('now', sha256Hex);
  const records = recordsOf({
    apiVersion: 'v1',
    kind: 'AIGatewayRoute',
    metadata: { name: 'r' },
    status: {
      notStamped: {
        'ns/gw': { stamp, message: 'a' },
        'ns/before': { stamp: digestStamp('before', sha256Hex), message: 'b' },
        'ns/other': { stamp, message: 'c' },
      },
    },
  });
  expect(currentMessages(records, ['ns/gw', 'ns/before'], stamp)).toEqual({ 'ns/gw': 'a' });
});

test.each([[undefined], [{}], [{ notStamped: null }]])('a status of %j has no records', (status) => {
  expect(recordsOf({ apiVersion: 'v1', kind: 'AIGatewayRoute', metadata: { name: 'r' }, status })).toEqual(
    {},
  );
});
