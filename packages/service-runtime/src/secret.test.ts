import { inspect } from 'node:util';
import { Secret } from './secret.ts';

const canary = 'canary-3f9a';

test.each([
  ['interpolation', (secret: Secret) => String(secret)],
  ['concatenation', (secret: Secret) => ['a'].concat(secret as never).join('')],
  ['JSON', (secret: Secret) => JSON.stringify({ nested: [secret] })],
  ['inspect', (secret: Secret) => inspect({ nested: secret }, { showHidden: true, depth: 9 })],
  ['spread', (secret: Secret) => JSON.stringify(Object.assign({}, secret))],
  ['keys', (secret: Secret) => Reflect.ownKeys(secret).join()],
])('a secret does not come out by %s', (_way, print) => {
  expect(print(new Secret(canary))).not.toContain(canary);
});

test('reveal gives the text', () => {
  expect(new Secret(canary).reveal()).toBe(canary);
});
