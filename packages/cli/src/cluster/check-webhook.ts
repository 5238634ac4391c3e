import { type KubeObject, resourceTypes } from '@aigw/controller/kube';
import { X509Certificate } from 'node:crypto';

import { type Checked, fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { type ClusterReader, clusterTypes, pathOf } from './cluster-reader.ts';
import { type Fact, notRead, valueOf } from './fact.ts';
import type { Installation } from './installation.ts';

/** What the API server has to know to call the webhook, and what the webhook shows it. */
export interface WebhookFacts {
  readonly installation: Installation;
  readonly configuration: Fact<KubeObject>;
  /** The Secret with the certificate. */
  readonly secret: Fact<KubeObject>;
  readonly now: number;
}

interface Webhook {
  readonly name: string;
  readonly failurePolicy?: string;
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly url?: string;
    readonly service?: {
      readonly name: string;
      readonly namespace: string;
      readonly port?: number;
      readonly path?: string;
    };
  };
}

const checked = { check: 'webhook' } as const;
const day = 24 * 60 * 60 * 1000;
/** The controller makes a new certificate a month before the end of the last one. */
const renewalIsLate = 14 * day;

/** Reads the configuration and the certificate. */
export async function gatherWebhook(
  reader: ClusterReader,
  installation: Installation,
): Promise<Omit<WebhookFacts, 'now'>> {
  const { webhookConfiguration, certificateSecret, namespace } = installation;
  const [configuration, secret] = await Promise.all([
    reader.get(pathOf(clusterTypes.MutatingWebhookConfiguration, webhookConfiguration)),
    reader.get(pathOf(resourceTypes.Secret, certificateSecret, namespace)),
  ]);
  return { installation, configuration, secret };
}

/** Whether new pods of proxies get their sidecar: the API server must find the webhook, and trust it. */
export function judgeWebhook(facts: WebhookFacts): Finding[] {
  const { installation, configuration } = facts;
  const subject = { ...checked, subject: installation.webhookConfiguration };
  if (configuration.state === 'unread')
    return [
      notRead(subject, 'the MutatingWebhookConfiguration', configuration.reason),
      judgeCertificate(facts, ''),
    ];
  if (configuration.state === 'missing') {
    const message = 'no such MutatingWebhookConfiguration: new proxies get no sidecar';
    return [fail(subject, { message, fix: 'run aigw install, then restart the proxies' })];
  }
  const [webhook] = (configuration.value['webhooks'] ?? []) as readonly Webhook[];
  if (webhook === undefined)
    return [
      fail(subject, { message: 'it has no webhook', fix: 'run aigw install, then restart the proxies' }),
    ];
  const { caBundle = '' } = webhook.clientConfig;
  return [
    judgeClient(subject, webhook, installation),
    judgeBundle(facts, caBundle),
    judgeCertificate(facts, caBundle),
  ];
}

function judgeClient(subject: Checked, { clientConfig }: Webhook, installation: Installation): Finding {
  const { namespace, flags } = installation;
  const wanted = `${namespace}/${flags.serviceName}:${flags.webhookPort}/mutate`;
  const { service, url } = clientConfig;
  const given =
    service === undefined
      ? (url ?? 'nowhere')
      : `${service.namespace}/${service.name}:${service.port ?? 443}${service.path ?? ''}`;
  if (given === wanted) return ok(subject, `calls ${wanted}`);
  return fail(subject, {
    message: `it calls ${given}, and the controller's webhook is ${wanted}`,
    fix: 'run aigw install; where Envoy AI Gateway has left its own, uninstall that first',
  });
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

function dataOf(secret: Fact<KubeObject>, key: string): string {
  const data = Object(valueOf(secret)?.['data']) as Record<string, string | undefined>;
  return decode(data[key] ?? '');
}

const rewrite = (namespace: string): string =>
  `the controller writes it when it starts and every minute: look at its log (kubectl logs --namespace ${namespace} --selector app.kubernetes.io/component=controller)`;

function judgeBundle({ installation, secret }: WebhookFacts, caBundle: string): Finding {
  const { namespace, certificateSecret } = installation;
  const subject = { ...checked, subject: 'caBundle' };
  if (caBundle === '') {
    const message = 'it is empty: the API server trusts no certificate, and refuses new pods of proxies';
    return fail(subject, { message, fix: rewrite(namespace) });
  }
  if (secret.state !== 'found') return ok(subject, 'set');
  if (dataOf(secret, 'ca.crt').trim() === decode(caBundle).trim())
    return ok(subject, `that of Secret ${namespace}/${certificateSecret}`);
  return fail(subject, {
    message: `it is not the authority in Secret ${namespace}/${certificateSecret}: the API server refuses new pods of proxies`,
    fix: `${rewrite(namespace)}; another program that writes it, such as cert-manager's injector, has to be turned off for it`,
  });
}

function parseCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

function judgeCertificate({ installation, secret, now }: WebhookFacts, caBundle: string): Finding {
  const { namespace, certificateSecret, flags } = installation;
  const subject = { ...checked, subject: `certificate ${namespace}/${certificateSecret}` };
  if (secret.state === 'unread') return notRead(subject, 'its Secret', secret.reason);
  const again = `delete the Secret and restart the controller, which makes another (kubectl delete secret --namespace ${namespace} ${certificateSecret})`;
  const certificate = parseCertificate(dataOf(secret, 'tls.crt'));
  if (certificate === undefined) {
    const message = secret.state === 'missing' ? 'there is none' : 'its tls.crt is no certificate';
    return fail(subject, { message, fix: secret.state === 'missing' ? rewrite(namespace) : again });
  }
  const end = Date.parse(certificate.validTo);
  const until = new Date(end).toISOString();
  if (end <= now) return fail(subject, { message: `it has expired, on ${until}`, fix: again });
  const host = `${flags.serviceName}.${namespace}.svc`;
  if (certificate.checkHost(host) === undefined)
    return fail(subject, { message: `it is not for ${host}, by which the API server calls`, fix: again });
  const authority = parseCertificate(decode(caBundle));
  if (authority !== undefined && !certificate.verify(authority.publicKey))
    return fail(subject, { message: 'it is not signed by the authority in the caBundle', fix: again });
  if (end - now < renewalIsLate)
    return warn(subject, {
      message: `it ends on ${until} and has not been renewed`,
      fix: rewrite(namespace),
    });
  return ok(subject, `for ${host}, until ${until}`);
}
