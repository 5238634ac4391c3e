import { z } from 'zod';
import { Namespace, ObjectName } from '../meta.ts';
import { Group, Kind } from '../gateway-api/references.ts';
import { fields, unread, withCelRules } from '../schema-kit.ts';

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

const OidcExchangeToken = fields({
  oidc: unread,
  grantType: z.string().optional(),
  aud: z.string().optional(),
  awsRoleArn: RoleArn,
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
