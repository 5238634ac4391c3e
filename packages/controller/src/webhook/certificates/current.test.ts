import { createCurrent } from './current.ts';

test('followers are told what there is and what differs, until they stop', () => {
  const current = createCurrent<string>((left, right) => left === right);
  const early: string[] = [];
  const late: string[] = [];
  current.follow((value) => early.push(value));
  expect(current.value).toBeUndefined();
  current.set('a');
  current.set('a');
  const unfollow = current.follow((value) => late.push(value));
  current.set('b');
  unfollow();
  current.set('c');
  expect(current.value).toBe('c');
  expect([early, late]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b'],
  ]);
});
