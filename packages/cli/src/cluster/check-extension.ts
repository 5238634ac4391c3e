import type { KubeObject } from '@aigw/controller/kube';
import { parse } from 'yaml';

import { fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { firstLineOf } from '../doctor/run-check.ts';
import {
  type EnvoyGatewayNeeds,
  type ExtensionAddress,
  type ExtensionTls,
  referencesOf,
} from '../install/charts.ts';
import { type Fact, notRead } from './fact.ts';

type Fields = Readonly<Record<string, unknown>>;

const checked = { check: 'extension' } as const;
const configKey = 'envoy-gateway.yaml';
const fieldsOf = (value: unknown): Fields => Object(value) as Fields;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The part of the configuration that is about extensions, of the manager that is ours where there are several. */
interface Configured {
  readonly extensionApis: Fields;
  readonly manager: Fields;
}

/**
 * Whether Envoy Gateway is configured to call the gateway's extension server with all that it has to see.
 * @param needs - what the charts install it with, at the address where the controller is
 */
export function judgeExtension(
  config: Fact<KubeObject>,
  needs: EnvoyGatewayNeeds,
  address: ExtensionAddress,
): Finding[] {
  if (config.state === 'unread')
    return [notRead(checked, 'the ConfigMap envoy-gateway-config', config.reason)];
  const text = config.state === 'found' ? fieldsOf(config.value['data'])[configKey] : undefined;
  if (typeof text !== 'string') {
    const message = `Envoy Gateway has no ConfigMap envoy-gateway-config with ${configKey}`;
    return [fail(checked, { message, fix: 'install Envoy Gateway with its chart: aigw install does' })];
  }
  let parsed: Fields;
  try {
    parsed = fieldsOf(parse(text));
  } catch (thrown) {
    const message = `${configKey} is not YAML: ${firstLineOf(thrown)}`;
    return [fail(checked, { message, fix: 'correct the ConfigMap envoy-gateway-config' })];
  }
  const configured = findManager(parsed, address);
  const findings = [
    ...judgeRequired(configured, needs),
    ...judgeMessageSize(configured, needs),
    ...judgeService(fieldsOf(configured.manager['service']), address),
    ...judgeFailOpen(configured),
  ];
  return findings.length > 0 ? findings : [ok(checked, `Envoy Gateway calls ${toText(address)}`)];
}

const toText = ({ hostname, port }: ExtensionAddress): string => `${hostname}:${port}`;

function findManager(config: Fields, address: ExtensionAddress): Configured {
  const several = (config['extensionManagers'] ?? []) as readonly unknown[];
  const ours =
    several.map(fieldsOf).find(({ service }) => leadsTo(fieldsOf(service), address)) ??
    several.map(fieldsOf)[0];
  return {
    extensionApis: fieldsOf(config['extensionApis']),
    manager: fieldsOf(config['extensionManager'] ?? ours),
  };
}

/** Fields that are compared by rules of their own. */
const judgedApart = new Set(['extensionManager.maxMessageSize', 'extensionManager.service']);

/** What is wanted and not there: `path: value`, one for each leaf. */
function findDifferences(wanted: unknown, live: unknown, path: string): { path: string; value: unknown }[] {
  if (judgedApart.has(path)) return [];
  if (Array.isArray(wanted)) {
    const list: readonly unknown[] = Array.isArray(live) ? live : [];
    return wanted.filter((item) => !list.includes(item)).map((value: unknown) => ({ path, value }));
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted === live ? [] : [{ path, value: wanted }];
  return Object.entries(wanted).flatMap(([name, inner]) =>
    findDifferences(inner, fieldsOf(live)[name], `${path}.${name}`),
  );
}

function judgeRequired({ extensionApis, manager }: Configured, needs: EnvoyGatewayNeeds): Finding[] {
  return [
    ...findDifferences(needs.extensionApis, extensionApis, 'extensionApis'),
    ...findDifferences(needs.extensionManager, manager, 'extensionManager'),
  ].map(({ path, value }) =>
    fail(
      { ...checked, subject: path },
      { message: `${String(value)} is missing`, fix: setBy(`${path}: ${String(value)}`) },
    ),
  );
}

const setBy = (setting: string): string =>
  `set config.envoyGateway.${setting} in the values of Envoy Gateway's chart; aigw install does`;

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Bytes of a quantity as Kubernetes writes it; `undefined` for what is none. */
function parseQuantity(text: unknown): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([kMG]i?|Ki)?$/.exec(String(text)) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

function judgeMessageSize({ manager }: Configured, needs: EnvoyGatewayNeeds): Finding[] {
  const wanted = String(needs.extensionManager['maxMessageSize']);
  const given = manager['maxMessageSize'];
  if ((parseQuantity(given) ?? 0) >= (parseQuantity(wanted) ?? 0)) return [];
  return [
    warn(
      { ...checked, subject: 'extensionManager.maxMessageSize' },
      {
        message: `${given === undefined ? 'it is not set, which is 4M' : textOf(given)}: enough for some hundred routes, then changes stop arriving`,
        fix: setBy(`extensionManager.maxMessageSize: ${wanted}`),
      },
    ),
  ];
}

/** `name.namespace`, with or without what Kubernetes lets follow. */
function isSameHost(given: string, wanted: string): boolean {
  const [name, namespace] = wanted.split('.');
  const short = `${name ?? ''}.${namespace ?? ''}`;
  const host = given.toLowerCase().replace(/\.$/, '');
  return host === short || host === `${short}.svc` || host.startsWith(`${short}.svc.`);
}

function readService(service: Fields): { readonly host: unknown; readonly port: unknown } {
  const endpoint = fieldsOf(service['fqdn'] ?? service['ip']);
  return {
    host: endpoint['hostname'] ?? endpoint['address'] ?? service['host'],
    port: endpoint['port'] ?? service['port'],
  };
}

function leadsTo(service: Fields, address: ExtensionAddress): boolean {
  const { host, port } = readService(service);
  return typeof host === 'string' && isSameHost(host, address.hostname) && port === address.port;
}

function judgeService(service: Fields, address: ExtensionAddress): Finding[] {
  const subject = { ...checked, subject: 'extensionManager.service' };
  const { hostname, port } = address;
  const fix = setBy(`extensionManager.service.fqdn: { hostname: ${hostname}, port: ${port} }`);
  if (!leadsTo(service, address)) {
    const { host, port: givenPort } = readService(service);
    const given = host === undefined ? 'nowhere' : `to ${textOf(host)}:${textOf(givenPort)}`;
    return [
      fail(subject, { message: `it leads ${given}, and the controller is at ${toText(address)}`, fix }),
    ];
  }
  return judgeTls(service['tls'] ?? undefined, address.tls);
}

/** Both sides have to have TLS, or neither. */
function judgeTls(given: unknown, wanted: ExtensionTls | undefined): Finding[] {
  const subject = { ...checked, subject: 'extensionManager.service.tls' };
  if (wanted === undefined) {
    if (given === undefined) return [];
    return [
      fail(subject, {
        message: 'it asks for TLS, and the controller speaks none on this port',
        fix: "set controller.extension.tls.enabled=true in the values of the controller's chart, or remove config.envoyGateway.extensionManager.service.tls",
      }),
    ];
  }
  const fix = setBy(`extensionManager.service.tls: ${JSON.stringify(referencesOf(wanted))}`);
  const { certificateRef, clientCertificateRef } = fieldsOf(given);
  const trusted = fieldsOf(certificateRef)['name'];
  if (trusted === undefined) {
    return [
      fail(subject, { message: 'it names no certificateRef, and the controller speaks only TLS', fix }),
    ];
  }
  if (wanted.clientSecret !== undefined && fieldsOf(clientCertificateRef)['name'] === undefined) {
    const message = `it shows no certificate, and the controller asks for one that the authority of Secret ${wanted.clientSecret} has signed`;
    return [fail(subject, { message, fix })];
  }
  if (trusted === wanted.authoritySecret) return [];
  const message = `it trusts Secret ${textOf(trusted)}, and the controller writes its authority into ${wanted.authoritySecret}`;
  return [warn(subject, { message, fix })];
}

function judgeFailOpen({ manager }: Configured): Finding[] {
  if (manager['failOpen'] !== true) return [];
  return [
    warn(
      { ...checked, subject: 'extensionManager.failOpen' },
      {
        message: 'while the controller does not answer, routes are published without the external processor',
        fix: 'remove config.envoyGateway.extensionManager.failOpen: Envoy Gateway then keeps what it has published last',
      },
    ),
  ];
}
