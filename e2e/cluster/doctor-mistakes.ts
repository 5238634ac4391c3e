import { envoyGatewayNamespace, ownNamespace } from './charts.ts';
import type { KubeApi, KubeObject } from './kube-api.ts';

/** Takes a mistake back. */
export type Planted = () => Promise<unknown>;

/** Something that is wrong with an installation, and what the doctor says of it. */
export interface Mistake {
  readonly name: string;
  readonly plant: () => Promise<Planted>;
  readonly check: string;
  readonly message: RegExp;
}

/** Asked late: tables of tests are made before there is a cluster. */
type Api = () => KubeApi;

async function must(api: Api, method: string, path: string, body?: object): Promise<KubeObject> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const answer = await api().request(method, path, body, type);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const collectionOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Changes an object by a merge patch; taken back, it is as it was. */
export const replaced =
  (api: Api, path: string, change: (object: KubeObject) => object) => async (): Promise<Planted> => {
    const before = await must(api, 'GET', path);
    await must(api, 'PATCH', path, change(before));
    return async () => {
      const { resourceVersion } = (await must(api, 'GET', path)).metadata;
      return must(api, 'PUT', path, { ...before, metadata: { ...before.metadata, resourceVersion } });
    };
  };

/** Removes an object; taken back, there is one like it. */
export const removed = (api: Api, path: string) => async (): Promise<Planted> => {
  const { metadata, ...rest } = await must(api, 'GET', path);
  await must(api, 'DELETE', path);
  const { name, namespace, labels, annotations } = metadata;
  const body = { ...rest, metadata: { name, namespace, labels, annotations } };
  return () => must(api, 'POST', collectionOf(path), body);
};

const added = (api: Api, path: string, object: object) => async (): Promise<Planted> => {
  const metadata = { name: path.slice(path.lastIndexOf('/') + 1) };
  await must(api, 'POST', collectionOf(path), { metadata, ...object });
  return () => must(api, 'DELETE', path);
};

/** Plants one after another. @returns what takes them back in the opposite order */
export async function plantAll(mistakes: readonly Mistake[]): Promise<Planted> {
  const planted: Planted[] = [];
  for (const { plant } of mistakes) planted.unshift(await plant());
  return async () => {
    for (const takeBack of planted) await takeBack();
  };
}

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const ofOwnKinds = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default';
const core = '/api/v1/namespaces';

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly schema: { openAPIV3Schema: { properties: { spec: { properties: Record<string, unknown> } } } };
}

const versionsWith = (
  { spec }: KubeObject,
  name: string,
  change: (version: Version) => Version,
): { spec: { versions: Version[] } } => ({
  spec: {
    versions: (spec.versions as Version[]).map((version) =>
      version.name === name ? change(structuredClone(version)) : version,
    ),
  },
});

function definitionMistakes(api: Api): readonly Mistake[] {
  return [
    {
      name: 'a definition without one of its versions',
      plant: replaced(api, `${definitions}/quotapolicies.aigateway.envoyproxy.io`, (definition) =>
        versionsWith(definition, 'v1alpha1', (version) => ({ ...version, served: false })),
      ),
      check: 'definitions',
      message: /v1alpha1 is not served/,
    },
    {
      name: 'a definition of an older version',
      plant: replaced(api, `${definitions}/aiservicebackends.aigateway.envoyproxy.io`, (definition) =>
        versionsWith(definition, 'v1beta1', (version) => {
          delete version.schema.openAPIV3Schema.properties.spec.properties['modelFamily'];
          return version;
        }),
      ),
      check: 'definitions',
      message: /v1beta1 does not know spec\.modelFamily/,
    },
  ];
}

const changeConfig = (api: Api, from: RegExp | string, to: string): Mistake['plant'] =>
  replaced(api, `${core}/${envoyGatewayNamespace}/configmaps/envoy-gateway-config`, ({ data }) => ({
    data: { 'envoy-gateway.yaml': (data['envoy-gateway.yaml'] as string).replace(from, to) },
  }));

