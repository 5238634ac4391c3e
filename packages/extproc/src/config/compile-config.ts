import { backendLabel, type FilterBackend, type FilterConfig, type SchemaName } from '@aigw/api-types';
import type { UpstreamTarget } from '@aigw/translator';
import type { CredentialLease } from '../auth/credential-pool.ts';
import { overrideHeaders } from '../auth/credential-override.ts';
import { createAuthenticator } from '../auth/registry.ts';
import { type CostIssue, createCostCalculator } from '../cost/create-cost-calculator.ts';
import { createModelLists } from './model-lists.ts';
import type { RuntimeBackend, RuntimeConfig } from './runtime-config.ts';

export interface CompileContext {
  readonly generation: number;
  readonly credentials: CredentialLease;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Hears what one backend's authentication suffers from, at load and later. */
  readonly onAuthProblem: (backend: string, message: string) => void;
  /** Hears that a cost could not be computed; once per key. */
  readonly onCostError: (metadataKey: string, error: unknown) => void;
  /** Hears which costs are left out because their expressions cannot be used. */
  readonly onCostIssues: (issues: readonly CostIssue[]) => void;
}

const servedSchemas: ReadonlySet<SchemaName> = new Set(['OpenAI', 'Anthropic', 'AWSBedrock', 'AWSAnthropic']);

/**
 * Turns a filter config into the form that requests use, so that nothing derivable is derived per request. A cost that
 * cannot be computed is left out alone: of all that a configuration changes, it is not what has to stop the rest.
 */
export function compileConfig(config: FilterConfig, context: CompileContext): RuntimeConfig {
  const { calculator, issues } = createCostCalculator(config, { onError: context.onCostError });
  context.onCostIssues(issues);
  return Object.freeze({
    generation: context.generation,
    backends: new Map(config.backends.map((backend) => [backend.name, compileBackend(backend, context)])),
    credentialHeaders: new Set(config.backends.flatMap(({ auth }) => (auth ? overrideHeaders(auth) : []))),
    models: createModelLists(config),
    costs: calculator,
  });
}

function compileBackend(backend: FilterBackend, context: CompileContext): RuntimeBackend {
  const { httpHeaderMutation, httpBodyMutation, host, hosts, modelNameOverride } = backend;
  const name = backendLabel(backend.name);
  const auth = createAuthenticator(backend.auth, {
    backend: name,
    host: host === '' ? undefined : host,
    credentials: context.credentials,
    now: context.now,
    report: (message) => context.onAuthProblem(name, message),
  });
  return Object.freeze({
    name,
    target: compileTarget(backend),
    auth,
    schemaSupported: servedSchemas.has(backend.schema.name),
    ...(httpHeaderMutation === undefined ? {} : { headerMutation: httpHeaderMutation }),
    ...(httpBodyMutation === undefined ? {} : { bodyMutation: httpBodyMutation }),
    ...(host === undefined || host === '' ? {} : { host }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(modelNameOverride === undefined || modelNameOverride === ''
      ? {}
      : { overrideModel: modelNameOverride }),
  });
}

function compileTarget(backend: FilterBackend): UpstreamTarget {
  const { schema, modelNameOverride, modelFamily, modelCapabilities, unsupportedFields, messagesVia } =
    backend;
  return Object.freeze({
    schema,
    unsupportedFields: unsupportedFields ?? 'Drop',
    messagesVia: messagesVia ?? 'Auto',
    ...(modelNameOverride === undefined || modelNameOverride === '' ? {} : { modelNameOverride }),
    ...(modelFamily === undefined ? {} : { modelFamily }),
    ...(modelCapabilities === undefined ? {} : { modelCapabilities }),
  });
}
