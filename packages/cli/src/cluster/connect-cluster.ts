import { createApiClient, type KubeConfigChoice, loadKubeConfig } from '@aigw/controller/kube';

import { fail, type Finding, ok } from '../doctor/finding.ts';
import { firstLineOf } from '../doctor/run-check.ts';
import { type ClusterReader, createClusterReader, type ReaderLimits } from './cluster-reader.ts';
import { type Fact, mapFact } from './fact.ts';

/** A cluster that answers, or why there is none. */
export interface Connection {
  /** What is to be said of its API server. */
  readonly finding: Finding;
  /** There unless the finding is a failure. */
  readonly reader?: ClusterReader;
  /** Of its API server, such as `v1.36.2`. */
  readonly version?: string;
}

interface ServerVersion {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
}

const checked = { check: 'api-server' } as const;
const [oldestMajor, oldestMinor] = [1, 29];

/** Reads the kubeconfig and asks the API server for its version. */
export async function connectCluster(choice: KubeConfigChoice, limits: ReaderLimits): Promise<Connection> {
  try {
    const config = await loadKubeConfig(choice);
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) return { finding: noCluster };
    const reader = createClusterReader(createApiClient(config), limits);
    const version = mapFact(await reader.get('/version'), (answer) => Object(answer) as ServerVersion);
    const finding = judgeApiServer(server, version);
    if (finding.status === 'fail' || version.state !== 'found') return { finding };
    return { finding, reader, version: version.value.gitVersion };
  } catch (thrown) {
    return { finding: fail(checked, { message: firstLineOf(thrown), fix: kubeconfigFix }) };
  }
}

const kubeconfigFix =
  'name a file with --kubeconfig or KUBECONFIG, and one of its contexts with --context (kubectl config get-contexts shows them)';

const noCluster = fail(checked, {
  message: 'the kubeconfig has no current context',
  fix: kubeconfigFix,
});

/** Whether the API server can be spoken to, and is new enough. */
export function judgeApiServer(server: string, version: Fact<ServerVersion>): Finding {
  if (version.state !== 'found') {
    const reason = version.state === 'unread' ? version.reason : 'it does not know its version';
    return fail(checked, {
      message: `${server}: ${reason}`,
      fix: 'check that kubectl get --raw /version works: the network, a VPN, an expired login; or choose another --context',
    });
  }
  const { gitVersion, major, minor } = version.value;
  // Some services write `29+`.
  const [majorNumber, minorNumber] = [Number.parseInt(major, 10), Number.parseInt(minor, 10)];
  const isOld = majorNumber < oldestMajor || (majorNumber === oldestMajor && minorNumber < oldestMinor);
  if (!isOld) return ok(checked, `${gitVersion} at ${server}`);
  return fail(checked, {
    message: `${gitVersion} at ${server} is too old: ${oldestMajor}.${oldestMinor} or newer is needed`,
    fix: 'upgrade the cluster',
  });
}
