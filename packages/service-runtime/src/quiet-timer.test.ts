const { jest } = import.meta;

import { createQuietTimer } from './quiet-timer.ts';

let calls = 0;
beforeEach(() => {
  jest.useFakeTimers();
  calls = 0;
});
afterEach(() => {
  jest.useRealTimers();
});
const create = () => createQuietTimer(50, () => (calls += 1));

test('events close to each other count once, when they cease', () => {
  const timer = create();
  for (let event = 0; event < 3; event += 1) {
    timer.restart();
    jest.advanceTimersByTime(49);
  }
  expect(calls).toBe(0);
  jest.advanceTimersByTime(10_000);
  expect(calls).toBe(1);
});

test('events that never cease cannot put it off for ever', () => {
  const timer = create();
  for (let elapsed = 0; elapsed < 1000; elapsed += 10) {
    timer.restart();
    jest.advanceTimersByTime(10);
  }
  expect(calls).toBe(2);
});

test('nothing comes after stop', () => {
  const timer = create();
  timer.restart();
  timer.stop();
  jest.advanceTimersByTime(10_000);
  expect(calls).toBe(0);
});
