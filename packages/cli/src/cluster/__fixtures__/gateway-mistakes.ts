import { resourceTypes } from '@aigw/controller/kube';

import { pathOf } from '../cluster-reader.ts';
import { edit, falseCondition, type Mistake } from './change.ts';
import { envoyGatewayNamespace, logPath, metricsPath, paths, routeOf } from './healthy-cluster.ts';

const otherDeployment = {
  metadata: { name: 'aieg', namespace: 'other', labels: { 'app.kubernetes.io/name': 'ai-gateway-helm' } },
  spec: { template: { spec: { containers: [{ name: 'ai-gateway-helm' }] } } },
};

/** What can be wrong with Gateways, their proxies and resources, and with what others have left. */
export const gatewayMistakes = (): readonly Mistake[] => [  [
    'the GatewayClass is missing',
    (store) => void store.delete(paths.gatewayClass),
    { check: 'gateway', subject: 'default/gateway', message: /^its GatewayClass eg does not exist$/ },
  ],
  [
    'the GatewayClass is not accepted',
    (store) => edit(store, paths.gatewayClass, { status: {} }),
    { check: 'gateway', message: /^GatewayClass eg: it has no condition Accepted/ },
  ],
  [
    'the Gateway is not programmed',
    (store) =>
      edit(store, paths.gateway, {
        'status/conditions/1': {
          type: 'Programmed',
          status: 'False',
          reason: 'AddressNotAssigned',
          message: 'none',
        },
      }),
    { check: 'gateway', message: /^Programmed=False \(AddressNotAssigned\): none$/ },
  ],
  [
    'the filter configuration is missing',
    (store) => void store.delete(paths.configIndex),
    { check: 'filter-config', subject: 'default/gateway', message: /^there is no Secret/ },
  ],
  [
    'the filter configuration has no index',
    (store) => edit(store, paths.configIndex, { data: {} }),
    { check: 'filter-config', message: /holds no index$/ },
  ],
  [
    'a part is missing',
    (store) => void store.delete(paths.configPart),
    { check: 'filter-config', message: /^part 0 of Secret .* is missing$/ },
  ],
  [
    'a part is cut',
    (store) => edit(store, paths.configPart, { 'data/chunk': Buffer.from('canary').toString('base64') }),
    { check: 'filter-config', message: /^part 0 of Secret .* has another size/ },
  ],
  [
    'a part was changed',
    (store) => {
      const { data } = store.get(paths.configPart) as { data: { chunk: string } };
      const changed = Buffer.from(data.chunk, 'base64').fill('x', 0, 1);
      edit(store, paths.configPart, { 'data/chunk': changed.toString('base64') });
    },
    { check: 'filter-config', message: /do not have the checksum/ },
  ],
  [
    'there is no proxy',
    (store) => void store.delete(paths.pod),
    { check: 'proxy', subject: 'default/gateway', message: /^Envoy Gateway runs no proxy/ },
  ],
  [
    'a proxy has no sidecar',
    (store) => edit(store, paths.pod, { 'spec/initContainers': [] }),
    {
      check: 'proxy',
      subject: `${envoyGatewayNamespace}/envoy-default-gateway-1`,
      message: /^it has no sidecar/,
    },
  ],
  [
    'a proxy is not ready',
    (store) =>
      edit(store, paths.pod, {
        status: {
          initContainerStatuses: [
            {
              name: 'ai-gateway-extproc',
              state: { waiting: { reason: 'ErrImagePull', message: 'no such tag' } },
            },
          ],
        },
      }),
    { check: 'proxy', message: /^it is not ready: ai-gateway-extproc: ErrImagePull: no such tag$/ },
  ],
  [
    'a sidecar has an older configuration',
    (store) => void store.set(metricsPath, 'aigw_config_info{uuid="old"} 1\n'),
    { check: 'proxy', message: /^its sidecar uses configuration old, and/, status: 'warn' },
  ],
  [
    'a sidecar has no configuration',
    (store) => void store.set(metricsPath, 'aigw_config_generation 0\n'),
    { check: 'proxy', message: /taken no configuration yet$/ },
  ],
  [
    'a sidecar gets no credentials',
    (store) =>
      void store.set(
        logPath,
        `${JSON.stringify({
          time: '2026-01-31T23:59:00.000Z',
          message: 'credentials cannot be fetched',
          policy: 'own identity, then role r',
          backends: ['default/b'],
          error: { message: 'AccessDenied: not authorized' },
        })}\n`,
      ),
    {
      check: 'credentials',
      message:
        /^own identity, then role r for default\/b: AccessDenied: not authorized \(last at 2026-01-31T23:59/,
    },
  ],
  [
    'a route is not accepted',
    (store) =>
      void store.set(
        paths.route,
        routeOf({ status: falseCondition('Accepted', 'Invalid', 'spec.rules: too many') }),
      ),
    {
      check: 'resource',
      subject: 'AIGatewayRoute default/chat',
      message: /^Accepted=False \(Invalid\): spec\.rules/,
    },
  ],
  [
    'a route was never looked at',
    (store) => void store.set(paths.route, routeOf({ status: {} })),
    { check: 'resource', message: /^the controller has not looked at it$/ },
  ],
  [
    'a route has changed since',
    (store) => edit(store, paths.route, { 'metadata/generation': 2 }),
    { check: 'resource', message: /^it has changed since/, status: 'warn' },
  ],
  [
    "Envoy AI Gateway's controller runs",
    (store) => void store.set('/apis/apps/v1/namespaces/other/deployments/aieg', otherDeployment),
    { check: 'leftover', subject: 'Deployment other/aieg', message: /write over each other/ },
  ],
  [
    "Envoy AI Gateway's lease is left",
    (store) =>
      void store.set('/apis/coordination.k8s.io/v1/namespaces/other/leases/envoy-ai-gateway-controller', {
        metadata: { name: 'envoy-ai-gateway-controller', namespace: 'other' },
      }),
    {
      check: 'leftover',
      subject: 'Lease other/envoy-ai-gateway-controller',
      message: /may still run/,
      status: 'warn',
    },
  ],
  [
    "Envoy AI Gateway's webhook is left",
    (store) => {
      const name = 'envoy-ai-gateway-gateway-pod-mutator.other';
      store.set(`/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`, {
        metadata: { name },
      });
    },
    { check: 'leftover', message: /changes the pods of proxies as well/ },
  ],
  [
    "Envoy AI Gateway's configurations are left",
    (store) => {
      const leave = (name: string, key: string): void => {
        store.set(pathOf(resourceTypes.Secret, name, envoyGatewayNamespace), {
          metadata: { name, namespace: envoyGatewayNamespace },
          data: { [key]: Buffer.from('canary-of-a-key').toString('base64') },
        });
      };
      leave('gateway-default', 'filter-config.yaml');
      leave('gone-default-0123456789ab', 'index.yaml');
      leave('gone-default-0123456789ab-part-000', 'chunk');
      leave('of-somebody-else', 'chunk');
    },
    {
      check: 'leftover',
      subject: `Secrets in ${envoyGatewayNamespace}`,
      message: /: gateway-default, gone-default-0123456789ab, gone-default-0123456789ab-part-000$/,
      status: 'warn',
    },
  ],
  [
    "our webhook is that of Envoy AI Gateway's chart",
    (store) =>
      edit(store, paths.webhook, { 'metadata/labels': { 'helm.sh/chart': 'ai-gateway-helm-v1.1.0' } }),
    { check: 'leftover', message: /changes the pods of proxies as well/ },
  ],
];
