import { maxRollouts, planRollout, type Rollout, type RolloutState, settleMs } from './plan-rollout.ts';

const pod = (digest?: string, rollout?: string): RolloutState['pods'][number] => ({ digest, rollout });
const roll = (value: string): Rollout => ({ kind: 'roll', value });
const none: Rollout = { kind: 'none' };
const long = settleMs;

test.each<[string, Omit<RolloutState, 'wanted'>, Rollout]>([
  ['no pods', { template: undefined, pods: [], standsForMs: long }, none],
  ['the first pods of a Gateway', { template: undefined, pods: [pod('w')], standsForMs: long }, none],
  [
    'pods of before there were digests',
    { template: undefined, pods: [pod()], standsForMs: long },
    roll('w.1'),
  ],
  ['pods with another sidecar', { template: 'v.2', pods: [pod('v', 'v.2')], standsForMs: long }, roll('w.1')],
  ['one of several', { template: undefined, pods: [pod('w'), pod('v')], standsForMs: long }, roll('w.1')],
  [
    'a difference that may be of an upgrade of the controller',
    { template: undefined, pods: [pod('v')], standsForMs: 1000 },
    { kind: 'wait', ms: settleMs - 1000 },
  ],
  [
    'a rollout that is under way',
    { template: 'w.1', pods: [pod('v', 'v.1'), pod('w', 'w.1')], standsForMs: long },
    none,
  ],
  ['a rollout that has not begun', { template: 'w.1', pods: [pod()], standsForMs: long }, none],
  [
    'a new pod that a replica of another version has made',
    { template: 'w.1', pods: [pod('v', 'w.1')], standsForMs: 0 },
    { kind: 'wait', ms: settleMs },
  ],
  ['the same a while later', { template: 'w.1', pods: [pod('v', 'w.1')], standsForMs: long }, roll('w.2')],
  [
    'the same again and again',
    { template: `w.${maxRollouts}`, pods: [pod('v', `w.${maxRollouts}`)], standsForMs: long },
    { kind: 'stuck' },
  ],
  [
    'a template that somebody has written',
    { template: 'w.x', pods: [pod('v')], standsForMs: long },
    roll('w.1'),
  ],
])('%s', (_what, state, want) => {
  expect(planRollout({ wanted: 'w', ...state })).toEqual(want);
});
