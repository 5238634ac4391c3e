import type { PlannedCondition } from './conditions.ts';
import {
  planPolicyProgrammed,
  planProgrammed,
  planTakingPart,
  readRotationFailureStart,
  type RouteProgress,
} from './programmed.ts';

const parent = (status: string, observedGeneration = 2): object => ({
  parentRef: { name: 'gw' },
  conditions: [{ type: 'Accepted', status, reason: 'R', message: 'm', observedGeneration }],
});
const saying = (conditions: Record<string, string>, name = 'gw', observedGeneration = 2): object => ({
  parentRef: { name },
  conditions: Object.entries(conditions).map(([type, status]) => ({
    ...{ type, status, observedGeneration },
    ...{ reason: `${type}Reason`, message: 'm' },
  })),
});
const behind = (...parents: object[]): object => ({
  httpRoute: { namespace: 'default', generation: 2, parents },
});
const progress = (more: object): RouteProgress => ({
  gateways: ['default/gw'],
  waiting: [],
  httpRoute: { namespace: 'default', generation: 2, parents: [parent('True')] },
  ...more,
});

describe('planProgrammed', () => {
  test.each([
    { name: 'Envoy Gateway has taken it', given: {}, want: 'True Programmed' },
    { name: 'no Gateway exists', given: { gateways: [] }, want: 'False NoGateway' },
    {
      name: 'its Gateway does not let it in, whatever Envoy Gateway says of it',
      given: {
        gateways: [],
        closed: ['default/gw'],
        httpRoute: { generation: 2, parents: [parent('False')] },
      },
      want: 'False NotAllowedByListeners',
    },
    {
      name: 'one of two Gateways does not let it in',
      given: { closed: ['other/gw'] },
      want: 'False NotAllowedByListeners',
    },
    { name: 'the configuration is not written', given: { waiting: ['default/gw'] }, want: 'False Pending' },
    {
      name: 'the configuration of its Gateway cannot be written',
      given: { failures: { 'default/gw': 'why' } },
      want: 'False Refused',
    },
    {
      name: 'the configuration of its Gateway cannot be written, and the route waits for it',
      given: { failures: { 'default/gw': 'why' }, waiting: ['default/gw'], httpRoute: undefined },
      want: 'False Refused',
    },
    { name: 'there is no HTTPRoute', given: { httpRoute: undefined }, want: 'False Pending' },
    { name: 'the API server refuses it', given: { refusal: 'no' }, want: 'False Refused' },
    {
      name: 'nobody has looked',
      given: { httpRoute: { namespace: 'default', generation: 2, parents: [] } },
      want: 'False Pending',
    },
    {
      name: 'only the version before was looked at',
      given: { httpRoute: { namespace: 'default', generation: 2, parents: [parent('True', 1)] } },
      want: 'False Pending',
    },
    {
      name: 'Envoy Gateway refuses it',
      given: { httpRoute: { namespace: 'default', generation: 2, parents: [parent('False')] } },
      want: 'False Refused',
    },
    {
      name: 'one of two Gateways refuses it',
      given: {
        httpRoute: { namespace: 'default', generation: 2, parents: [parent('True'), parent('False')] },
      },
      want: 'False Refused',
    },
    {
      name: 'a rule of it is invalid',
      given: behind(saying({ Accepted: 'True', PartiallyInvalid: 'True', ResolvedRefs: 'True' })),
      want: 'False Refused',
    },
    {
      name: 'a reference of it does not resolve',
      given: behind(saying({ Accepted: 'True', ResolvedRefs: 'False' })),
      want: 'False Refused',
    },
    {
      name: 'a reference of the version before did not resolve',
      given: behind(saying({ Accepted: 'True', ResolvedRefs: 'False' }, 'gw', 1)),
      want: 'False Pending',
    },
    {
      name: 'a second Gateway has said nothing',
      given: { gateways: ['default/gw', 'default/other'] },
      want: 'False Pending',
    },
    {
      name: 'a second Gateway has not looked at this version',
      given: {
        gateways: ['default/gw', 'default/other'],
        ...behind(saying({ Accepted: 'True' }), saying({ Accepted: 'True' }, 'other', 1)),
      },
      want: 'False Pending',
    },
    {
      name: 'one listener of the Gateway has not looked',
      given: behind(saying({ Accepted: 'True' }), saying({})),
      want: 'False Pending',
    },
    {
      name: 'both Gateways have taken it',
      given: {
        gateways: ['default/gw', 'default/other'],
        ...behind(saying({ Accepted: 'True', ResolvedRefs: 'True' }), saying({ Accepted: 'True' }, 'other')),
      },
      want: 'True Programmed',
    },
    {
      name: 'a Gateway shares its proxies',
      given: { merged: ['default/gw'] },
      want: 'False Unsupported',
    },
    {
      name: 'what Envoy Gateway made of it does not fit',
      given: { notStamped: { 'default/gw': 'rule 0: why' } },
      want: 'False NotStamped',
    },
    {
      name: 'Envoy Gateway refuses it, and what it made before did not fit',
      given: {
        notStamped: { 'default/gw': 'rule 0: why' },
        httpRoute: { namespace: 'default', generation: 2, parents: [parent('False')] },
      },
      want: 'False Refused',
    },
  ])('$name', ({ given, want }) => {
    const { status, reason } = planProgrammed(progress(given));
    expect(`${status} ${reason}`).toBe(want);
  });

  test('what does not fit is said for each Gateway', () => {
    const notStamped = { 'default/gw': 'rule 0: why', 'other/gw': 'rule 1: why not' };
    expect(planProgrammed(progress({ notStamped })).message).toBe(
      'Requests are refused where what Envoy Gateway made does not fit the route: behind Gateway default/gw, rule 0: why; behind Gateway other/gw, rule 1: why not',
    );
  });

  test('a Gateway that does not exist is named beside those that do', () => {
    expect(planProgrammed(progress({ missing: ['default/gone'] }))).toMatchObject({
      status: 'True',
      message: 'Envoy Gateway serves the route, but not behind Gateway default/gone, which does not exist.',
    });
  });

  test('a Gateway that has not taken it is named', () => {
    const { message } = planProgrammed(progress({ gateways: ['default/gw', 'team/other'] }));
    expect(message).toContain('behind Gateway team/other;');
  });

  test('Gateways that share their proxies are told what to change', () => {
    expect(planProgrammed(progress({ merged: ['default/gw'] })).message).toContain('spec.mergeGateways');
  });

  test('a refusal says which Gateway and why', () => {
    const refused = progress({
      httpRoute: { namespace: 'default', generation: 2, parents: [parent('False')] },
    });
    expect(planProgrammed(refused).message).toBe('Envoy Gateway does not take it: Gateway gw: R: m');
  });
});

