import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type Answer, postJson } from './post.ts';
import { type ProcessCluster, startProcessCluster, withMockCredentials } from './process-cluster.ts';

/** Two models of the examples. */
export const llama = 'us.meta.llama3-2-1b-instruct-v1:0';
export const claude = 'claude-sonnet-4-5';

/** A cluster with examples in it, and a user of it. */
export interface Examples {
  readonly cluster: ProcessCluster;
  readonly apply: (yaml: string) => Promise<string>;
  /** Asks for a chat completion, at the Gateway or at the address of one proxy. */
  readonly ask: (model: string, url?: string) => Promise<Answer>;
  /** Asks until there is an answer. */
  readonly untilAnswer: (model: string, url?: string) => Promise<Answer>;
}

/** An example as its user applies it, with the credentials of the mock. */
export const exampleOf = (name: string): string =>
  withMockCredentials(readFileSync(join(repositoryRoot, 'examples/basic', name), 'utf8'));

/** One object of an example. */
export const objectOf = (name: string, kind: string): string =>
  exampleOf(name)
    .split(/^---$/m)
    .find((document) => new RegExp(`^kind: ${kind}$`, 'm').test(document)) ?? '';

/** A user of a cluster. */
export function createExamples(cluster: ProcessCluster): Examples {
  const apply = (yaml: string): Promise<string> => cluster.server.mustKubectl(['apply', '-f', '-'], yaml);
  const ask = (model: string, url = cluster.url): Promise<Answer> =>
    postJson(`${url}/v1/chat/completions`, { model, messages: [{ role: 'user', content: 'Hi' }] });
  const untilAnswer = async (model: string, url?: string): Promise<Answer> => {
    const attempt = async (): Promise<Answer | undefined> => {
      const answer = await ask(model, url).catch(() => undefined);
      return answer?.status === 200 ? answer : undefined;
    };
    return waitUntil(`an answer of ${model}`, attempt, { withinMs: 120_000 }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
    });
  };
  return { cluster, apply, ask, untilAnswer };
}

/** Starts a cluster and applies these examples, whose models then answer. */
export async function startExamples(
  ...examples: readonly [file: string, model: string][]
): Promise<Examples> {
  const cluster = await startProcessCluster();
  try {
    const user = createExamples(cluster);
    for (const [file] of examples) await user.apply(exampleOf(file));
    for (const [, model] of examples) await user.untilAnswer(model);
    return user;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** An AIGatewayRoute of the Gateway of the examples. */
export const route = (name: string, rules: readonly object[]): string =>
  JSON.stringify({
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'AIGatewayRoute',
    metadata: { name, namespace: 'default' },
    spec: {
      parentRefs: [{ name: 'envoy-ai-gateway-basic', kind: 'Gateway', group: 'gateway.networking.k8s.io' }],
      rules,
    },
  });

/** A rule for one model. */
export const rule = (model: string, ...backendRefs: readonly object[]): object => ({
  matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: model }] }],
  backendRefs,
});

/** The backends of the examples. */
export const bedrock = { name: 'envoy-ai-gateway-basic-aws' };
export const anthropic = { name: 'envoy-ai-gateway-basic-anthropic' };

/** The example's Gateway with another number of proxies. */
export const proxyReplicas = (replicas: number): string =>
  JSON.stringify({
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'EnvoyProxy',
    metadata: { name: 'envoy-ai-gateway-basic', namespace: 'default' },
    spec: {
      logging: { level: { default: 'warn' } },
      // Proxies that end wait for their clients; ten seconds at least, unless they are told less.
      shutdown: { minDrainDuration: '1s', drainTimeout: '10s' },
      provider: { type: 'Kubernetes', kubernetes: { envoyDeployment: { replicas } } },
    },
  });
