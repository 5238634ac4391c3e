import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { findBinary } from './binaries/binaries.ts';
import { type Image, imagePrograms } from './kubelet/container.ts';
import type { Images } from './kubelet/pod-process.ts';

/** Where every container finds the authorities that it trusts. */
export const trustedAuthorities = '/etc/ssl/certs/ca-certificates.crt';

/** A program of this repository, as images/Dockerfile packs it. */
function nodeImage(program: string): Image {
  const node = process.execPath;
  return {
    entrypoint: ['/nodejs/bin/node', join(repositoryRoot, program)],
    binds: {
      [repositoryRoot]: { source: repositoryRoot },
      '/nodejs/bin/node': { source: node },
      [`${imagePrograms}/env`]: { source: join(repositoryRoot, 'images/env.mjs') },
    },
    // Node brings its own authorities, and the mock's is none of them.
    env: { NODE_EXTRA_CA_CERTS: trustedAuthorities },
  };
}

function binaryImage(name: string, binary: string): Image {
  const path = `${imagePrograms}/${name}`;
  return { entrypoint: [path], binds: { [path]: { source: binary } } };
}

/** What stands for the image of each container that the cluster runs. */
export async function createImages(envoy: string): Promise<Images> {
  const envoyGateway = binaryImage('envoy-gateway', await findBinary('envoy-gateway'));
  return {
    envoy: binaryImage('envoy', envoy),
    'shutdown-manager': envoyGateway,
    'envoy-gateway': envoyGateway,
    'envoy-gateway-certgen': envoyGateway,
    controller: nodeImage('packages/controller/bin/aigw-controller.js'),
    'ai-gateway-extproc': nodeImage('packages/extproc/bin/aigw-extproc.js'),
    mock: nodeImage('packages/cli/bin/aigw.js'),
  };
}
