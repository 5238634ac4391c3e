import type { ProblemLog } from './problem-log.ts';
import type { Located } from './resource-set.ts';

/** Where a proxy for requests to providers is. */
export interface ForwardProxy {
  /** An IP address: Envoy looks up no names of proxies. */
  readonly address: string;
  readonly port: number;
}

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const ipv6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+$/;

/** Reads `IP:port`; an IPv6 address stands in brackets. `undefined` for anything else. */
export function parseForwardProxy(text: string): ForwardProxy | undefined {
  const [, inBrackets, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535)) return undefined;
  if (inBrackets !== undefined) return ipv6.test(inBrackets) ? { address: inBrackets, port } : undefined;
  return plain !== undefined && ipv4.test(plain) ? { address: plain, port } : undefined;
}

/** The proxy of a Gateway's settings; one that Envoy would refuse is reported, and is `null`: there is no way out then. */
export function resolveForwardProxy(
  log: ProblemLog,
  config: Located<'GatewayConfig'>,
): ForwardProxy | null | undefined {
  const text = config.resource.spec.forwardProxy?.address;
  if (text === undefined) return undefined;
  const proxy = parseForwardProxy(text);
  if (proxy === undefined) {
    const expected = 'expected the IP address and port of the proxy, such as 10.0.0.5:3128 or [fd00::5]:3128';
    const message = `${expected}: Envoy looks up no names of proxies. Until then no request goes to a provider that is spoken to by TLS`;
    log.error(config, 'spec.forwardProxy.address', message);
    return null;
  }
  return proxy;
}
