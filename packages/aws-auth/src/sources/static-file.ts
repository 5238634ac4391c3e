import { createHash } from 'node:crypto';
import { externalDataInterceptor, loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';
import type { IniSection } from '@smithy/types';
import { type AwsCredentials, type CredentialSource, toAwsCredentials } from '../credentials.ts';
import { AwsAuthError } from '../errors.ts';
import { createSdkSource } from './sdk-source.ts';
import { buildStsClientConfig } from './sts-client.ts';

export interface StaticFileOptions {
  /** Text in the format of `~/.aws/credentials`. */
  readonly text: string;
  /** The section; `default` when absent. */
  readonly profile?: string | undefined;
  /** Region of the STS calls that `role_arn` needs. */
  readonly region?: string | undefined;
}

/**
 * Credentials from the text of a shared-credentials file, kept in memory and never written to disk. A section with keys is
 * used as it is; one with `role_arn` assumes the role with the keys of its `source_profile`.
 * `credential_process` is refused: whoever can write the Secret must not be able to run programs here.
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 */
export function createStaticFileSource(options: StaticFileOptions): CredentialSource {
  const { profile = 'default' } = options;
  return async () => {
    const files = createMemoryFiles(options.text);
    try {
      const { credentialsFile } = await loadSharedConfigFiles(files);
      const section = credentialsFile[profile];
      if (section === undefined) throw fileError(`has no section [${profile}]`);
      if (Object.values(credentialsFile).some((entry) => entry['credential_process'] !== undefined)) {
        throw fileError('uses credential_process, which is not supported');
      }
      return section['role_arn'] === undefined
        ? readKeys(section, profile)
        : await assumeRole({ ...options, profile }, files);
    } finally {
      files.forget();
    }
  };
}

function readKeys(section: IniSection, profile: string): AwsCredentials {
  const accessKeyId = section['aws_access_key_id'];
  const secretAccessKey = section['aws_secret_access_key'];
  if (accessKeyId === undefined) throw fileError(`has no aws_access_key_id in [${profile}]`);
  if (secretAccessKey === undefined) throw fileError(`has no aws_secret_access_key in [${profile}]`);
  return toAwsCredentials({ accessKeyId, secretAccessKey, sessionToken: section['aws_session_token'] });
}

function assumeRole(options: StaticFileOptions, files: MemoryFiles): Promise<AwsCredentials> {
  const { profile = 'default', region } = options;
  const clientConfig = region === undefined ? {} : buildStsClientConfig(region);
  const { filepath, configFilepath } = files;
  const source = createSdkSource(async () => {
    const { fromIni } = await import('@aws-sdk/credential-providers');
    return fromIni({ profile, filepath, configFilepath, clientConfig });
  });
  return source();
}

interface MemoryFiles {
  readonly filepath: string;
  readonly configFilepath: string;
  forget(): void;
}

let uses = 0;

/** Puts the text where the SDK's loader finds it under a path that exists on no disk; `forget` takes it away again. */
function createMemoryFiles(text: string): MemoryFiles {
  uses += 1;
  const name = `/aigw-memory/${createHash('sha256').update(text).digest('hex')}/${uses}`;
  const filepath = `${name}/credentials`;
  const configFilepath = `${name}/config`;
  externalDataInterceptor.interceptFile(filepath, text);
  externalDataInterceptor.interceptFile(configFilepath, '');
  return {
    filepath,
    configFilepath,
    forget() {
      const record: Record<string, unknown> = externalDataInterceptor.getFileRecord();
      Reflect.deleteProperty(record, filepath);
      Reflect.deleteProperty(record, configFilepath);
    },
  };
}

function fileError(what: string): AwsAuthError {
  return new AwsAuthError('invalid_credentials_file', `the AWS credentials file ${what}`);
}
