import { keyOfMetadata, type KubeObject, resourceTypes } from '@aigw/controller/kube';

import { fail, type Finding, ok } from '../doctor/finding.ts';
import { type ClusterReader, clusterTypes, pathOf } from './cluster-reader.ts';
import { type Fact, itemsOf, notRead } from './fact.ts';
import type { Installation } from './installation.ts';
import { describeReplicas, unavailability, versionOfImage } from './workload.ts';

/** What the controller needs to be of use. */
export interface ControllerFacts {
  readonly installation: Installation;
  /** Where Envoy Gateway is. */
  readonly envoyGatewayNamespace: string;
  readonly lease: Fact<KubeObject>;
  readonly service: Fact<KubeObject>;
  readonly endpointSlices: Fact<readonly KubeObject[]>;
  readonly now: number;
}

const checked = { check: 'controller' } as const;

/** Reads what stands around the controller's Deployment. */
export async function gatherController(
  reader: ClusterReader,
  installation: Installation,
): Promise<Omit<ControllerFacts, 'envoyGatewayNamespace' | 'now'>> {
  const { namespace, flags } = installation;
  const [lease, service, endpointSlices] = await Promise.all([
    reader.get(pathOf(resourceTypes.Lease, flags.leaseName, namespace)),
    reader.get(pathOf(resourceTypes.Service, flags.serviceName, namespace)),
    reader.list(clusterTypes.EndpointSlice, {
      namespace,
      labelSelector: `kubernetes.io/service-name=${flags.serviceName}`,
    }),
  ]);
  return { installation, lease, service, endpointSlices };
}

/** Whether the controller runs, leads and can be called. */
export function judgeController(facts: ControllerFacts): Finding[] {
  const { deployments, deployment, namespace } = facts.installation;
  if (deployments.state === 'unread') {
    return [
      notRead(checked, `the Deployments of ${namespace}`, deployments.reason),
      ...judgeSurroundings(facts),
    ];
  }
  if (deployment === undefined) return [judgeAbsence(facts.installation)];
  return [judgeDeployment(deployment, facts), ...judgeSurroundings(facts)];
}

const judgeSurroundings = (facts: ControllerFacts): Finding[] => [judgeLease(facts), judgeService(facts)];

function judgeAbsence({ namespace, elsewhere }: Installation): Finding {
  const [other] = elsewhere;
  return fail(checked, {
    message:
      `no controller in namespace ${namespace}` +
      (other === undefined ? '' : `, but there is one in ${other}`),
    fix: other === undefined ? 'run aigw install' : `add --namespace ${other}`,
  });
}

function judgeDeployment(deployment: KubeObject, facts: ControllerFacts): Finding {
  const { installation, envoyGatewayNamespace } = facts;
  const { namespace, image, flags } = installation;
  const name = keyOfMetadata(deployment.metadata);
  const trouble = unavailability(deployment);
  if (trouble !== undefined) {
    return fail(checked, {
      message: `${name}: ${trouble}`,
      fix: `look at kubectl describe pods --namespace ${namespace}, and at kubectl logs --namespace ${namespace} deployment/${deployment.metadata.name}`,
    });
  }
  if (flags.envoyGatewayNamespace !== envoyGatewayNamespace) {
    return fail(checked, {
      message: `${name} takes Envoy Gateway to be in ${flags.envoyGatewayNamespace}, and not in ${envoyGatewayNamespace}`,
      fix: `set envoyGateway.namespace=${envoyGatewayNamespace} in its chart, or give --envoy-gateway-namespace ${flags.envoyGatewayNamespace} here`,
    });
  }
  const version = versionOfImage(image) ?? image ?? 'of no image';
  return ok(checked, `${version}: ${name}, ${describeReplicas(deployment)}`);
}

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly renewTime?: string | null;
}

/** Two clocks are compared, so that only what is long past counts. */
const clockToleranceMs = 60_000;

function judgeLease({ installation, lease, now }: ControllerFacts): Finding {
  const { namespace, flags } = installation;
  const subject = { ...checked, subject: `lease ${namespace}/${flags.leaseName}` };
  if (!flags.isLeaderElectionEnabled) return ok(subject, 'not used: the controller runs without an election');
  if (lease.state === 'unread') return notRead(subject, 'it', lease.reason);
  const {
    holderIdentity,
    leaseDurationSeconds = 15,
    renewTime,
  } = Object(lease.state === 'found' ? lease.value['spec'] : undefined) as LeaseSpec;
  const fix = `nobody writes what routes need until one holds it: look at kubectl logs --namespace ${namespace} --selector app.kubernetes.io/component=controller`;
  if (!holderIdentity) return fail(subject, { message: 'nobody holds it', fix });
  const age = now - Date.parse(renewTime ?? '');
  if (!(age <= leaseDurationSeconds * 1000 + clockToleranceMs)) {
    const since = renewTime ?? 'the beginning of time';
    return fail(subject, { message: `${holderIdentity} has not renewed it since ${since}`, fix });
  }
  return ok(subject, `held by ${holderIdentity}`);
}

interface Endpoint {
  readonly conditions?: { readonly ready?: boolean | null };
}

interface ServiceSpec {
  readonly ports?: readonly { readonly port: number }[];
  readonly selector?: Readonly<Record<string, string>>;
}

function judgeService({ installation, service, endpointSlices }: ControllerFacts): Finding {
  const { namespace, flags, extension } = installation;
  const subject = { ...checked, subject: `service ${namespace}/${flags.serviceName}` };
  if (service.state === 'unread') return notRead(subject, 'it', service.reason);
  if (service.state === 'missing') {
    return fail(subject, {
      message: 'there is none, so that nobody can call the controller',
      fix: 'run aigw install',
    });
  }
  const { ports = [] } = Object(service.value['spec']) as ServiceSpec;
  const wanted = [extension.port, flags.webhookPort];
  const absent = wanted.filter((port) => !ports.some((one) => one.port === port));
  if (absent.length > 0) {
    return fail(subject, {
      message: `it does not have the port ${absent.join(' and ')} on which the controller listens`,
      fix: 'run aigw install, or put the ports of controller.ports back',
    });
  }
  return judgeEndpoints(subject, endpointSlices);
}

function judgeEndpoints(
  subject: { readonly check: 'controller'; readonly subject: string },
  slices: ControllerFacts['endpointSlices'],
): Finding {
  if (slices.state === 'unread') return notRead(subject, 'its endpoints', slices.reason);
  const endpoints = itemsOf(slices).flatMap(({ endpoints: list }) => (list ?? []) as readonly Endpoint[]);
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false).length;
  if (ready > 0) return ok(subject, `${ready} ready endpoints`);
  return fail(subject, {
    message: `none of its ${endpoints.length} endpoints is ready`,
    fix: "compare its selector with the labels of the controller's pods, and look at their readiness",
  });
}
