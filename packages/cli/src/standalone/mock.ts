import type { StandaloneOptions } from '@aigw/planner';
import { isProviderHost, mockCredentials, startMockProviders } from '@aigw/mock-providers';

/** A built-in mock that runs in this process. */
export interface RunningMock {
  url: string;
  /** What the planner needs to send providers' traffic to it. */
  options: NonNullable<StandaloneOptions['mock']>;
  close: () => Promise<void>;
}

/** The mock's AWS credentials in the format of `~/.aws/credentials`. */
export const mockAwsCredentialsFile = [
  '[default]',
  `aws_access_key_id = ${mockCredentials.aws.accessKeyId}`,
  `aws_secret_access_key = ${mockCredentials.aws.secretAccessKey}`,
  '',
].join('\n');

/** Starts the mock on a free port of the loopback interface. */
export async function startMock(): Promise<RunningMock> {
  const mock = await startMockProviders({ host: '127.0.0.1', port: 0 });
  const options = {
    address: '127.0.0.1',
    port: mock.port,
    isProviderHost: isMockedHost,
    awsCredentialsFile: mockAwsCredentialsFile,
    anthropicApiKey: mockCredentials.anthropicApiKey,
    openaiApiKey: mockCredentials.openaiApiKey,
  };
  return { url: mock.url, options, close: () => mock.close() };
}

/** The providers' own hosts, and names of a cluster's Services, which mean nothing on this machine. */
export function isMockedHost(host: string): boolean {
  return isProviderHost(host) || /\.svc(?:\.cluster\.local)?$/.test(host);
}
