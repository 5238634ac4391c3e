/** Headers between Envoy and us. */
export const internalHeaders = {
  requestId: 'x-ai-eg-internal-req-id',
  model: 'x-ai-eg-model',
  originalPath: 'x-ai-eg-original-path',
  warnings: 'x-ai-eg-warnings',
  /** On an answer: Envoy is to ask the same backend again, as the next signature will do better. */
  signAgain: 'x-ai-eg-sign-again',
  /** Set by Envoy's endpoint picker extension, never by clients. */
  destinationEndpoint: 'x-gateway-destination-endpoint',
} as const;

/** True for headers that only the gateway may set: a client's own would be believed. */
export function isInternalHeader(name: string): boolean {
  return name.startsWith('x-ai-eg-') || name.startsWith('x-aigw-');
}

const credentialHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
]);

/** True for headers with which a client proves who it is; they are for the gateway, never for a provider. */
export function isCredentialHeader(name: string): boolean {
  return credentialHeaders.has(name);
}

/**
 * True for headers that AWS acts upon: who asks, and what the request may do and cost. Only the gateway says that; what a
 * client may ask for by such a header, the translation takes over by name.
 */
export function isAwsHeader(name: string): boolean {
  return name.startsWith('x-amz-') || name.startsWith('x-amzn-');
}

const providerOnlyHeaders = new Set([
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
  'public-key-pins',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'expect-ct',
  'openai-organization',
  'openai-project',
  'anthropic-organization-id',
]);

/**
 * True for response headers that are no business of the gateway's clients: a browser would apply them to the gateway's own
 * host (cookies shared by all clients, another address, only TLS), or they name the operator's account at the provider.
 */
export function isProviderOnlyHeader(name: string): boolean {
  return providerOnlyHeaders.has(name) || name.startsWith('x-envoy-');
}

const whereaboutsHeaders = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
  'origin',
  'referer',
]);

/** True for headers that say where a client is or came from: none of a provider's business. */
export function isWhereaboutsHeader(name: string): boolean {
  return whereaboutsHeaders.has(name);
}

const connectionHeaders = new Set(['expect', 'te', 'trailer']);

/**
 * True for headers that a client says to the gateway alone. Envoy has met the one expectation that there is,
 * `100-continue`: a provider would refuse any other with 417.
 */
export function isConnectionHeader(name: string): boolean {
  return connectionHeaders.has(name);
}

/** True for headers that describe the connection or the body and so are never restored from the client's request. */
export function isFramingHeader(name: string): boolean {
  return (
    name.startsWith(':') ||
    name === 'host' ||
    name === 'content-length' ||
    name === 'transfer-encoding' ||
    name === 'content-encoding' ||
    isConnectionHeader(name) ||
    name.startsWith('x-envoy-')
  );
}
