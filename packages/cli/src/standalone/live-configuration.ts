import type { StandalonePlan } from '@aigw/planner';

import { messageOf } from '../errors.ts';
import type { LoadedResources } from '../resources/load-resources.ts';
import { type ApplyDependencies, applyPlan } from './apply-plan.ts';
import { type ConfigurationSource, reportProblems } from './configuration.ts';
import { noListener, type PlanResult } from './plan-gateway.ts';
import { createReloader } from './reloader.ts';

/** What a running gateway needs to follow its files. */
export interface LiveConfigurationOptions {
  source: ConfigurationSource;
  plan: (loaded: LoadedResources) => Promise<PlanResult>;
  apply: ApplyDependencies;
  note: (line: string) => void;
}

/** The configuration of a running gateway; a change that is wrong is reported and the last good one stays. */
export interface LiveConfiguration {
  /** Starts to follow `files`, from `plan`, which is the one that runs. */
  follow: (plan: StandalonePlan, files: readonly string[]) => Promise<void>;
  reloads: () => { succeeded: number; failed: number };
  close: () => Promise<void>;
}

/** Creates the follower; it does nothing before `follow`. */
export function createLiveConfiguration(options: LiveConfigurationOptions): LiveConfiguration {
  const { source, plan, apply, note } = options;
  const reloads = { succeeded: 0, failed: 0 };
  let current: StandalonePlan | undefined;

  const reload = async (): Promise<void> => {
    try {
      if (await change()) reloads.succeeded += 1;
      else reloads.failed += 1;
    } catch (thrown) {
      reloads.failed += 1;
      note(`the change was not applied: ${messageOf(thrown)}`);
    }
  };

  const change = async (): Promise<boolean> => {
    const loaded = await source();
    await reloader.watch(loaded.files);
    const { plan: next, problems } = await plan(loaded);
    reportProblems(problems, note);
    // A file that an editor has emptied and not filled again yet would close every port and cut every stream.
    if (next?.listeners.length === 0) {
      note(`error: ${noListener}; the last good configuration stays in use`);
      return false;
    }
    if (next === undefined || current === undefined) {
      note('the change has errors; the last good configuration stays in use');
      return false;
    }
    await applyOrRestore(current, next);
    current = next;
    note('configuration changed');
    return true;
  };

  /** What Envoy refuses must not lie in its files when it starts again. */
  const applyOrRestore = async (last: StandalonePlan, next: StandalonePlan): Promise<void> => {
    try {
      await applyPlan(last, next, apply);
    } catch (refusal) {
      await applyPlan(next, last, apply).catch(() => undefined);
      throw refusal;
    }
  };

  const reloader = createReloader(reload, note);
  return {
    follow(plan, files) {
      current = plan;
      return reloader.watch(files);
    },
    reloads: () => ({ ...reloads }),
    close: () => reloader.close(),
  };
}
