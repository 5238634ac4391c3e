/** The namespace of our controller. */
export const ownNamespace = 'envoy-ai-gateway-system';
/** The namespace of Envoy Gateway and of its proxies. */
export const envoyGatewayNamespace = 'envoy-gateway-system';

/** Ports of our controller on this machine. */
export interface ControllerPorts {
  readonly extension: number;
  readonly webhook: number;
  readonly admin: number;
  /** Of the external processor. */
  readonly extproc: number;
}

/** Envoy Gateway's admin server is where its proxies have theirs, unless it is told otherwise. */
const envoyGatewayAdminPort = 19_010;

/** The Service leads to this machine by a name: no other kind of Service reaches a loopback address without a proxy. */
export function webhookManifests({ webhook }: ControllerPorts): object[] {
  const service = { name: 'ai-gateway-controller', namespace: ownNamespace };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { type: 'ExternalName', externalName: 'localhost' },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: `envoy-ai-gateway-gateway-pod-mutator.${ownNamespace}` },
      webhooks: [
        {
          name: `ai-gateway-controller.${ownNamespace}.svc.cluster.local`,
          clientConfig: { service: { ...service, port: webhook, path: '/mutate' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          objectSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'envoy-gateway' } },
          reinvocationPolicy: 'IfNeeded',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          timeoutSeconds: 10,
          failurePolicy: 'Fail',
        },
      ],
    },
  ];
}

/** What Envoy Gateway has to know of us. @see https://gateway.envoyproxy.io/docs/api/extension_types/#envoygateway */
export function envoyGatewayConfig({ extension }: ControllerPorts): object {
  const everything = { includeAll: true };
  return {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'EnvoyGateway',
    gateway: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
    logging: { level: { default: 'info' } },
    provider: {
      type: 'Kubernetes',
      kubernetes: { leaderElection: { disable: true }, proxyTopologyInjector: { disabled: true } },
    },
    admin: { address: { host: '127.0.0.1', port: envoyGatewayAdminPort } },
    telemetry: { metrics: { prometheus: { disable: true } } },
    extensionApis: { enableBackend: true },
    extensionManager: {
      maxMessageSize: '256Mi',
      hooks: {
        xdsTranslator: {
          translation: {
            listener: everything,
            route: everything,
            cluster: everything,
            secret: everything,
          },
          post: ['Translation', 'Cluster', 'Route'],
        },
      },
      service: { fqdn: { hostname: 'localhost', port: extension } },
    },
  };
}
