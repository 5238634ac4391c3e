/** Region and limits of the STS calls behind a provider of the SDK. */
export interface StsClientConfig {
  readonly region: string;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

/**
 * The regional endpoint, or the one of `AWS_ENDPOINT_URL_STS`, which the SDK reads itself. A call that hangs is given up:
 * the SDK has no limit of its own, and what nobody waits for any more would pile up.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function buildStsClientConfig(region: string): StsClientConfig {
  return {
    region,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 7000, throwOnRequestTimeout: true },
  };
}
