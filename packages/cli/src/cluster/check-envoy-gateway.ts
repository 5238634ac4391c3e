import { keyOfMetadata, type KubeObject, resourceTypes } from '@aigw/controller/kube';

import { fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { type ClusterReader, pathOf } from './cluster-reader.ts';
import { type Fact, itemsOf, notRead } from './fact.ts';
import { describeReplicas, templateContainers, unavailability, versionOfImage } from './workload.ts';

/** Envoy Gateway, as it runs. */
export interface EnvoyGatewayFacts {
  /** Where it is looked for. */
  readonly namespace: string;
  readonly deployments: Fact<readonly KubeObject[]>;
  /** In all namespaces; read only when it is not where it is looked for. */
  readonly elsewhere: readonly KubeObject[];
  /** The ConfigMap `envoy-gateway-config`. */
  readonly config: Fact<KubeObject>;
}

const checked = { check: 'envoy-gateway' } as const;

/** Its own label, whatever its release is called. */
const selector = 'control-plane=envoy-gateway';

/** The minor version that the gateway is made for. */
const [madeForMajor, madeForMinor] = [1, 8];

/** Reads where Envoy Gateway runs, and how it is configured. */
export async function gatherEnvoyGateway(
  reader: ClusterReader,
  namespace: string,
): Promise<EnvoyGatewayFacts> {
  const type = resourceTypes.Deployment;
  const [deployments, config] = await Promise.all([
    reader.list(type, { namespace, labelSelector: selector }),
    reader.get(pathOf(resourceTypes.ConfigMap, 'envoy-gateway-config', namespace)),
  ]);
  const isThere = deployments.state !== 'found' || deployments.value.length > 0;
  const elsewhere = isThere ? [] : itemsOf(await reader.list(type, { labelSelector: selector }));
  return { namespace, deployments, elsewhere, config };
}

/** Whether Envoy Gateway runs, in a version that the gateway is made for. */
export function judgeEnvoyGateway({ namespace, deployments, elsewhere }: EnvoyGatewayFacts): Finding {
  if (deployments.state === 'unread')
    return notRead(checked, `its Deployment in ${namespace}`, deployments.reason);
  const [deployment] = itemsOf(deployments);
  if (deployment === undefined) return judgeAbsence(namespace, elsewhere);
  const name = keyOfMetadata(deployment.metadata);
  const trouble = unavailability(deployment);
  if (trouble !== undefined) {
    return fail(checked, {
      message: `${name}: ${trouble}`,
      fix: `look at kubectl describe pods --namespace ${namespace} --selector ${selector}, and at their log`,
    });
  }
  return judgeVersion(deployment, `${name}, ${describeReplicas(deployment)}`);
}

function judgeAbsence(namespace: string, [other]: readonly KubeObject[]): Finding {
  const where = other?.metadata.namespace;
  return fail(checked, {
    message:
      `no Deployment ${selector} in namespace ${namespace}` +
      (where === undefined ? '' : `, but there is one in ${where}`),
    fix:
      where === undefined
        ? 'run aigw install, which installs Envoy Gateway first'
        : `add --envoy-gateway-namespace ${where}`,
  });
}

/** The version by the image, or by the chart's label where images have names of their own. */
function findVersion(deployment: KubeObject): string | undefined {
  const containers = templateContainers(deployment);
  const { image } = containers.find(({ name }) => name === 'envoy-gateway') ?? containers[0] ?? {};
  const label = deployment.metadata.labels?.['app.kubernetes.io/version'] ?? '';
  return versionOfImage(image) ?? versionOfImage(`:${label}`);
}

function judgeVersion(deployment: KubeObject, where: string): Finding {
  const wanted = `${madeForMajor}.${madeForMinor}`;
  const version = findVersion(deployment);
  if (version === undefined) {
    return warn(checked, {
      message: `${where}; neither its image nor its label says which version it is`,
      fix: `make sure that it is ${wanted}`,
    });
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const distance = major === madeForMajor ? minor - madeForMinor : major - madeForMajor;
  if (distance === 0) return ok(checked, `${version}: ${where}`);
  if (distance < 0) {
    return fail(checked, {
      message: `${version} is too old: ${where}`,
      fix: `upgrade it to ${wanted}, its resource definitions first`,
    });
  }
  return warn(checked, {
    message: `${version} is newer than ${wanted}, which this gateway is made for: ${where}`,
    fix: `try it on another cluster first, or install ${wanted}`,
  });
}
