import { buildCustomResourceDefinitions } from '@aigw/api-types';
import { resourceTypes } from '@aigw/controller/kube';
import { filterConfigSecretName, planFilterConfigSecrets } from '@aigw/planner';
import { sha256Hex } from '@aigw/service-runtime';
import { stringify } from 'yaml';

import type { EnvoyGatewayNeeds } from '../../install/charts.ts';
import { clusterTypes, pathOf, rootOf } from '../cluster-reader.ts';
import { asStored } from '../missing-fields.ts';
import type { Store } from './scripted-api.ts';
import { webhookCertificates } from './webhook-certificates.ts';

/** Within the life of the fixture's certificates. */
export const now = Date.parse('2026-02-01T00:00:00Z');

export const ownNamespace = 'envoy-ai-gateway-system';
export const envoyGatewayNamespace = 'envoy-gateway-system';

const encode = (text: string): string => Buffer.from(text).toString('base64');
const condition = (type: string): object => ({
  type,
  status: 'True',
  reason: type,
  message: '',
  observedGeneration: 1,
});
const names = { name: 'ai-gateway-controller', namespace: ownNamespace };
const proxyPod = { name: 'envoy-default-gateway-1', namespace: envoyGatewayNamespace };

/** The paths of what tests change. */
export const paths = {
  version: '/version',
  routeDefinition: pathOf(clusterTypes.CustomResourceDefinition, 'aigatewayroutes.aigateway.envoyproxy.io'),
  gatewayApi: '/apis/gateway.networking.k8s.io/v1',
  envoyGateway: pathOf(resourceTypes.Deployment, 'envoy-gateway', envoyGatewayNamespace),
  envoyGatewayConfig: pathOf(resourceTypes.ConfigMap, 'envoy-gateway-config', envoyGatewayNamespace),
  controller: pathOf(resourceTypes.Deployment, names.name, ownNamespace),
  lease: pathOf(resourceTypes.Lease, names.name, ownNamespace),
  service: pathOf(resourceTypes.Service, names.name, ownNamespace),
  endpoints: pathOf(clusterTypes.EndpointSlice, `${names.name}-x`, ownNamespace),
  webhook: pathOf(
    clusterTypes.MutatingWebhookConfiguration,
    `envoy-ai-gateway-gateway-pod-mutator.${ownNamespace}`,
  ),
  certificate: pathOf(resourceTypes.Secret, `${names.name}-webhook-certificate`, ownNamespace),
  gatewayClass: pathOf(clusterTypes.GatewayClass, 'eg'),
  gateway: pathOf(resourceTypes.Gateway, 'gateway', 'default'),
  route: pathOf(resourceTypes.AIGatewayRoute, 'chat', 'default'),
  configIndex: pathOf(
    resourceTypes.Secret,
    filterConfigSecretName('default', 'gateway', sha256Hex),
    envoyGatewayNamespace,
  ),
  configPart: pathOf(
    resourceTypes.Secret,
    `${filterConfigSecretName('default', 'gateway', sha256Hex)}-part-000`,
    envoyGatewayNamespace,
  ),
  pod: pathOf(resourceTypes.Pod, proxyPod.name, envoyGatewayNamespace),
};
export const metricsPath = `${paths.pod}:1064/proxy/metrics`;
export const logPath = `${paths.pod}/log`;

/** A controller's Deployment, with the arguments that the chart gives it. */
export function controllerDeployment(args: readonly string[] = []): object {
  const own = [
    ...['-port=:1063', '-webhookPort=9443', `-envoyGatewayNamespace=${envoyGatewayNamespace}`],
    ...[`-webhookConfigurationName=envoy-ai-gateway-gateway-pod-mutator.${ownNamespace}`, ...args],
  ];
  const container = {
    name: 'controller',
    image: 'docker.io/envoyproxy/ai-gateway-controller:0.1.0',
    args: own,
  };
  return {
    metadata: { ...names, labels: { 'app.kubernetes.io/component': 'controller' } },
    spec: { template: { spec: { containers: [container] } } },
    status: { replicas: 2, availableReplicas: 2 },
  };
}

const definitions = buildCustomResourceDefinitions().map((definition): [string, object] => [
  pathOf(clusterTypes.CustomResourceDefinition, definition.metadata.name),
  asStored(definition) as object,
]);

function servedKinds(): [string, object][] {
  const foreign = Object.values(resourceTypes).filter(({ apiVersion }) => /^gateway\./.test(apiVersion));
  return [...new Set(foreign.map(({ apiVersion }) => apiVersion))].map((apiVersion) => {
    const types = foreign.filter((type) => type.apiVersion === apiVersion);
    return [rootOf(apiVersion), { resources: types.map(({ plural: name }) => ({ name })) }];
  });
}

/** The ConfigMap of an Envoy Gateway that is configured like this. */
export function envoyGatewayConfigMap(config: object): object {
  return {
    metadata: { name: 'envoy-gateway-config', namespace: envoyGatewayNamespace },
    data: { 'envoy-gateway.yaml': stringify(config) },
  };
}

