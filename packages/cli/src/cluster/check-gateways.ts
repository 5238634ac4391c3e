import type { KubeObject } from '@aigw/controller/kube';

import { fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { judgeProxies } from './check-proxies.ts';
import { conditionsOf } from './conditions.ts';
import { type Fact, notRead, valueOf } from './fact.ts';
import type { FilterConfigFacts } from './filter-config-facts.ts';
import type { GatewayFacts } from './gather-gateways.ts';

/** Whether each Gateway with AI routes is programmed, has its configuration, and proxies that use it. */
export function judgeGateways(
  gateways: Fact<readonly GatewayFacts[]>,
  routes: Fact<readonly KubeObject[]>,
): Finding[] {
  const checked = { check: 'gateway' } as const;
  if (gateways.state === 'unread') return [notRead(checked, 'the Gateways', gateways.reason)];
  if (routes.state === 'unread') return [notRead(checked, 'which Gateways have AI routes', routes.reason)];
  const list = valueOf(gateways) ?? [];
  if (list.length > 0) {
    return list.flatMap((facts) => [
      judgeGateway(facts),
      judgeFilterConfig(facts.key, facts.filterConfig),
      ...judgeProxies(facts),
    ]);
  }
  return [ok(checked, 'no Gateway has AI routes yet; examples/basic has them')];
}

const envoyGatewayController = 'gateway.envoyproxy.io/gatewayclass-controller';

function judgeGateway({ key, gateway, gatewayClass }: GatewayFacts): Finding {
  const checked = { check: 'gateway', subject: key } as const;
  const { gatewayClassName = '' } = Object(gateway['spec']) as { gatewayClassName?: string };
  if (gatewayClass.state === 'missing') {
    const message = `its GatewayClass ${gatewayClassName} does not exist`;
    return fail(checked, { message, fix: `create it, with controllerName: ${envoyGatewayController}` });
  }
  const classTrouble = findFalse(valueOf(gatewayClass), ['Accepted']);
  if (classTrouble !== undefined) {
    return fail(checked, {
      message: `GatewayClass ${gatewayClassName}: ${classTrouble}`,
      fix: `its controllerName has to be the one of Envoy Gateway, as a rule ${envoyGatewayController}`,
    });
  }
  const trouble = findFalse(gateway, ['Accepted', 'Programmed']);
  if (trouble === undefined) return ok(checked, `programmed, of class ${gatewayClassName}`);
  return fail(checked, {
    message: trouble,
    fix: 'change what the message names; AddressNotAssigned means that the Service of the proxies has no address yet: a cluster without load balancers needs one, or Service type ClusterIP in an EnvoyProxy',
  });
}

/** The first of some conditions that is not true, in words. */
function findFalse(object: KubeObject | undefined, types: readonly string[]): string | undefined {
  if (object === undefined) return undefined;
  const conditions = conditionsOf(object);
  const troubles = types.flatMap((type) => {
    const condition = conditions.find((one) => one.type === type);
    if (condition === undefined) return [`it has no condition ${type}: Envoy Gateway has not looked at it`];
    const { status, reason, message } = condition;
    return status === 'True' ? [] : [`${type}=${status} (${reason}): ${message}`];
  });
  return troubles[0];
}

function judgeFilterConfig(key: string, { secret, index, parts, digest }: FilterConfigFacts): Finding {
  const checked = { check: 'filter-config', subject: key } as const;
  const again = `kubectl delete secret --namespace ${secret.replace('/', ' ')}: the controller writes all of it again`;
  if (index.state === 'unread') return notRead(checked, `its Secret ${secret}`, index.reason);
  if (index.state === 'missing') {
    return fail(checked, {
      message: `there is no Secret ${secret}, without which its proxies do not start`,
      fix: 'the controller writes it: see the findings about the controller; its log says why it could not',
    });
  }
  if (index.value === undefined)
    return fail(checked, { message: `Secret ${secret} holds no index`, fix: again });
  const unreadPart = parts.find(({ state }) => state === 'unread');
  if (unreadPart?.state === 'unread') return notRead(checked, `a part of ${secret}`, unreadPart.reason);
  const wanted = index.value.parts;
  const bad = wanted.findIndex(({ sizeBytes }, part) => {
    const fact = parts[part];
    return fact === undefined || valueOf(fact) !== sizeBytes;
  });
  if (bad >= 0) {
    const what = parts[bad]?.state === 'found' ? 'has another size than its index says' : 'is missing';
    return fail(checked, { message: `part ${bad} of Secret ${secret} ${what}`, fix: again });
  }
  if (digest !== index.value.checksum)
    return fail(checked, {
      message: `the parts of Secret ${secret} do not have the checksum of its index`,
      fix: again,
    });
  const bytes = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return bytes > roomBytes
    ? warn(checked, {
        message: `${bytes} bytes, of ${maxBytes} at most`,
        fix: 'spread the routes over several Gateways',
      })
    : ok(
        checked,
        `${bytes} bytes in ${wanted.length} ${wanted.length === 1 ? 'part' : 'parts'}, as its index says`,
      );
}

/** Eight parts of 700 KiB. */
const maxBytes = 8 * 700 * 1024;
const roomBytes = maxBytes * 0.8;
