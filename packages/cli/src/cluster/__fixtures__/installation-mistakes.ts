import { type EnvoyGatewayNeeds, type ExtensionAddress } from '../../install/charts.ts';
import { configure, edit, falseCondition, type Mistake } from './change.ts';
import { certificateSecret, controllerDeployment, envoyGatewayConfigMap, ownNamespace, paths, webhookConfiguration } from './healthy-cluster.ts';
import { webhookCertificates } from './webhook-certificates.ts';

/** What can be wrong with what was installed: one mistake each, in the order of the report. */
export const installationMistakes = (needs: EnvoyGatewayNeeds, address: ExtensionAddress): readonly Mistake[] => [
  [
    'a definition is missing',
    (store) => void store.delete(paths.routeDefinition),
    { check: 'definitions', subject: 'aigatewayroutes.aigateway.envoyproxy.io', message: /^not installed$/ },
  ],
  [
    'a definition serves one version only',
    (store) => edit(store, paths.routeDefinition, { 'spec/versions/0/served': false }),
    { check: 'definitions', message: /^v1alpha1 is not served$/ },
  ],
  [
    'a definition stores the old version',
    (store) =>
      edit(store, paths.routeDefinition, {
        'spec/versions/0/storage': true,
        'spec/versions/1/storage': false,
      }),
    { check: 'definitions', message: /^v1alpha1 is stored, and not v1beta1$/ },
  ],
  [
    'a definition is older',
    (store) =>
      edit(store, paths.routeDefinition, {
        'spec/versions/1/schema/openAPIV3Schema/properties/spec/properties/rules/items/properties/backendRefs':
          undefined,
      }),
    {
      check: 'definitions',
      message: /^older than this aigw: v1beta1 does not know spec\.rules\[\]\.backendRefs,/,
    },
  ],
  [
    'a definition has other rules',
    (store) =>
      edit(store, paths.routeDefinition, {
        'spec/versions/1/schema/openAPIV3Schema/properties/spec/properties/rules/maxItems': 3,
      }),
    { check: 'definitions', message: /not the rules of this aigw/, status: 'warn' },
  ],
  [
    'Gateway API lacks a kind',
    (store) =>
      void store.set(paths.gatewayApi, { resources: [{ name: 'gateways' }, { name: 'httproutes' }] }),
    {
      check: 'definitions',
      subject: 'gateway.networking.k8s.io/v1',
      message: /^not served: backendtlspolicies$/,
    },
  ],
  [
    'Envoy Gateway is not there',
    (store) => void store.delete(paths.envoyGateway),
    { check: 'envoy-gateway', message: /^no Deployment .* in namespace envoy-gateway-system$/ },
  ],
  [
    'Envoy Gateway is somewhere else',
    (store) => {
      edit(store, paths.envoyGateway, { 'metadata/namespace': 'elsewhere' });
      store.set(
        '/apis/apps/v1/namespaces/elsewhere/deployments/envoy-gateway',
        store.get(paths.envoyGateway) ?? '',
      );
      store.delete(paths.envoyGateway);
    },
    { check: 'envoy-gateway', message: /but there is one in elsewhere$/ },
  ],
  [
    'Envoy Gateway does not run',
    (store) =>
      edit(store, paths.envoyGateway, {
        status: { replicas: 1, ...falseCondition('Available', 'x', 'ImagePullBackOff') },
      }),
    { check: 'envoy-gateway', message: /none of 1 pods is available: ImagePullBackOff$/ },
  ],
  [
    'Envoy Gateway is too old',
    (store) =>
      edit(store, paths.envoyGateway, {
        'spec/template/spec/containers/0/image': 'mirror.test:5000/gw:v1.7.3',
      }),
    { check: 'envoy-gateway', message: /^1\.7\.3 is too old/ },
  ],
  [
    'Envoy Gateway is newer',
    (store) =>
      edit(store, paths.envoyGateway, { 'spec/template/spec/containers/0/image': 'gw:v1.9.0@sha256:0a' }),
    { check: 'envoy-gateway', message: /^1\.9\.0 is newer than 1\.8/, status: 'warn' },
  ],
  [
    'the version of Envoy Gateway is not known',
    (store) => edit(store, paths.envoyGateway, { 'spec/template/spec/containers/0/image': 'gw:latest' }),
    { check: 'envoy-gateway', message: /neither its image nor its label/, status: 'warn' },
  ],
  [
    'Envoy Gateway has no configuration',
    (store) => void store.delete(paths.envoyGatewayConfig),
    { check: 'extension', message: /^Envoy Gateway has no ConfigMap/ },
  ],
  [
    'the configuration is not YAML',
    (store) => edit(store, paths.envoyGatewayConfig, { data: { 'envoy-gateway.yaml': 'a: [' } }),
    { check: 'extension', message: /is not YAML/ },
  ],
  [
    'Backends are not enabled',
    (store) =>
      void store.set(paths.envoyGatewayConfig, envoyGatewayConfigMap({ ...needs, extensionApis: {} })),
    { check: 'extension', subject: 'extensionApis.enableBackend', message: /^true is missing$/ },
  ],
  [
    'a hook is missing',
    configure(needs, {
      hooks: {
        xdsTranslator: {
          ...(needs.extensionManager['hooks'] as { xdsTranslator: object }).xdsTranslator,
          post: ['Cluster', 'Route'],
        },
      },
    }),
    {
      check: 'extension',
      subject: 'extensionManager.hooks.xdsTranslator.post',
      message: /^Translation is missing$/,
    },
  ],
  [
    'messages are small',
    configure(needs, { maxMessageSize: '4Mi' }),
    { check: 'extension', subject: 'extensionManager.maxMessageSize', message: /^4Mi: /, status: 'warn' },
  ],
  [
    'Envoy Gateway calls another port',
    configure(needs, { service: { fqdn: { ...address, port: 1064 } } }),
    {
      check: 'extension',
      subject: 'extensionManager.service',
      message: /^it leads to .*:1064, and .*:1063$/,
    },
  ],
  [
    'Envoy Gateway calls another namespace',
    configure(needs, { service: { host: 'ai-gateway-controller.default.svc', port: 1063 } }),
    {
      check: 'extension',
      subject: 'extensionManager.service',
      message: /^it leads to ai-gateway-controller\.default/,
    },
  ],
  [
    'Envoy Gateway calls nobody',
    configure(needs, { service: undefined }),
    { check: 'extension', subject: 'extensionManager.service', message: /^it leads nowhere/ },
  ],
  [
    'Envoy Gateway asks for TLS',
    configure(needs, { service: { fqdn: address, tls: {} } }),
    { check: 'extension', subject: 'extensionManager.service.tls', message: /^it asks for TLS/ },
  ],
  [
    'the controller speaks TLS, and Envoy Gateway does not',
    (store) => void store.set(paths.controller, controllerDeployment(['-extensionTls=true'])),
    { check: 'extension', subject: 'extensionManager.service.tls', message: /speaks only TLS$/ },
  ],
  [
    'the controller asks for a certificate, and Envoy Gateway shows none',
    (store) => {
      const args = ['-extensionTls=true', '-extensionClientSecret=envoy-gateway'];
      store.set(paths.controller, controllerDeployment(args));
      const tls = { certificateRef: { name: 'ai-gateway-controller-ca' } };
      configure(needs, { service: { fqdn: address, tls } })(store);
    },
    { check: 'extension', subject: 'extensionManager.service.tls', message: /^it shows no certificate/ },
  ],
  [
    'Envoy Gateway trusts another Secret than the one that the controller writes',
    (store) => {
      store.set(paths.controller, controllerDeployment(['-extensionTls=true']));
      configure(needs, { service: { fqdn: address, tls: { certificateRef: { name: 'mine' } } } })(store);
    },
    {
      check: 'extension',
      subject: 'extensionManager.service.tls',
      message: /^it trusts Secret mine, and/,
      status: 'warn',
    },
  ],
  [
    'Envoy Gateway goes on without us',
    configure(needs, { failOpen: true }),
    {
      check: 'extension',
      subject: 'extensionManager.failOpen',
      message: /without the external processor/,
      status: 'warn',
    },
  ],
  [
    'the controller listens elsewhere than Envoy Gateway thinks',
    (store) => {
      store.set(paths.controller, controllerDeployment(['-port=:11063']));
      edit(store, paths.service, { 'spec/ports': [{ port: 11_063 }, { port: 9443 }] });
    },
    { check: 'extension', subject: 'extensionManager.service', message: /the controller is at .*:11063$/ },
  ],
  [
    'there is no controller',
    (store) => void store.delete(paths.controller),
    { check: 'controller', message: /^no controller in namespace envoy-ai-gateway-system$/ },
  ],
  [
    'the controller does not run',
    (store) => edit(store, paths.controller, { status: { replicas: 2 } }),
    { check: 'controller', message: /none of 2 pods is available$/ },
  ],
  [
    'the controller takes Envoy Gateway to be elsewhere',
    (store) => void store.set(paths.controller, controllerDeployment(['-envoyGatewayNamespace=other'])),
    { check: 'controller', message: /takes Envoy Gateway to be in other/ },
  ],
  [
    'nobody leads',
    (store) => edit(store, paths.lease, { 'spec/holderIdentity': '' }),
    {
      check: 'controller',
      subject: `lease ${ownNamespace}/ai-gateway-controller`,
      message: /^nobody holds it$/,
    },
  ],
  [
    'the leader is silent',
    (store) => edit(store, paths.lease, { 'spec/renewTime': '2026-01-31T23:00:00.000000Z' }),
    { check: 'controller', message: /^pod-1 has not renewed it since 2026-01-31T23/ },
  ],
  [
    'the Service is missing',
    (store) => void store.delete(paths.service),
    {
      check: 'controller',
      subject: `service ${ownNamespace}/ai-gateway-controller`,
      message: /^there is none/,
    },
  ],
  [
    'the Service lacks a port',
    (store) => edit(store, paths.service, { 'spec/ports': [{ port: 1063 }] }),
    { check: 'controller', message: /does not have the port 9443/ },
  ],
  [
    'no endpoint is ready',
    (store) => edit(store, paths.endpoints, { endpoints: [{ conditions: { ready: false } }] }),
    { check: 'controller', message: /^none of its 1 endpoints is ready$/ },
  ],
  [
    'the webhook is not configured',
    (store) => void store.delete(paths.webhook),
    { check: 'webhook', message: /^no such MutatingWebhookConfiguration/ },
  ],
  [
    'the webhook is called elsewhere',
    (store) => void store.set(paths.webhook, webhookConfiguration({ namespace: 'default' })),
    { check: 'webhook', message: /^it calls default\/ai-gateway-controller:9443\/mutate, and/ },
  ],
  [
    'no authority is trusted',
    (store) => void store.set(paths.webhook, webhookConfiguration({}, '')),
    { check: 'webhook', subject: 'caBundle', message: /^it is empty/ },
  ],
  [
    'the certificate is none',
    (store) =>
      void store.set(
        paths.certificate,
        certificateSecret({ ...webhookCertificates.ours, certificate: 'no certificate' }),
      ),
    { check: 'webhook', message: /^its tls\.crt is no certificate$/ },
  ],
  [
    'the certificate is for another name',
    (store) => {
      store.set(paths.certificate, certificateSecret(webhookCertificates.other));
      store.set(paths.webhook, webhookConfiguration({}, webhookCertificates.other.authority));
    },
    { check: 'webhook', message: /^it is not for ai-gateway-controller/ },
  ],
  [
    'the certificate is missing',
    (store) => void store.delete(paths.certificate),
    { check: 'webhook', message: /^there is none$/ },
  ],
];
