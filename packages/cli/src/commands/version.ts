import { readFile } from 'node:fs/promises';

import type { Command } from '../command.ts';
import { pinnedEnvoyVersion } from '../envoy/envoy-version.ts';
import { exitCodes } from '../exit-codes.ts';

/** `aigw version`: the versions of aigw, of its Node and of the Envoy that it obtains. */
export const versionCommand: Command = {
  name: 'version',
  summary: 'print the version',
  help: 'Usage: aigw version\n\nPrints the version of aigw, of the Node that runs it, and of the Envoy that it obtains when none is found.',
  run: async (_args, { print }) => {
    print(`aigw ${await readOwnVersion()} (Node ${process.versions.node}, Envoy ${pinnedEnvoyVersion})`);
    return exitCodes.ok;
  },
};

async function readOwnVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const { version } = manifest as { version: string };
  return version;
}
