import { backendLabel, identifyBackend } from './backend-identity.ts';

const label = 'ns/b/route/r/rule/0/ref/1';

test('an identity says where it leads, and its label does not', () => {
  const identity = identifyBackend(label, '0123456789abcdef');
  expect(identity).toBe(`${label}/to/01234567`);
  expect(backendLabel(identity)).toBe(label);
});

test.each([label, 'b1', 'ns/b/route/to/rule/0/ref/0', `${label}/to/0123456g`])(
  '%s has no digest and stays',
  (name) => {
    expect(backendLabel(name)).toBe(name);
  },
);
