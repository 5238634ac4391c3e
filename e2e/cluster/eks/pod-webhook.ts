import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ApiServer } from '../api-server.ts';
import type { KubeObject } from '../kube-api.ts';
import type { PodSpec } from '../kubelet/pod-spec.ts';
import { nodeAddress, podIdentityAddress } from '../network/node-network.ts';
import { audiences } from './token-exchange.ts';

/** EKS's webhook, which gives pods of some ServiceAccounts what AWS's clients look for. */
export interface PodWebhook {
  stop(): Promise<void>;
}

/** How it is set up. */
export interface PodWebhookOptions {
  /** Webhooks are called in the order of the names of their configurations. */
  readonly name: string;
  /** ServiceAccounts, `NAMESPACE/NAME`, that a role has been associated with for Pod Identity. */
  readonly associated?: readonly string[];
}

type Spec = PodSpec & Record<string, unknown>;

interface Identity {
  readonly volume: string;
  readonly folder: string;
  readonly file: string;
  readonly audience: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @see https://github.com/aws/amazon-eks-pod-identity-webhook */
const roleIdentity = (roleArn: string): Identity => ({
  volume: 'aws-iam-token',
  folder: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  file: 'token',
  audience: audiences.sts,
  env: {
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_REGION: 'us-east-1',
    AWS_ROLE_ARN: roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
  },
});

const podIdentity: Identity = {
  volume: 'eks-pod-identity-token',
  folder: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
  file: 'eks-pod-identity-token',
  audience: audiences.podIdentity,
  env: {
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_REGION: 'us-east-1',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${podIdentityAddress}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
      '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
  },
};

const withNew = <T extends { readonly name: string }>(list: readonly T[] = [], ...more: T[]): T[] => [
  ...list,
  ...more.filter(({ name }) => !list.some((present) => present.name === name)),
];

/** Everything that is there already is left as it is, so that it may be called again. */
function addIdentity(spec: Spec, { volume, folder, file, audience, env }: Identity): Spec {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  const mount = { name: volume, mountPath: folder, readOnly: true };
  const token = { audience, expirationSeconds: 86_400, path: file };
  const add = (containers: PodSpec['containers'] = []): PodSpec['containers'] =>
    containers.map((container) => ({
      ...container,
      env: withNew(container.env, ...variables),
      volumeMounts: withNew(container.volumeMounts, mount),
    }));
  return {
    ...spec,
    containers: add(spec.containers),
    ...(spec.initContainers && { initContainers: add(spec.initContainers) }),
    volumes: withNew(spec.volumes, {
      name: volume,
      projected: { sources: [{ serviceAccountToken: token }] },
    }),
  };
}

async function findIdentity(
  { api }: ApiServer,
  namespace: string,
  account: string,
  associated: readonly string[],
): Promise<Identity | undefined> {
  if (associated.includes(`${namespace}/${account}`)) return podIdentity;
  const { body } = await api.request('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}`);
  const roleArn = body.metadata.annotations?.['eks.amazonaws.com/role-arn'];
  return roleArn === undefined ? undefined : roleIdentity(roleArn);
}

interface Review {
  readonly request: { readonly uid: string; readonly namespace: string; readonly object: KubeObject };
}

async function readReview(incoming: IncomingMessage): Promise<Review> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Review;
}

async function answerReview(
  server: ApiServer,
  { request: { uid, namespace, object } }: Review,
  associated: readonly string[],
): Promise<object> {
  const spec = object['spec'] as Spec;
  const account = spec.serviceAccountName ?? 'default';
  const identity = await findIdentity(server, namespace, account, associated);
  const patch = identity && [{ op: 'replace', path: '/spec', value: addIdentity(spec, identity) }];
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      }),
    },
  };
}

function configurationOf(server: ApiServer, name: string, port: number): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'iam-for-pods.amazonaws.com',
        clientConfig: {
          url: `https://${nodeAddress}:${port}/mutate`,
          caBundle: readFileSync(server.authority.certificate).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        failurePolicy: 'Ignore',
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

/** Starts it and makes it known to the API server. */
export async function startPodWebhook(
  server: ApiServer,
  { name, associated = [] }: PodWebhookOptions,
): Promise<PodWebhook> {
  const { certificate, key } = server.authority.issue('eks-webhook', [nodeAddress]);
  const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
  const https = createServer(tls, (incoming, response) => {
    readReview(incoming)
      .then((review) => answerReview(server, review, associated))
      .then(
        (answer) => response.end(JSON.stringify(answer)),
        () => response.destroy(),
      );
  });
  await new Promise<void>((resolve) => https.listen(0, nodeAddress, resolve));
  const configuration = configurationOf(server, name, (https.address() as AddressInfo).port);
  await server.mustKubectl(['apply', '-f', '-'], JSON.stringify(configuration));
  return {
    stop: async () => {
      await server.mustKubectl(['delete', 'mutatingwebhookconfiguration', name]);
      https.closeAllConnections();
      await new Promise<void>((resolve) => https.close(() => resolve()));
    },
  };
}
