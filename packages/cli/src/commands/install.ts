import type { Command } from '../command.ts';
import { findHelm } from '../install/helm.ts';
import { installCluster, printManifests } from '../install/install-cluster.ts';
import { installHelp, parseInstallOptions } from '../install/install-options.ts';

/** `aigw install`: everything that a cluster needs, by helm; or its manifests. */
export const installCommand: Command = {
  name: 'install',
  summary: 'install the gateway and Envoy Gateway in a cluster, or print the manifests',
  help: installHelp,
  run: async (args, context) => {
    const options = parseInstallOptions(args);
    const installer = { options, context, helm: await findHelm(context) };
    return options.mode === 'print' ? printManifests(installer) : installCluster(installer);
  },
};
