import { createHash } from 'node:crypto';

import type { StandalonePlan } from '@aigw/planner';

import type { EnvoyAdmin } from '../envoy/envoy-admin.ts';
import { CliError } from '../errors.ts';
import { pollUntil } from './poll-until.ts';
import { runFiles } from './processes.ts';
import type { RunDirectory } from './run-directory.ts';

/** The parts of a plan that become files. */
export type PlanFiles = Pick<StandalonePlan, 'filterConfig' | 'envoy'>;

/** What a change of a running gateway needs. */
export interface ApplyDependencies {
  directory: Pick<RunDirectory, 'write'>;
  envoy: Pick<EnvoyAdmin, 'sumStats'>;
  /** Resolves once extproc works with what was written (or after its deadline). */
  awaitFilterConfig: (uuid: string) => Promise<void>;
}

/** Writes everything, before Envoy and extproc start. */
export async function writePlan(
  { filterConfig, envoy }: PlanFiles,
  directory: Pick<RunDirectory, 'write'>,
): Promise<void> {
  await directory.write(runFiles.filterConfig, serialize(withUuid(filterConfig)));
  await directory.write(runFiles.endpoints, serialize(envoy.endpoints));
  await directory.write(runFiles.clusters, serialize(envoy.clusters));
  await directory.write(runFiles.routes, serialize(envoy.routes));
  await directory.write(runFiles.listeners, serialize(envoy.listeners));
  await directory.write(runFiles.bootstrap, serialize(envoy.bootstrap));
}

/**
 * Changes a running gateway from one plan to the next so that no request falls between: first everything that is new is added
 * (backends, clusters), then the routes move over, then what is old goes away. Files that stay the same are not written.
 * @throws CliError when Envoy refuses a file; it then still works with the one before
 */
export async function applyPlan(
  previous: PlanFiles,
  next: PlanFiles,
  dependencies: ApplyDependencies,
): Promise<void> {
  const before = previous.envoy;
  const after = next.envoy;
  const both = joinResources(before.clusters, after.clusters);
  await writeFilterConfig(
    previous.filterConfig,
    joinBackends(previous.filterConfig, next.filterConfig),
    dependencies,
  );
  await writeIfChanged(runFiles.endpoints, before.endpoints, after.endpoints, dependencies);
  await writeXds(runFiles.clusters, before.clusters, both, dependencies);
  await writeXds(runFiles.routes, before.routes, after.routes, dependencies);
  await writeXds(runFiles.listeners, before.listeners, after.listeners, dependencies);
  await writeXds(runFiles.clusters, both, after.clusters, dependencies);
  await writeFilterConfig(
    joinBackends(previous.filterConfig, next.filterConfig),
    next.filterConfig,
    dependencies,
  );
}

/** Envoy's counters of updates, by file: `…success` and `…rejected`. */
const updateStats: Record<string, string> = {
  [runFiles.clusters]: '^cluster_manager\\.cds\\.update_',
  [runFiles.routes]: '^http\\..*\\.rds\\..*\\.update_',
  [runFiles.listeners]: '^listener_manager\\.lds\\.update_',
};

/** How many of the generated files Envoy has refused since it started; what is wrong stands in its log. */
export async function countRefusals(envoy: Pick<EnvoyAdmin, 'sumStats'>): Promise<number> {
  const counts = await Promise.all(
    Object.values(updateStats).map((prefix) => envoy.sumStats(`${prefix}rejected$`)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Envoy takes a renamed file within milliseconds; while it restarts nothing answers, and it then reads the files anyway. */
const ackOptions = { timeoutMs: 1_000, intervalMs: 5 };

async function writeXds(
  file: string,
  before: unknown,
  after: unknown,
  { directory, envoy }: ApplyDependencies,
): Promise<void> {
  if (serialize(before) === serialize(after)) return;
  const prefix = updateStats[file] ?? '';
  const count = (outcome: string): Promise<number> => envoy.sumStats(`${prefix}${outcome}$`);
  const start = await Promise.all([count('success'), count('rejected')]).catch(() => undefined);
  await directory.write(file, serialize(after));
  if (start === undefined) return;
  const [accepted, refused] = start;
  const isRefused = async (): Promise<boolean> => (await count('rejected')) > refused;
  await pollUntil(async () => (await isRefused()) || (await count('success')) > accepted, ackOptions);
  if (await isRefused().catch(() => false)) {
    throw new CliError('setup', `Envoy refuses the new ${file}; its reason is in its message above`);
  }
}

async function writeIfChanged(
  file: string,
  before: unknown,
  after: unknown,
  { directory }: ApplyDependencies,
): Promise<void> {
  if (serialize(before) !== serialize(after)) await directory.write(file, serialize(after));
}

async function writeFilterConfig(
  before: PlanFiles['filterConfig'],
  after: PlanFiles['filterConfig'],
  { directory, awaitFilterConfig }: ApplyDependencies,
): Promise<void> {
  if (serialize(before) === serialize(after)) return;
  const stamped = withUuid(after);
  await directory.write(runFiles.filterConfig, serialize(stamped));
  await awaitFilterConfig(stamped.uuid);
}

/** The next configuration and, until the routes have moved, the backends that only the previous one has. */
function joinBackends(
  previous: PlanFiles['filterConfig'],
  next: PlanFiles['filterConfig'],
): PlanFiles['filterConfig'] {
  const names = new Set(next.backends.map(({ name }) => name));
  const leaving = previous.backends.filter(({ name }) => !names.has(name));
  if (leaving.length === 0) return next;
  return { ...next, backends: [...next.backends, ...leaving] };
}

/** Names a configuration by its content, so that extproc can say which one it works with. */
function withUuid(config: PlanFiles['filterConfig']): PlanFiles['filterConfig'] & { uuid: string } {
  return { ...config, uuid: createHash('sha256').update(serialize(config)).digest('hex').slice(0, 32) };
}

/** A discovery response with the resources of both; of a resource that both have, the next one. */
function joinResources(previous: DiscoveryResponse, next: DiscoveryResponse): DiscoveryResponse {
  const kept = resourcesOf(next);
  const names = new Set(kept.map(nameOf));
  const leaving = resourcesOf(previous).filter((resource) => !names.has(nameOf(resource)));
  return leaving.length === 0 ? next : { ...next, resources: [...kept, ...leaving] };
}

type DiscoveryResponse = StandalonePlan['envoy']['clusters'];
type DiscoveryResource = NonNullable<DiscoveryResponse[string]>;

function resourcesOf({ resources }: DiscoveryResponse): readonly DiscoveryResource[] {
  return Array.isArray(resources) ? (resources as readonly DiscoveryResource[]) : [];
}

function nameOf(resource: DiscoveryResource): unknown {
  return typeof resource === 'object' && 'name' in resource ? resource['name'] : undefined;
}

function serialize(value: unknown): string {
  return JSON.stringify(value, undefined, 1);
}
