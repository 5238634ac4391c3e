import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Files, isSame, readVolume, type Volume, type VolumeSources, writeVolume } from './volumes.ts';

/** When volumes are read again, after the kubelet has begun to wait or after they were read the last time. */
export interface VolumeSchedule {
  /** From when on the delay counts. */
  readonly since: number;
  /** For a pod that has changed; the others are looked at every second at most. */
  readonly delayMs: number;
}

/** The volumes of a pod in folders of this machine. */
export interface PodVolumes {
  folderOf(volume: string, subPath?: string): string;
  /** Makes the folders and reads everything. @throws Error for a reference that is missing */
  prepare(): Promise<void>;
  /** The pod is another one now: its volumes may be too. */
  markChanged(): void;
  refreshIfDue(schedule: VolumeSchedule): Promise<void>;
}

const unchangedEveryMs = 1_000;

/** Volumes of which nothing has been read yet. */
export function createPodVolumes(
  folder: string,
  volumes: readonly Volume[],
  sources: VolumeSources,
): PodVolumes {
  const written = new Map<string, Files>();
  const folderOf = (volume: string, subPath = ''): string => join(folder, volume, subPath);
  let readAt = Number.NEGATIVE_INFINITY;
  let isChanged = false;

  const refresh = async (): Promise<void> => {
    readAt = performance.now();
    isChanged = false;
    for (const volume of volumes) {
      const files = await readVolume(volume, sources);
      if (files === undefined || isSame(written.get(volume.name), files)) continue;
      writeVolume(folderOf(volume.name), files);
      written.set(volume.name, files);
    }
  };

  return {
    folderOf,
    prepare: async () => {
      for (const { name } of volumes) {
        mkdirSync(folderOf(name), { recursive: true });
        chmodSync(folderOf(name), 0o777);
      }
      await refresh();
    },
    markChanged: () => {
      isChanged = true;
    },
    refreshIfDue: async ({ since, delayMs }) => {
      const wait = isChanged ? delayMs : Math.max(delayMs, unchangedEveryMs);
      if (performance.now() - Math.max(since, readAt) >= wait) await refresh();
    },
  };
}
