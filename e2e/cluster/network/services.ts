import type { KubeApi, KubeObject } from '../kube-api.ts';
import { followObjects } from '../follow-objects.ts';
import { isIPv4 } from 'node:net';
import type { FindAddresses } from './name-server.ts';
import { type Listening, startRelay, type Target } from './relay.ts';

/** The network of Services: what a cluster has in kube-proxy, in its DNS and in a cloud's load balancer. */
export interface ServiceNetwork extends Listening {
  /** Addresses of `SERVICE.NAMESPACE.svc`, with or without `.cluster.local`. */
  readonly findAddresses: FindAddresses;
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
}

interface EndpointSlice {
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean };
      }[]
    | null;
  readonly ports?: readonly { readonly name?: string; readonly port: number }[] | null;
}

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const readyAddresses = ({ endpoints }: EndpointSlice): string[] =>
  (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses);

/** The pods behind a port of a Service, each time another one first. */
function targetsOf(slices: readonly KubeObject[], { name = '' }: ServicePort, turn: number): Target[] {
  const all = slices.flatMap((slice) => {
    // A slice without endpoints has no ports.
    const port = (slice as EndpointSlice).ports?.find((candidate) => (candidate.name ?? '') === name)?.port;
    if (port === undefined) return [];
    return readyAddresses(slice as EndpointSlice).map((address) => ({ address, port }));
  });
  const start = all.length === 0 ? 0 : turn % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

const ingressOf = (service: KubeObject): string | undefined =>
  service['status']?.loadBalancer?.ingress?.[0]?.ip as string | undefined;

function ownAddresses(service: KubeObject): string[] {
  const addresses = [service['spec'].clusterIP as string | undefined, ingressOf(service)];
  return addresses.filter((address) => address !== undefined && isIPv4(address)) as string[];
}

/** The first address of load balancers that no Service has. */
function freeAddress(services: readonly KubeObject[]): string {
  const taken = new Set(services.map(ingressOf));
  for (let number = 1; ; number += 1) {
    const address = `10.98.0.${number}`;
    if (!taken.has(address)) return address;
  }
}

/** Follows Services and EndpointSlices; connections to the address of a Service go to its ready pods. */
export function startServiceNetwork(api: KubeApi, problems: string[]): ServiceNetwork {
  const relays = new Map<string, Promise<Listening>>();
  let turn = 0;

  const targets = (key: string, portNumber: number): Target[] => {
    const service = services.all().find((candidate) => keyOf(candidate) === key);
    const ports = (service?.['spec']?.ports ?? []) as readonly ServicePort[];
    const port = ports.find((candidate) => candidate.port === portNumber);
    turn += 1;
    return port === undefined ? [] : targetsOf(slicesOf(key), port, turn);
  };

  const startMissing = (): Set<string> => {
    const wanted = new Set<string>();
    for (const service of services.all()) {
      const ports = (service['spec'].ports ?? []) as readonly ServicePort[];
      for (const address of ownAddresses(service)) {
        for (const { port, protocol = 'TCP' } of ports) {
          if (protocol !== 'TCP') continue;
          const place = `${keyOf(service)} ${address}:${port}`;
          wanted.add(place);
          if (relays.has(place)) continue;
          const relay = startRelay({ address, port }, () => targets(keyOf(service), port));
          relay.catch((error: unknown) => {
            relays.delete(place);
            problems.push(`${place}: ${String(error)}`);
          });
          relays.set(place, relay);
        }
      }
    }
    return wanted;
  };

  const assignAddress = async (): Promise<void> => {
    const waiting = services
      .all()
      .find((service) => service['spec'].type === 'LoadBalancer' && ingressOf(service) === undefined);
    if (waiting === undefined) return;
    const { namespace = '', name } = waiting.metadata;
    const path = `/api/v1/namespaces/${namespace}/services/${name}/status`;
    const status = { loadBalancer: { ingress: [{ ip: freeAddress(services.all()) }] } };
    await api.request('PATCH', path, { status }, 'application/merge-patch+json');
  };

  const bringUp = (): void => {
    const wanted = startMissing();
    for (const [place, relay] of relays) {
      if (wanted.has(place)) continue;
      relays.delete(place);
      void relay.then((listening) => listening.stop());
    }
    // One at a time: the answer is a change, and that brings the next.
    assigning = assigning.then(assignAddress).catch((error: unknown) => {
      problems.push(`load balancer: ${String(error)}`);
    });
  };

  let assigning = Promise.resolve();
  const services = followObjects(api, '/api/v1/services', bringUp);
  const slices = followObjects(api, '/apis/discovery.k8s.io/v1/endpointslices', () => undefined);
  const slicesOf = (key: string): KubeObject[] =>
    slices
      .all()
      .filter(
        ({ metadata }) =>
          `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}` === key,
      );

  return {
    findAddresses: (host) => {
      const [, name = '', namespace = ''] = /^([^.]+)\.([^.]+)\.svc(?:\.cluster\.local)?$/.exec(host) ?? [];
      const key = `${namespace}/${name}`;
      const service = services.all().find((candidate) => keyOf(candidate) === key);
      if (service === undefined) return undefined;
      const clusterIp = service['spec'].clusterIP as string | undefined;
      if (clusterIp !== undefined && isIPv4(clusterIp)) return [clusterIp];
      return slicesOf(key).flatMap((slice) => readyAddresses(slice as EndpointSlice));
    },
    stop: async () => {
      await Promise.all([services.stop(), slices.stop()]);
      await assigning;
      await Promise.all([...relays.values()].map(async (relay) => (await relay).stop()));
    },
  };
}
