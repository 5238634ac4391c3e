import { z } from 'zod';
import { Namespace, ObjectName } from '../meta.ts';
import { Group, Kind } from '../gateway-api/references.ts';
import { fields, mapList, withCelRules } from '../schema-kit.ts';

/** A Secret, and optionally which of its keys. */
export const SecretReference = withCelRules(
  fields({
    group: Group.optional().describe('Empty, which is meant without it.'),
    kind: Kind.optional().describe('`Secret`, which is meant without it.'),
    name: ObjectName.describe('Name of the Secret.'),
    namespace: Namespace.optional().describe(
      "Namespace of the Secret; the policy's own if not given. In another one a ReferenceGrant beside the Secret has to " +
        'allow it.',
    ),
    key: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Key in the Secret. If not given: `apiKey` for keys, `credentials` for a file of AWS, `client-secret` for a client of OIDC.',
      ),
  }).meta({ title: 'SecretReference' }),
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
const OidcClient = z
  .looseObject({
    provider: z
      .looseObject({
        issuer: Url.describe('URL of the issuer.'),
        tokenEndpoint: Url.optional().describe(
          "Where tokens are asked for; what the issuer's discovery document says if not given.",
        ),
      })
      .meta({ title: 'OIDCProvider' })
      .describe('The issuer of the tokens. Other fields are accepted and not used.'),
    clientID: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Id of the client at the issuer. Without it nothing is exchanged: that of a Secret (`clientIDRef`) is not read.',
      ),
    clientSecret: SecretReference.describe(
      'Its secret, under the key `client-secret` unless another is named.',
    ),
    scopes: z.array(z.string().min(1)).optional().describe('Scopes to ask for; none if not given.'),
  })
  .meta({ title: 'OIDC' });

const OidcExchangeToken = fields({
  oidc: OidcClient.optional().describe(
    'The client that gets the token, by its own credentials. Without it the token of the pod itself is exchanged. ' +
      'Other fields are accepted and not used.',
  ),
  grantType: z
    .string()
    .optional()
    .describe('Accepted and not used: the grant is always that of client credentials.'),
  aud: z
    .string()
    .optional()
    .describe('The audience to ask for, of issuers that let clients choose it. Read together with `oidc`.'),
  awsRoleArn: RoleArn.describe(
    'ARN of the role that the token is exchanged for, by AssumeRoleWithWebIdentity.',
  ),
}).meta({ title: 'AWSOIDCExchangeToken' });

const SessionTag = fields({
  key: z.string().min(1).max(128).describe('Key of the tag.'),
  value: z.string().max(256).describe('Value of the tag.'),
}).meta({ title: 'AWSSessionTag' });

/** A role that is assumed with what the policy's source gives. Ours. */
const AssumeRole = fields({
  roleArn: RoleArn.describe('ARN of the role.'),
  externalId: z
    .string()
    .min(2)
    .max(1224)
    .optional()
    .describe('The external id that the role asks for; none if not given.'),
  sessionName: z
    .string()
    .regex(/^[A-Za-z0-9_+=,.@-]{2,64}$/, { message: 'expected 2 to 64 letters, digits or _+=,.@-' })
    .optional()
    .describe(
      'Name of the session, as logs of AWS show it: 2 to 64 letters, digits or `_+=,.@-`. `ai-gateway` if not given.',
    ),
  sessionTags: mapList(SessionTag, 'key', 50).optional().describe('Tags of the session.'),
}).meta({ title: 'AWSAssumeRole' });

const CredentialsFile = fields({
  secretRef: SecretReference.describe(
    'The Secret with the file, under the key `credentials` unless another is named. A change is in use within seconds.',
  ),
  profile: z
    .string()
    .min(1)
    .default('default')
    .describe('The section of the file. Those with `role_arn` and `source_profile` work.'),
}).meta({ title: 'AWSCredentialsFile' });

const OidcConfig = fields({
  roleArn: RoleArn.describe('ARN of the role, such as `arn:aws:iam::123456789012:role/name`.'),
}).meta({ title: 'AWSOIDCConfig' });

/** Credentials of AWS: a file, a role, or (with neither) the default chain. */
export const AwsCredentials = withCelRules(
  fields({
    region: AwsRegion.optional().describe(
      'AWS region that requests are signed for, such as `us-east-1`. Without it the host name of the backend or the ARN of the model has to say it.',
    ),
    credentialsFile: CredentialsFile.optional().describe(
      'Keys in a file in the format of `~/.aws/credentials`.',
    ),
    oidcExchangeToken: OidcExchangeToken.optional().describe('A role, for a token of an OIDC issuer.'),
    oidcConfig: OidcConfig.optional().describe(
      "A role, assumed with the pod's web identity token (IRSA), else with AWS's default chain.",
    ),
    assumeRole: AssumeRole.optional().describe(
      'A further role, assumed with what the other fields give, in another account for instance. Ours.',
    ),
  }).meta({ title: 'BackendSecurityPolicyAWSCredentials' }),
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
