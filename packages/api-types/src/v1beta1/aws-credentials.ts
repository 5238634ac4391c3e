import { z } from 'zod';
import { Namespace, ObjectName } from '../meta.ts';
import { Group, Kind } from '../gateway-api/references.ts';
import { fields, mapList, withCelRules } from '../schema-kit.ts';

/** A Secret, and optionally which of its keys. */
export const SecretReference = withCelRules(
  fields({
    group: Group.optional(),
    kind: Kind.optional(),
    name: ObjectName,
    namespace: Namespace.optional(),
    key: z.string().min(1).optional(),
  }),
  [
    {
      rule: "(!has(self.kind) || self.kind == 'Secret') && (!has(self.group) || self.group == '')",
      message: 'must refer to a Secret',
      path: ['kind'],
      holds: ({ group, kind }) => (kind ?? 'Secret') === 'Secret' && (group ?? '') === '',
    },
  ],
);
export type SecretReference = z.infer<typeof SecretReference>;

/** A region becomes part of a host name that is signed for, so nothing but a region passes. */
export const AwsRegion = z.string().regex(/^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$/, {
  message: 'expected an AWS region such as us-east-1',
});

export const RoleArn = z.string().regex(/^arn:[a-z-]+:iam::[A-Za-z0-9_${}]+:role\/.+$/, {
  message: 'expected a role ARN such as arn:aws:iam::123456789012:role/name',
});

const Url = z
  .string()
  .regex(/^https?:\/\/\S+$/, { message: 'expected a URL such as https://issuer.example.com' });

/** Envoy Gateway's OIDC settings; what is not named here is for logins of people. */
const OidcClient = z.looseObject({
  provider: z.looseObject({ issuer: Url, tokenEndpoint: Url.optional() }),
  clientID: z.string().min(1),
  clientSecret: SecretReference,
  scopes: z.array(z.string().min(1)).optional(),
});

const OidcExchangeToken = fields({
  oidc: OidcClient.optional(),
  grantType: z.string().optional(),
  aud: z.string().optional(),
  awsRoleArn: RoleArn,
});

/** A role that is assumed with what the policy's source gives. Ours. */
const AssumeRole = fields({
  roleArn: RoleArn,
  externalId: z.string().min(2).max(1224).optional(),
  sessionName: z
    .string()
    .regex(/^[A-Za-z0-9_+=,.@-]{2,64}$/, { message: 'expected 2 to 64 letters, digits or _+=,.@-' })
    .optional(),
  sessionTags: mapList(
    fields({ key: z.string().min(1).max(128), value: z.string().max(256) }),
    'key',
    50,
  ).optional(),
});

/** Credentials of AWS: a file, a role, or (with neither) the default chain. */
export const AwsCredentials = withCelRules(
  fields({
    region: AwsRegion.optional(),
    credentialsFile: fields({
      secretRef: SecretReference,
      profile: z.string().min(1).default('default'),
    }).optional(),
    oidcExchangeToken: OidcExchangeToken.optional(),
    oidcConfig: fields({ roleArn: RoleArn }).optional(),
    assumeRole: AssumeRole.optional(),
  }),
  [
    {
      rule: '[has(self.credentialsFile), has(self.oidcExchangeToken), has(self.oidcConfig)].filter(x, x).size() <= 1',
      message: 'at most one of credentialsFile, oidcExchangeToken and oidcConfig may be set',
      holds: ({ credentialsFile, oidcExchangeToken, oidcConfig }) =>
        [credentialsFile, oidcExchangeToken, oidcConfig].filter((source) => source !== undefined).length <= 1,
    },
  ],
);
export type AwsCredentials = z.infer<typeof AwsCredentials>;
