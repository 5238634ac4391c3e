import { keyOfMetadata, type KubeObject } from '@aigw/controller/kube';

import { type Checked, fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { judgeCredentials } from './check-credential-log.ts';
import { conditionsOf } from './conditions.ts';
import { notRead, valueOf } from './fact.ts';
import type { GatewayFacts, ProxyFacts } from './gather-gateways.ts';

/** Whether a Gateway has proxies, each of them with a sidecar that is ready and has the configuration in force. */
export function judgeProxies({ key, gateway, proxies, filterConfig }: GatewayFacts): Finding[] {
  const checked = { check: 'proxy', subject: key } as const;
  if (proxies.state === 'unread') return [notRead(checked, 'its pods', proxies.reason)];
  const list = valueOf(proxies) ?? [];
  if (list.length === 0) {
    const message = 'Envoy Gateway runs no proxy for it';
    const fix = `see the finding about the Gateway, and its events: kubectl describe gateway --namespace ${gateway.metadata.namespace ?? ''} ${gateway.metadata.name}`;
    return [fail(checked, { message, fix })];
  }
  const uuid = valueOf(filterConfig.index)?.uuid;
  return list.flatMap((proxy) => [judgeProxy(proxy, uuid), ...judgeCredentials(proxy)]);
}

const subjectOf = ({ pod }: ProxyFacts): Checked => ({
  check: 'proxy',
  subject: keyOfMetadata(pod.metadata),
});

function judgeProxy(proxy: ProxyFacts, uuid: string | undefined): Finding {
  const checked = subjectOf(proxy);
  const { name, namespace = '' } = proxy.pod.metadata;
  if (!proxy.hasSidecar) {
    return fail(checked, {
      message: 'it has no sidecar: it answers AI routes with an error',
      fix: `once the webhook is in order, kubectl delete pod --namespace ${namespace} ${name}`,
    });
  }
  const trouble = findPodTrouble(proxy.pod);
  if (trouble !== undefined) {
    return fail(checked, {
      message: `it is not ready: ${trouble}`,
      fix: `look at kubectl describe pod --namespace ${namespace} ${name}, and at the log of its containers`,
    });
  }
  return judgeConfigInForce(checked, proxy, uuid);
}

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

/** A container that waits says more than the condition of its pod. */
function findPodTrouble(pod: KubeObject): string | undefined {
  const condition = conditionsOf(pod).find(({ type }) => type === 'Ready');
  if (condition?.status === 'True') return undefined;
  const { containerStatuses = [], initContainerStatuses = [] } = Object(pod['status']) as {
    containerStatuses?: readonly ContainerStatus[];
    initContainerStatuses?: readonly ContainerStatus[];
  };
  const waiting = [...initContainerStatuses, ...containerStatuses].find(
    ({ state }) => state?.waiting?.reason,
  );
  if (waiting === undefined) return condition?.message ?? 'nothing is known of it yet';
  const { reason = '', message } = waiting.state?.waiting ?? {};
  return `${waiting.name}: ${reason}${message === undefined ? '' : `: ${message}`}`;
}

function judgeConfigInForce(checked: Checked, { metrics }: ProxyFacts, uuid: string | undefined): Finding {
  if (metrics.state !== 'found') {
    // Not a trouble of the proxy: the right pods/proxy is rare, and some API servers reach no pod.
    const reason = metrics.state === 'unread' ? metrics.reason : 'it has no /metrics';
    return ok(checked, `ready; its sidecar was not asked which configuration it has: ${reason}`);
  }
  const used = /^aigw_config_info\{[^}]*uuid="([^"]*)"[^}]*\} 1/m.exec(metrics.value)?.[1];
  if (used === undefined) {
    return fail(checked, {
      message: 'its sidecar has taken no configuration yet',
      fix: 'its log says why (kubectl logs, container of the sidecar)',
    });
  }
  if (uuid === undefined || used === uuid) return ok(checked, 'ready, with the configuration in force');
  return warn(checked, {
    message: `its sidecar uses configuration ${used}, and the Secrets have ${uuid}`,
    fix: 'wait two seconds; if it stays, its log says why it was refused (aigw_config_reloads_total counts it)',
  });
}
