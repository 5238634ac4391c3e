import { z } from 'zod';
import { Namespace, ObjectName, resource } from '../meta.ts';
import { fields, unread, withCelRules } from '../schema-kit.ts';
import { Group, Kind, PortNumber, PreciseHostname } from '../gateway-api/references.ts';

const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'expected an IPv4 or IPv6 address' });

export const BackendEndpoint = withCelRules(
  fields({
    hostname: z.string().optional(),
    fqdn: fields({ hostname: PreciseHostname, port: PortNumber }).optional(),
    ip: fields({ address: ipAddress, port: PortNumber }).optional(),
    unix: fields({ path: z.string().min(1).max(108) }).optional(),
    zone: unread,
  }),
  [
    {
      rule: '[has(self.fqdn), has(self.ip), has(self.unix)].filter(x, x).size() == 1',
      message: 'one of fqdn, ip or unix must be specified',
      holds: ({ fqdn, ip, unix }) => [fqdn, ip, unix].filter((kind) => kind !== undefined).length === 1,
    },
  ],
);
export type BackendEndpoint = z.infer<typeof BackendEndpoint>;

const BackendTlsSettings = fields({
  caCertificateRefs: z
    .array(fields({ group: Group, kind: Kind, name: ObjectName, namespace: Namespace.optional() }))
    .nullish(),
  wellKnownCACertificates: z.enum(['System']).nullish(),
  insecureSkipVerify: z.boolean().optional(),
  sni: PreciseHostname.optional(),
  alpnProtocols: unread,
  clientCertificateRef: unread,
  minVersion: unread,
  maxVersion: unread,
  ciphers: unread,
  ecdhCurves: unread,
  signatureAlgorithms: unread,
});

/** Servers outside the cluster. @see https://gateway.envoyproxy.io/docs/api/extension_types/#backend */
export const Backend = resource(['gateway.envoyproxy.io/v1alpha1'], 'Backend', {
  spec: fields({
    type: z.enum(['Endpoints', 'DynamicResolver']).optional(),
    endpoints: z.array(BackendEndpoint).max(64).optional(),
    tls: BackendTlsSettings.optional(),
    appProtocols: unread,
    fallback: unread,
  }),
});
export type Backend = z.infer<typeof Backend>;