function envoyGateway(needs: EnvoyGatewayNeeds): [string, object][] {
  const container = { name: 'envoy-gateway', image: 'docker.io/envoyproxy/gateway:v1.8.1' };
  const deployment = {
    metadata: {
      name: 'envoy-gateway',
      namespace: envoyGatewayNamespace,
      labels: { 'control-plane': 'envoy-gateway' },
    },
    spec: { template: { spec: { containers: [container] } } },
    status: { replicas: 1, availableReplicas: 1 },
  };
  return [
    [paths.envoyGateway, deployment],
    [paths.envoyGatewayConfig, envoyGatewayConfigMap(needs)],
  ];
}

function controller(): [string, object][] {
  const lease = { holderIdentity: 'pod-1', leaseDurationSeconds: 15, renewTime: new Date(now).toISOString() };
  return [
    [paths.controller, controllerDeployment()],
    [paths.lease, { metadata: names, spec: lease }],
    [paths.service, { metadata: names, spec: { ports: [{ port: 1063 }, { port: 9443 }, { port: 8090 }] } }],
    [
      paths.endpoints,
      {
        metadata: {
          name: `${names.name}-x`,
          namespace: ownNamespace,
          labels: { 'kubernetes.io/service-name': names.name },
        },
        endpoints: [{ conditions: { ready: true } }],
      },
    ],
  ];
}

/** What the API server knows of the webhook. */
export function webhookConfiguration(
  service: object = {},
  authority: string = webhookCertificates.ours.authority,
): object {
  const clientConfig = {
    caBundle: encode(authority),
    service: { ...names, port: 9443, path: '/mutate', ...service },
  };
  return {
    metadata: { name: `envoy-ai-gateway-gateway-pod-mutator.${ownNamespace}` },
    webhooks: [{ name: 'w', clientConfig }],
  };
}

/** The Secret of the webhook. */
export function certificateSecret({
  authority,
  certificate,
}: {
  authority: string;
  certificate: string;
}): object {
  return {
    metadata: { name: `${names.name}-webhook-certificate`, namespace: ownNamespace },
    data: {
      'ca.crt': encode(authority),
      'tls.crt': encode(certificate),
      'tls.key': encode('canary-of-a-key'),
    },
  };
}

function gateway(): [string, object | string][] {
  const planned = planFilterConfigSecrets(
    { gateway: { namespace: 'default', name: 'gateway' }, namespace: envoyGatewayNamespace },
    {
      version: '1',
      backends: [{ name: 'canary-of-a-backend', schema: { name: 'OpenAI' } }],
      models: [],
    } as never,
    { now: 1 },
    sha256Hex,
  );
  const secrets = planned.secrets.map((secret): [string, object] => [
    pathOf(resourceTypes.Secret, secret.metadata.name, envoyGatewayNamespace),
    secret,
  ]);
  const labels = {
    'app.kubernetes.io/managed-by': 'envoy-gateway',
    'app.kubernetes.io/component': 'proxy',
    'gateway.envoyproxy.io/owning-gateway-name': 'gateway',
    'gateway.envoyproxy.io/owning-gateway-namespace': 'default',
  };
  const pod = {
    metadata: { ...proxyPod, labels },
    spec: { containers: [{ name: 'envoy' }], initContainers: [{ name: 'ai-gateway-extproc' }] },
    status: { conditions: [condition('Ready')] },
  };
  return [
    ...secrets,
    [paths.pod, pod],
    [
      metricsPath,
      `aigw_config_generation 1\naigw_config_info{uuid="${uuidIn(planned.secrets.at(-1)?.['data'])}"} 1\n`,
    ],
    [logPath, '{"level":"info","message":"listening"}\n'],
    [paths.gatewayClass, { metadata: { name: 'eg' }, status: { conditions: [condition('Accepted')] } }],
    [
      paths.gateway,
      {
        metadata: { name: 'gateway', namespace: 'default', generation: 1 },
        spec: { gatewayClassName: 'eg' },
        status: { conditions: [condition('Accepted'), condition('Programmed')] },
      },
    ],
    [paths.route, routeOf({})],
  ];
}

function uuidIn(data: unknown): string {
  const { 'index.yaml': text = '' } = Object(data) as Record<string, string>;
  return (JSON.parse(Buffer.from(text, 'base64').toString()) as { uuid: string }).uuid;
}

/** A route of that Gateway. */
export function routeOf(more: object): object {
  return {
    metadata: { name: 'chat', namespace: 'default', generation: 1 },
    spec: { parentRefs: [{ name: 'gateway' }] },
    status: { conditions: ['Programmed', 'ResolvedRefs', 'Accepted'].map(condition) },
    ...more,
  };
}

/** A cluster in which everything is in order. */
export function healthyCluster(needs: EnvoyGatewayNeeds): Store {
  return new Map<string, object | string>([
    [paths.version, { gitVersion: 'v1.36.2', major: '1', minor: '36' }],
    ...definitions,
    ...servedKinds(),
    ...envoyGateway(needs),
    ...controller(),
    [paths.webhook, webhookConfiguration()],
    [paths.certificate, certificateSecret(webhookCertificates.ours)],
    ...gateway(),
  ]);
}