function extensionMistakes(api: Api): readonly Mistake[] {
  return [
    {
      name: 'Backends that are not enabled',
      plant: changeConfig(api, 'enableBackend: true', 'enableBackend: false'),
      check: 'extension',
      message: /^true is missing$/,
    },
    {
      name: 'a hook that is not called',
      plant: changeConfig(api, '- Translation', '- HTTPListener'),
      check: 'extension',
      message: /^Translation is missing$/,
    },
    {
      name: 'another port of the extension server',
      plant: changeConfig(api, 'port: 1063', 'port: 1073'),
      check: 'extension',
      message: /^it leads to ai-gateway-controller\..*:1073, and the controller is at .*:1063$/,
    },
    {
      name: 'a Service that selects nobody',
      plant: replaced(api, `${core}/${ownNamespace}/services/ai-gateway-controller`, () => ({
        spec: { selector: { 'app.kubernetes.io/component': 'nobody' } },
      })),
      check: 'controller',
      message: /^none of its \d+ endpoints is ready$/,
    },
  ];
}

function resourceMistakes(api: Api): readonly Mistake[] {
  const backendRef = { name: 'none', kind: 'Backend', group: 'gateway.envoyproxy.io' };
  return [
    {
      name: 'a route to a backend that is not there',
      plant: replaced(api, `${ofOwnKinds}/aigatewayroutes/envoy-ai-gateway-basic-aws`, () => ({
        spec: { rules: [{ backendRefs: [{ name: 'none' }] }] },
      })),
      check: 'resource',
      message: /ResolvedRefs=False.*\(BackendNotFound\)/,
    },
    {
      name: 'a backend of a provider that is not served',
      plant: added(api, `${ofOwnKinds}/aiservicebackends/cohere`, {
        apiVersion: 'aigateway.envoyproxy.io/v1beta1',
        kind: 'AIServiceBackend',
        spec: { schema: { name: 'Cohere' }, backendRef },
      }),
      check: 'resource',
      message: /Accepted=False.*\(Unsupported\)/,
    },
    {
      name: 'a Gateway of a class that nobody serves',
      plant: replaced(
        api,
        '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/envoy-ai-gateway-basic',
        () => ({ spec: { gatewayClassName: 'none' } }),
      ),
      check: 'gateway',
      message: /^its GatewayClass none does not exist$/,
    },
  ];
}

/** What Envoy AI Gateway's own chart leaves, where it was not removed. */
function leftoverMistakes(api: Api): readonly Mistake[] {
  const labels = { 'app.kubernetes.io/name': 'ai-gateway-helm' };
  const container = { name: 'ai-gateway-helm', image: 'docker.io/envoyproxy/ai-gateway-controller:v1.1.0' };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return [
    {
      name: "Envoy AI Gateway's own controller",
      plant: added(api, '/apis/apps/v1/namespaces/default/deployments/aieg', {
        metadata: { name: 'aieg', labels },
        spec: { replicas: 0, selector: { matchLabels: labels }, template },
      }),
      check: 'leftover',
      message: /write over each other/,
    },
    {
      name: 'its webhook',
      plant: added(
        api,
        '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/envoy-ai-gateway-gateway-pod-mutator.default',
        { webhooks: [] },
      ),
      check: 'leftover',
      message: /^it changes the pods of proxies as well/,
    },
    {
      name: 'its lease',
      plant: added(
        api,
        '/apis/coordination.k8s.io/v1/namespaces/default/leases/envoy-ai-gateway-controller',
        { spec: {} },
      ),
      check: 'leftover',
      message: /^it is that of Envoy AI Gateway's own controller/,
    },
    {
      name: 'its filter configuration',
      plant: added(api, `/api/v1/namespaces/${envoyGatewayNamespace}/secrets/gone-default`, {
        data: { 'filter-config.yaml': '' },
      }),
      check: 'leftover',
      message: /^Envoy AI Gateway v1\.1 has left its configurations, .*: gone-default$/,
    },
  ];
}

/** Mistakes that can all be there at once. */
export const createMistakes = (api: Api): readonly Mistake[] => [
  ...definitionMistakes(api),
  ...extensionMistakes(api),
  ...resourceMistakes(api),
  ...leftoverMistakes(api),
];
