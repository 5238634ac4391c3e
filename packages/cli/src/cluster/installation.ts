import {
  authoritySecretOf,
  certificateSecretOf,
  type ControllerFlags,
  parseControllerFlags,
  webhookConfigurationOf,
} from '@aigw/controller/installation';
import { type KubeObject, resourceTypes } from '@aigw/controller/kube';

import { type ExtensionAddress, hostnameOf } from '../install/charts.ts';
import type { ClusterReader } from './cluster-reader.ts';
import { type Fact, itemsOf } from './fact.ts';
import { type Container, templateContainers } from './workload.ts';

/** The controller in a cluster, and the names that it was given. */
export interface Installation {
  /** Where it is looked for. */
  readonly namespace: string;
  readonly deployments: Fact<readonly KubeObject[]>;
  readonly deployment?: KubeObject;
  readonly image?: string;
  /** Its own command line; the defaults when there is no Deployment. */
  readonly flags: ControllerFlags;
  readonly webhookConfiguration: string;
  readonly certificateSecret: string;
  readonly extension: ExtensionAddress;
  /** Namespaces that have a controller, when this one has none. */
  readonly elsewhere: readonly string[];
}

const selector = 'app.kubernetes.io/component=controller';

/** How a controller with these flags is called by Envoy Gateway. */
function extensionOf(flags: ControllerFlags, namespace: string): ExtensionAddress {
  const { serviceName, extensionAddress, isExtensionTls, extensionClientSecret } = flags;
  const tls = {
    authoritySecret: authoritySecretOf(flags),
    ...(extensionClientSecret !== '' && { clientSecret: extensionClientSecret }),
  };
  return {
    hostname: hostnameOf(serviceName, namespace),
    port: extensionAddress.kind === 'tcp' ? extensionAddress.port : 0,
    ...(isExtensionTls && { tls }),
  };
}

/** How the controller of a Deployment is called; `undefined` for a Deployment of something else. */
export function readExtension(deployment: KubeObject): ExtensionAddress | undefined {
  const flags = readFlags(findController(deployment));
  return flags && extensionOf(flags, deployment.metadata.namespace ?? '');
}

/** Ours is told by its arguments: names are the user's choice, and images are copied to other registries. */
function findController(deployment: KubeObject): Container | undefined {
  return templateContainers(deployment).find(({ args = [] }) =>
    args.some((argument) => /^--?webhookConfigurationName(=|$)/.test(argument)),
  );
}

function readFlags(container: Container | undefined): ControllerFlags | undefined {
  if (container === undefined) return undefined;
  const parsed = parseControllerFlags(container.args ?? []);
  return parsed.kind === 'flags' ? parsed.flags : undefined;
}

/** The names that a controller with these flags works with. */
function namesOf(flags: ControllerFlags, namespace: string): Omit<Installation, 'deployments' | 'elsewhere'> {
  return {
    namespace,
    flags,
    webhookConfiguration: webhookConfigurationOf(flags, namespace),
    certificateSecret: certificateSecretOf(flags),
    extension: extensionOf(flags, namespace),
  };
}

function defaultFlags(): ControllerFlags {
  const parsed = parseControllerFlags([]);
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join('; '));
  return parsed.flags;
}

/** Finds the controller among the Deployments of its namespace. */
export async function gatherInstallation(reader: ClusterReader, namespace: string): Promise<Installation> {
  const type = resourceTypes.Deployment;
  const deployments = await reader.list(type, { namespace });
  const deployment = itemsOf(deployments).find((one) => findController(one) !== undefined);
  const container = deployment && findController(deployment);
  const flags = readFlags(container) ?? defaultFlags();
  const isMissing = deployments.state === 'found' && deployment === undefined;
  const others = isMissing ? itemsOf(await reader.list(type, { labelSelector: selector })) : [];
  return {
    ...namesOf(flags, namespace),
    deployments,
    ...(deployment !== undefined && { deployment }),
    ...(container?.image !== undefined && { image: container.image }),
    elsewhere: others
      .filter((other) => findController(other) !== undefined)
      .map(({ metadata }) => metadata.namespace ?? ''),
  };
}
