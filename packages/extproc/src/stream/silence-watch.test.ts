import { createTestClock } from '../__fixtures__/test-clock.ts';
import { createSilenceWatch } from './silence-watch.ts';

describe('silence watch', () => {
  it('calls once per limit of silence, never early', () => {
    const clock = createTestClock();
    const watch = createSilenceWatch(clock.every, 100);
    let calls = 0;
    watch.start(1000, () => void (calls += 1));
    clock.pass(1000);
    expect(calls).toBe(0);
    clock.pass(100);
    expect(calls).toBe(1);
    clock.pass(1100);
    expect(calls).toBe(2);
  });

  it('hears a touch', () => {
    const clock = createTestClock();
    let calls = 0;
    const vigil = createSilenceWatch(clock.every, 100).start(1000, () => void (calls += 1));
    for (let time = 0; time < 5000; time += 500) {
      clock.pass(500);
      vigil.touch();
    }
    expect(calls).toBe(0);
  });

  it('runs one clock for all, and none when there is nothing to watch', () => {
    const clock = createTestClock();
    const watch = createSilenceWatch(clock.every, 100);
    expect(clock.running()).toBe(0);
    const vigils = [1, 2, 3].map(() => watch.start(1000, () => undefined));
    expect(clock.running()).toBe(1);
    for (const vigil of [...vigils, ...vigils]) vigil.stop();
    expect(clock.running()).toBe(0);
    watch.start(1000, () => undefined);
    expect(clock.running()).toBe(1);
  });

  it('lets a callback stop its own vigil and others', () => {
    const clock = createTestClock();
    const watch = createSilenceWatch(clock.every, 100);
    let calls = 0;
    const stopAll = (): void => {
      calls += 1;
      for (const vigil of vigils) vigil.stop();
    };
    const vigils = [1, 2].map(() => watch.start(100, stopAll));
    clock.pass(1000);
    expect(calls).toBe(1);
    expect(clock.running()).toBe(0);
  });
});
