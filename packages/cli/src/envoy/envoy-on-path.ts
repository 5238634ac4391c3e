import { checkEnvoyBinary, type EnvoyStep } from './envoy-step.ts';

/** An `envoy` on PATH. */
export const envoyOnPath: EnvoyStep = {
  title: 'envoy on PATH',
  find: ({ env }) => checkEnvoyBinary('envoy', env),
};
