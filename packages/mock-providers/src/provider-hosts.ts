const bedrockHosts = [
  /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/,
  /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.api\.aws$/,
  /^vpce-[a-z0-9-]+\.bedrock-runtime\.([a-z0-9-]+)\.vpce\.amazonaws\.com$/,
];
const otherHosts: ReadonlySet<string> = new Set(['api.anthropic.com', 'api.openai.com']);

/** True for the hosts of the providers that the mock stands in for; a port is ignored. */
export function isProviderHost(host: string): boolean {
  return otherHosts.has(normalise(host)) || bedrockRegion(host) !== undefined;
}

/** The region that a Bedrock Runtime host names; `undefined` for any other host. */
export function bedrockRegion(host: string): string | undefined {
  const name = normalise(host);
  for (const pattern of bedrockHosts) {
    const region = pattern.exec(name)?.[1];
    if (region !== undefined) return region;
  }
  return undefined;
}

function normalise(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}
