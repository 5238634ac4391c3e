import type { PlannedCondition } from './conditions.ts';
import { planProgrammed, planTakingPart, type RouteProgress } from './programmed.ts';

const parent = (status: string, observedGeneration = 2): object => ({
  parentRef: { name: 'gw' },
  conditions: [{ type: 'Accepted', status, reason: 'R', message: 'm', observedGeneration }],
});
const progress = (more: object): RouteProgress => ({
  gateways: ['default/gw'],
  waiting: [],
  httpRoute: { generation: 2, parents: [parent('True')] },
  ...more,
});

describe('planProgrammed', () => {
  test.each([
    { name: 'Envoy Gateway has taken it', given: {}, want: 'True Programmed' },
    { name: 'no Gateway exists', given: { gateways: [] }, want: 'False NoGateway' },
    { name: 'the configuration is not written', given: { waiting: ['default/gw'] }, want: 'False Pending' },
    { name: 'there is no HTTPRoute', given: { httpRoute: undefined }, want: 'False Pending' },
    { name: 'the API server refuses it', given: { refusal: 'no' }, want: 'False Refused' },
    {
      name: 'nobody has looked',
      given: { httpRoute: { generation: 2, parents: [] } },
      want: 'False Pending',
    },
    {
      name: 'only the version before was looked at',
      given: { httpRoute: { generation: 2, parents: [parent('True', 1)] } },
      want: 'False Pending',
    },
    {
      name: 'Envoy Gateway refuses it',
      given: { httpRoute: { generation: 2, parents: [parent('False')] } },
      want: 'False Refused',
    },
    {
      name: 'one of two Gateways refuses it',
      given: { httpRoute: { generation: 2, parents: [parent('True'), parent('False')] } },
      want: 'False Refused',
    },
  ])('$name', ({ given, want }) => {
    const { status, reason } = planProgrammed(progress(given));
    expect(`${status} ${reason}`).toBe(want);
  });

  test('a refusal says which Gateway and why', () => {
    const refused = progress({ httpRoute: { generation: 2, parents: [parent('False')] } });
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
