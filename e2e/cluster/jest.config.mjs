import preset from '../../jest.preset.mjs';

/** One cluster at a time: Envoy Gateway's own ports are fixed. */
export default {
  ...preset,
  displayName: 'cluster',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/**/*.test.ts'],
  maxWorkers: 1,
  testTimeout: 120_000,
  randomize: false,
};
