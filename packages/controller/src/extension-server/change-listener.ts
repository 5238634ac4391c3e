import {
  type HttpConnectionManager,
  HttpConnectionManager_PathWithEscapedSlashesAction as EscapedSlashes,
  HttpConnectionManagerSchema,
  type HttpFilter,
  type Listener,
  type NetworkFilter,
} from '@aigw/envoy-proto/xds';
import type { GatewayMessages } from './gateway-messages.ts';
import { pack, unpack } from './messages.ts';

/** Filters that look at what the processor has done, or that come last. */
const later = [
  'ext_proc',
  'wasm',
  'lua',
  'rbac',
  'local_ratelimit',
  'ratelimit',
  'custom_response',
  'credential_injector',
  'compressor',
  'router',
].map((name) => `envoy.filters.http.${name}`);

/** After authentication and buffers, before rate limits and extensions. */
function placeOf(filters: readonly HttpFilter[]): number {
  const first = filters.findIndex(({ name }) => later.some((prefix) => name.startsWith(prefix)));
  const buffer = filters.findLastIndex(({ name }) => name.startsWith('envoy.filters.http.buffer'));
  return Math.max(first === -1 ? filters.length : first, buffer + 1);
}

function addFilters(manager: HttpConnectionManager, { parts, routerFilters }: GatewayMessages): void {
  const { httpFilters } = manager;
  if (httpFilters.some(({ name }) => name === parts.filterName)) return;
  const [rememberPath, ...others] = routerFilters;
  const place = placeOf(httpFilters);
  manager.httpFilters = [
    ...(rememberPath === undefined ? [] : [rememberPath]),
    ...httpFilters.slice(0, place),
    ...others,
    ...httpFilters.slice(place),
  ];
}

/** Route configurations that have routes of ours, by name: whether they have no others. */
export type AiRoutes = ReadonlyMap<string, 'alone' | 'shared'>;

/**
 * Envoy Gateway's default, which it writes for whoever asks for just that as well. Where others have routes too it stays:
 * rules that they have for paths may rely on it.
 */
function keepEscapedSlashes(manager: HttpConnectionManager, { connection }: GatewayMessages): void {
  if (manager.pathWithEscapedSlashesAction !== EscapedSlashes.UNESCAPE_AND_REDIRECT) return;
  manager.pathWithEscapedSlashesAction = connection.pathWithEscapedSlashesAction;
}

/** What others have set stays. */
function setDefaults(manager: HttpConnectionManager, { connection }: GatewayMessages): void {
  manager.streamIdleTimeout ??= connection.streamIdleTimeout;
  manager.localReplyConfig ??= connection.localReplyConfig;
  const { commonHttpProtocolOptions: common, httpProtocolOptions: http1 } = connection;
  manager.commonHttpProtocolOptions ??= common;
  if (manager.commonHttpProtocolOptions !== undefined) {
    manager.commonHttpProtocolOptions.maxHeadersCount ??= common?.maxHeadersCount;
  }
  manager.httpProtocolOptions ??= http1;
  if (manager.httpProtocolOptions !== undefined) {
    manager.httpProtocolOptions.overrideStreamErrorOnInvalidHttpMessage ??=
      http1?.overrideStreamErrorOnInvalidHttpMessage;
  }
  // Ours come first: what clients send under the gateway's own names must not be seen by anything else.
  manager.earlyHeaderMutationExtensions = [
    ...connection.earlyHeaderMutationExtensions,
    ...manager.earlyHeaderMutationExtensions,
  ];
}

function changeFilter(filter: NetworkFilter, aiRoutes: AiRoutes, messages: GatewayMessages): boolean {
  if (filter.configType.case !== 'typedConfig') return false;
  const manager = unpack(HttpConnectionManagerSchema, filter.configType.value);
  if (manager?.routeSpecifier.case !== 'rds') return false;
  const routes = aiRoutes.get(manager.routeSpecifier.value.routeConfigName);
  if (routes === undefined) return false;
  if (!manager.httpFilters.some(({ name }) => name === messages.parts.filterName)) {
    addFilters(manager, messages);
    setDefaults(manager, messages);
    if (routes === 'alone') keepEscapedSlashes(manager, messages);
  }
  filter.configType.value = pack(HttpConnectionManagerSchema, manager);
  return true;
}

/** Puts the processor into the listeners that serve AI routes; routes turn it on. */
export function changeListener(listener: Listener, aiRoutes: AiRoutes, messages: GatewayMessages): void {
  const chains = [
    ...listener.filterChains,
    ...(listener.defaultFilterChain ? [listener.defaultFilterChain] : []),
  ];
  const changed = chains.flatMap(({ filters }) =>
    filters.map((filter) => changeFilter(filter, aiRoutes, messages)),
  );
  if (!changed.includes(true)) return;
  const limit = listener.perConnectionBufferLimitBytes ?? 0;
  // Envoy Gateway's own limit, where nobody set one, is below what a prompt with an image needs.
  if (limit <= 32_768) listener.perConnectionBufferLimitBytes = messages.parts.bufferBytes;
}
