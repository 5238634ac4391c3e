import { type AwsPolicy, describePolicy } from './policy-source.ts';

const roleArn = 'arn:aws:iam::123456789012:role/team';
const oidc = {
  issuer: ['https://user:SECRET', 'issuer.example.com'].join('@'),
  clientId: 'gateway',
  clientSecret: 'SECRET',
};
const assumeRole = { roleArn: 'arn:aws:iam::210987654321:role/other', externalId: 'SECRET' };

const policies: readonly (readonly [AwsPolicy, string])[] = [
  [{}, 'default chain'],
  [{ credentialFileLiteral: 'SECRET', profile: 'team' }, 'credentials file, profile team'],
  [{ roleArn }, `own identity, then role ${roleArn}`],
  [{ roleArn, oidc }, `client gateway of https://issuer.example.com, then role ${roleArn}`],
  [
    { credentialFileLiteral: 'SECRET', assumeRole },
    `credentials file, profile default, then role ${assumeRole.roleArn}`,
  ],
];

test.each(policies)('a policy is named without its secrets: %#', (policy, want) => {
  expect(describePolicy(policy)).toBe(want);
});
