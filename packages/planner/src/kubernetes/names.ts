import { aiGatewayGroup } from '@aigw/api-types';

/** The digest of a text in lower-case hexadecimal digits: planning is pure, so it is given. */
export type Sha256Hex = (text: string) => string;

/** Envoy Gateway copies annotations with this prefix into the metadata of what it makes, without the prefix. */
const copiedPrefix = 'gateway.envoyproxy.io/';

/** The annotation of an HTTPRoute that an AIGatewayRoute owns, as the reference has it; `"true"`. */
export const generatedAnnotation = `${copiedPrefix}ai-gateway-generated`;

/** The annotation that holds a `RouteStamp`; in xDS metadata it is `ai-gateway-stamp`. */
export const stampAnnotation = `${copiedPrefix}ai-gateway-stamp`;

export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedBy = 'ai-gateway-controller';

/** The labels of Envoy Gateway on what it makes for a Gateway. */
export const owningGatewayName = 'gateway.envoyproxy.io/owning-gateway-name';
export const owningGatewayNamespace = 'gateway.envoyproxy.io/owning-gateway-namespace';

/** Its label in place of those, on what it makes for all Gateways of a class together (`mergeGateways`). */
export const owningGatewayClass = 'gateway.envoyproxy.io/owning-gatewayclass';

/** The annotation of what is made for a Gateway in another namespace: `namespace/name`; labels are too short for names. */
export const gatewayAnnotation = `${aiGatewayGroup}/gateway`;

/** The label of Secrets with filter configuration; `index` or `part`. */
export const filterConfigLabel = `${aiGatewayGroup}/filter-config`;

/** The keys of these Secrets. */
export const filterConfigKeys = { index: 'index.yaml', part: 'chunk', authority: 'ca.crt' } as const;

const maxNameLength = 253;

/** `prefix-name`, cut and told apart by a digest where that is longer than a name may be. */
export function boundedName(prefix: string, name: string, sha256Hex: Sha256Hex): string {
  const full = `${prefix}-${name}`;
  if (full.length <= maxNameLength) return full;
  const digest = sha256Hex(full).slice(0, 12);
  return `${full.slice(0, maxNameLength - 13).replace(/[^a-z0-9]+$/, '')}-${digest}`;
}

/** The names of a route's filters. */
export const filterNames = {
  hostRewrite: (route: string, sha256Hex: Sha256Hex): string =>
    boundedName('ai-eg-host-rewrite', route, sha256Hex),
  notFound: (route: string, sha256Hex: Sha256Hex): string =>
    boundedName('ai-eg-route-not-found-response', route, sha256Hex),
  refused: (route: string, rule: number, sha256Hex: Sha256Hex): string =>
    boundedName(`ai-eg-refused-${rule}`, route, sha256Hex),
};

const generatedName = /^ai-eg-(?:host-rewrite|route-not-found-response|refused-\d+|service)-(.+)$/;

/** Whose an object of this name would be, unless its name had to be cut. */
export function ownerOfName(name: string): string | undefined {
  return generatedName.exec(name)?.[1];
}

/** The Secret with the index of a Gateway's filter configuration: `{gateway}-{namespace}-{12 hex digits}`. */
export function filterConfigSecretName(namespace: string, gateway: string, sha256Hex: Sha256Hex): string {
  const digest = sha256Hex(`${namespace}/${gateway}`).slice(0, 12);
  // Room for the suffix of a part.
  const readable = `${gateway}-${namespace}`.slice(0, maxNameLength - 13 - '-part-000'.length);
  return `${readable.replace(/[^a-z0-9]+$/, '')}-${digest}`;
}

/** How many parts a filter configuration may have; the pod's volume names as many. */
export const maxConfigParts = 8;

/** The number of a part in names and paths. */
export const partId = (part: number): string => String(part).padStart(3, '0');

/** The Secret of a part. */
export function filterConfigPartName(indexSecret: string, part: number): string {
  return `${indexSecret}-part-${partId(part)}`;
}

/** The file of a part, below the folder of the configuration. */
export function filterConfigPartPath(part: number): string {
  return `parts/${partId(part)}`;
}
