/** Region and limits of the STS calls behind a provider of the SDK. */
export interface StsClientConfig {
  readonly region: string;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly httpAgent?: ProxiedAgent;
    readonly httpsAgent?: ProxiedAgent;
  };
}

/** Options of Node's own agents. */
interface ProxiedAgent {
  readonly keepAlive: false;
  readonly proxyEnv: Readonly<Record<'HTTP_PROXY' | 'HTTPS_PROXY', string>>;
}

/**
 * The regional endpoint, or the one of `AWS_ENDPOINT_URL_STS`, which the SDK reads itself; through the proxy that
 * `AI_GATEWAY_STS_PROXY_URL` names, as Envoy AI Gateway has it. A call that hangs is given up: the SDK has no limit of its
 * own, and what nobody waits for any more would pile up.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 * @see https://nodejs.org/api/http.html#built-in-proxy-support
 */
export function buildStsClientConfig(region: string): StsClientConfig {
  const { AI_GATEWAY_STS_PROXY_URL: proxy = '' } = process.env;
  return {
    region,
    requestHandler: {
      connectionTimeout: 2000,
      requestTimeout: 7000,
      throwOnRequestTimeout: true,
      ...(proxy !== '' && { httpAgent: throughProxy(proxy), httpsAgent: throughProxy(proxy) }),
    },
  };
}

const throughProxy = (url: string): ProxiedAgent => ({
  keepAlive: false,
  proxyEnv: { HTTP_PROXY: url, HTTPS_PROXY: url },
});