describe('planTakingPart', () => {
  const condition = (type: PlannedCondition['type'], status: 'True' | 'False'): PlannedCondition => ({
    type,
    status,
    reason: status === 'True' ? 'Accepted' : 'SecretNotFound',
    message: 'm',
  });

  test('a resource takes part once nothing is wrong with it', () => {
    const fine = [condition('ResolvedRefs', 'True'), condition('Accepted', 'True')];
    expect(planTakingPart(fine).status).toBe('True');
    expect(planTakingPart([condition('ResolvedRefs', 'False'), condition('Accepted', 'True')])).toMatchObject(
      {
        status: 'False',
        reason: 'SecretNotFound',
      },
    );
  });
});

describe('planPolicyProgrammed', () => {
  const fine: readonly PlannedCondition[] = [
    { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'm' },
  ];
  const failure = { message: 'sts answered AccessDenied.', since: '2026-01-02T03:00:00Z' };

  test('credentials that are renewed are not worth a word', () => {
    expect(planPolicyProgrammed(fine, undefined)).toEqual(planTakingPart(fine));
  });

  test('until the last ones end the policy serves', () => {
    const programmed = planPolicyProgrammed(fine, { ...failure, expiration: '2026-01-02T04:00:00Z' });
    expect(programmed).toEqual({
      type: 'Programmed',
      status: 'True',
      reason: 'CredentialsNotRenewed',
      message:
        'Since 2026-01-02T03:00:00Z the credentials have not been renewed: sts answered AccessDenied. The last ones are good until 2026-01-02T04:00:00Z; then the data plane tries the exchange by itself.',
    });
  });

  test('without any, only the data plane knows', () => {
    expect(planPolicyProgrammed(fine, failure)).toMatchObject({
      status: 'Unknown',
      reason: 'CredentialsNotRenewed',
    });
  });

  test('what is wrong with the policy itself comes first', () => {
    const wrong: readonly PlannedCondition[] = [
      { type: 'Accepted', status: 'False', reason: 'Invalid', message: 'm' },
    ];
    expect(planPolicyProgrammed(wrong, failure)).toEqual(planTakingPart(wrong));
  });

  test('the message keeps since when, over restarts of whoever writes it', () => {
    expect(readRotationFailureStart(planPolicyProgrammed(fine, failure).message)).toBe(failure.since);
    expect(readRotationFailureStart('Since yesterday it rains.')).toBeUndefined();
  });
});
