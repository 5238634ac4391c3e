import preset from '../jest.preset.mjs';

/** One gateway at a time: each test file starts its own, and load tests want the machine for themselves. */
export default {
  ...preset,
  displayName: 'e2e',
  maxWorkers: 1,
  testTimeout: 60_000,
  randomize: false,
  silent: true,
};
