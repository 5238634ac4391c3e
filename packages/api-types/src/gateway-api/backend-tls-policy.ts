import { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, unread, withCelRules } from '../schema-kit.ts';
import { Group, Kind, PolicyTargetReference, PreciseHostname } from './references.ts';

const SubjectAltName = fields({
  type: z.enum(['Hostname', 'URI']),
  hostname: z.string().optional(),
  uri: z.string().optional(),
});

/** Whom a backend's certificate must be from. */
const BackendTLSPolicyValidation = withCelRules(
  fields({
    caCertificateRefs: z
      .array(fields({ group: Group, kind: Kind, name: z.string().min(1) }))
      .max(8)
      .nullish(),
    wellKnownCACertificates: z.enum(['System']).nullish(),
    hostname: PreciseHostname,
    subjectAltNames: z.array(SubjectAltName).max(5).optional(),
  }),
  [
    {
      rule: "!(has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 && has(self.wellKnownCACertificates) && self.wellKnownCACertificates != '')",
      message: 'must not contain both CACertificateRefs and WellKnownCACertificates',
      holds: (value) => !(value.caCertificateRefs?.length && value.wellKnownCACertificates),
    },
    {
      rule: "has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 || has(self.wellKnownCACertificates) && self.wellKnownCACertificates != ''",
      message: 'must specify either CACertificateRefs or WellKnownCACertificates',
      holds: (value) => Boolean(value.caCertificateRefs?.length) || Boolean(value.wellKnownCACertificates),
    },
  ],
);

/** @see https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/ */
export const BackendTLSPolicy = resource(
  ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1alpha3'],
  'BackendTLSPolicy',
  {
    spec: fields({
      targetRefs: z.array(PolicyTargetReference).min(1).max(16),
      validation: BackendTLSPolicyValidation,
      options: unread,
    }),
  },
);
export type BackendTLSPolicy = z.infer<typeof BackendTLSPolicy>;
