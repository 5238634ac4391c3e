import { keyOfMetadata, type KubeObject, resourceTypes } from '@aigw/controller/kube';
import { filterConfigLabel } from '@aigw/planner';

import { fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { type ClusterReader, clusterTypes } from './cluster-reader.ts';
import { type Fact, itemsOf, mapFact, notRead } from './fact.ts';
import type { Installation } from './installation.ts';
import { templateContainers } from './workload.ts';

/** What Envoy AI Gateway's own controller may have left, or what still runs of it. */
export interface LeftoverFacts {
  readonly installation: Installation;
  readonly deployments: Fact<readonly KubeObject[]>;
  readonly leases: Fact<readonly KubeObject[]>;
  readonly webhooks: Fact<readonly KubeObject[]>;
  /** The names of Secrets with a filter configuration that our controller has not written; what is in them stays out of it. */
  readonly configSecrets: Fact<readonly string[]>;
  readonly envoyGatewayNamespace: string;
}

/** Names of Envoy AI Gateway's chart. */
const otherChart = 'ai-gateway-helm';
const otherLease = 'envoy-ai-gateway-controller';
const webhookPrefix = 'envoy-ai-gateway-gateway-pod-mutator.';

const uninstall =
  'its resources stay when it goes: helm list --all-namespaces shows its release (aieg, as a rule), helm uninstall removes it; keep the release of its resource definitions';

/** What its filter configurations are named, by the key that they have. */
const configNames: ReadonlyMap<string, RegExp> = new Map([
  ['filter-config.yaml', /./],
  ['index.yaml', /-[0-9a-f]{12}$/],
  ['chunk', /-[0-9a-f]{12}-part-\d{3}$/],
]);

const isConfig = ({ metadata, data }: KubeObject): boolean =>
  Object.keys(Object(data) as object).some((key) => configNames.get(key)?.test(metadata.name));

const configNamesOf = (secrets: readonly KubeObject[]): string[] =>
  secrets.filter(isConfig).map(({ metadata }) => metadata.name);

/** Reads Deployments, Leases and webhooks of all namespaces, and Secrets of Envoy Gateway's. */
export async function gatherLeftovers(
  reader: ClusterReader,
  installation: Installation,
  envoyGatewayNamespace: string,
): Promise<LeftoverFacts> {
  const notOurs = { namespace: envoyGatewayNamespace, labelSelector: `!${filterConfigLabel}` };
  const [deployments, leases, webhooks, secrets] = await Promise.all([
    reader.list(resourceTypes.Deployment),
    reader.list(resourceTypes.Lease),
    reader.list(clusterTypes.MutatingWebhookConfiguration),
    reader.list(resourceTypes.Secret, notOurs),
  ]);
  const configSecrets = mapFact(secrets, configNamesOf);
  return { installation, deployments, leases, webhooks, configSecrets, envoyGatewayNamespace };
}

function isOther(deployment: KubeObject): boolean {
  const { labels = {} } = deployment.metadata;
  const marks = [labels['app.kubernetes.io/name'] ?? '', labels['helm.sh/chart'] ?? ''];
  const containers = templateContainers(deployment);
  return (
    marks.some((mark) => mark === otherChart || mark.startsWith(`${otherChart}-`)) ||
    containers.some(({ name }) => name === otherChart)
  );
}

/** Whether two controllers, or the webhooks of two, work on the same resources. */
export function judgeLeftovers(facts: LeftoverFacts): Finding[] {
  const findings = [
    ...judgeDeployments(facts),
    ...judgeLeases(facts),
    ...judgeWebhooks(facts),
    ...judgeSecrets(facts),
  ];
  const nothing = ok(
    { check: 'leftover' },
    'no other controller works on these resources, and none has left keys',
  );
  return findings.length > 0 ? findings : [nothing];
}

function judgeDeployments({ deployments }: LeftoverFacts): Finding[] {
  const checked = { check: 'leftover', subject: 'Deployments' } as const;
  if (deployments.state === 'unread') return [notRead(checked, 'they', deployments.reason)];
  return itemsOf(deployments)
    .filter(isOther)
    .map(({ metadata }) =>
      fail(
        { ...checked, subject: `Deployment ${keyOfMetadata(metadata)}` },
        {
          message:
            "Envoy AI Gateway's own controller: the two write over each other's HTTPRoutes, Secrets and statuses",
          fix: uninstall,
        },
      ),
    );
}

function judgeLeases({ leases, installation }: LeftoverFacts): Finding[] {
  const checked = { check: 'leftover', subject: 'Leases' } as const;
  if (leases.state === 'unread') return [notRead(checked, 'they', leases.reason)];
  return itemsOf(leases)
    .filter(({ metadata }) => metadata.name === otherLease && installation.flags.leaseName !== otherLease)
    .map(({ metadata }) =>
      warn(
        { ...checked, subject: `Lease ${keyOfMetadata(metadata)}` },
        {
          message: "it is that of Envoy AI Gateway's own controller, which ran here and may still run",
          fix: `uninstall that controller, then kubectl delete lease --namespace ${metadata.namespace ?? ''} ${otherLease}`,
        },
      ),
    );
}

function judgeWebhooks({ webhooks, installation }: LeftoverFacts): Finding[] {
  const checked = { check: 'leftover', subject: 'MutatingWebhookConfigurations' } as const;
  if (webhooks.state === 'unread') return [notRead(checked, 'they', webhooks.reason)];
  return itemsOf(webhooks)
    .filter(({ metadata }) => metadata.name.startsWith(webhookPrefix))
    .filter((webhook) => webhook.metadata.name !== installation.webhookConfiguration || isOther(webhook))
    .map(({ metadata }) =>
      fail(
        { ...checked, subject: `MutatingWebhookConfiguration ${metadata.name}` },
        {
          message: 'it changes the pods of proxies as well, for another controller',
          fix: `uninstall that controller, or kubectl delete mutatingwebhookconfiguration ${metadata.name}`,
        },
      ),
    );
}

function judgeSecrets({ configSecrets, envoyGatewayNamespace }: LeftoverFacts): Finding[] {
  const checked = { check: 'leftover', subject: `Secrets in ${envoyGatewayNamespace}` } as const;
  if (configSecrets.state === 'unread') return [notRead(checked, 'they', configSecrets.reason)];
  const names = itemsOf(configSecrets);
  if (names.length === 0) return [];
  return [
    warn(checked, {
      message: `Envoy AI Gateway v1.1 has left its configurations, with the keys of providers as they are: ${names.join(', ')}`,
      fix: `once no pod of its proxies is left, kubectl delete secret --namespace ${envoyGatewayNamespace} ${names.join(' ')}`,
    }),
  ];
}
