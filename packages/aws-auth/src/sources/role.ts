import type { CredentialSource } from '../credentials.ts';
import { createAssumeRoleSource } from './assume-role.ts';
import { createDefaultChainSource } from './default-chain.ts';
import { createWebIdentitySource } from './web-identity.ts';

/**
 * Credentials of a role with the pod's own identity: its web identity token where the environment names one
 * (`AWS_WEB_IDENTITY_TOKEN_FILE`), else whatever the default chain finds.
 */
export function createRoleSource(role: {
  readonly roleArn: string;
  readonly region: string;
}): CredentialSource {
  return () => {
    const tokenFile = process.env['AWS_WEB_IDENTITY_TOKEN_FILE'];
    const source =
      tokenFile === undefined || tokenFile === ''
        ? createAssumeRoleSource({ ...role, master: createDefaultChainSource(role.region) })
        : createWebIdentitySource({ ...role, tokenFile });
    return source();
  };
}
