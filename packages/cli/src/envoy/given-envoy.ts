import { checkEnvoyBinary, type EnvoyStep } from './envoy-step.ts';

/** The binary that the user names. One that cannot be used is an error: silently taking another would be worse. */
export const givenEnvoy: EnvoyStep = {
  title: '--envoy or ENVOY_BIN',
  find: async ({ path, env }) => {
    const given = path ?? env['ENVOY_BIN'];
    if (given === undefined || given === '') return { outcome: 'skipped', reason: 'not given' };
    const result = await checkEnvoyBinary(given, env);
    return result.outcome === 'skipped' ? { outcome: 'failed', reason: result.reason } : result;
  },
};
