import { durationMs } from '@aigw/api-types';
import {
  choiceFlag,
  type FlagSpec,
  ignoredFlag,
  integerFlag,
  type ListenAddress,
  logFormats,
  type LogFormat,
  type LogLevel,
  logLevels,
  optionalTextFlag,
  parseFlags,
  parseListenAddress,
  switchFlag,
  textFlag,
} from '@aigw/service-runtime';
import type { ConfigSource } from './config/config-source.ts';
import type { ConfigServer } from './config/poll-config.ts';
import { asksForHelp, describeFlags } from './flags-help.ts';
import { type HeaderAttribute, parseHeaderAttributes } from './telemetry/header-attributes.ts';

/** The client APIs that have a path prefix of their own. */
export interface EndpointPrefixes {
  readonly openai: string;
  readonly anthropic: string;
  readonly cohere: string;
}

/** The command line of the external processor, read and checked. */
export interface ExtprocFlags {
  readonly configSource: ConfigSource;
  /** Who tells of changes before the volume does; absent: the volume alone. */
  readonly configServer?: ConfigServer;
  readonly extProcAddress: ListenAddress;
  readonly adminAddress: ListenAddress;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Redact bodies in debug logs. Bodies are never logged here, so it changes nothing. */
  readonly enableRedaction: boolean;
  /** Prefix of every path, without a slash at its end. */
  readonly rootPrefix: string;
  readonly endpointPrefixes: EndpointPrefixes;
  /** How long the first event of a stream may take after its headers. */
  readonly firstEventTimeoutMs: number;
  /** How long a stream may be silent after its first event. */
  readonly streamIdleTimeoutMs: number;
  /** Request headers that become labels of metrics. */
  readonly metricsHeaderAttributes: readonly HeaderAttribute[];
  /** Request headers that become dynamic metadata for access logs. */
  readonly logHeaderAttributes: readonly HeaderAttribute[];
  /** Request headers that become attributes of spans. */
  readonly spanHeaderAttributes: readonly HeaderAttribute[];
}

/** Flags, the text that explains them, or what is wrong with them. */
export type ExtprocFlagsResult =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'flags'; readonly flags: ExtprocFlags; readonly unknown: readonly string[] }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const defaultPrefixes: EndpointPrefixes = { openai: '/', cohere: '/cohere', anthropic: '/anthropic' };
const defaultAttributes = 'agent-session-id:session.id';

const specs = {
  configPath: textFlag(''),
  configBundlePath: textFlag(''),
  configServer: textFlag(''),
  configServerPath: textFlag(''),
  extProcAddr: addressFlag(':1063'),
  logLevel: choiceFlag(logLevels, 'info'),
  logFormat: choiceFlag(logFormats, 'text'),
  enableRedaction: switchFlag(false),
  adminPort: integerFlag(1064),
  adminAddr: optionalTextFlag(),
  requestHeaderAttributes: optionalTextFlag(),
  spanRequestHeaderAttributes: optionalTextFlag(),
  logRequestHeaderAttributes: optionalTextFlag(),
  metricsRequestHeaderAttributes: optionalTextFlag(),
  rootPrefix: textFlag('/'),
  endpointPrefixes: prefixesFlag(),
  // Envoy's filter lets us ask for 600 s at most, and a margin goes off that.
  firstEventTimeout: durationFlag('300s', '580s'),
  // Below the 600 s after which Envoy cuts a silent stream.
  streamIdleTimeout: durationFlag('590s', '24h'),
  // Messages are never limited here; Envoy's buffers are the limit.
  maxRecvMsgSize: ignoredFlag(),
  mcpAddr: ignoredFlag(),
  mcpSessionEncryptionSeed: ignoredFlag(),
  mcpSessionEncryptionIterations: ignoredFlag(),
  mcpFallbackSessionEncryptionSeed: ignoredFlag(),
  mcpFallbackSessionEncryptionIterations: ignoredFlag(),
  mcpWriteTimeout: ignoredFlag(),
};

/** Reads the command line. Unknown flags are named, not refused: other versions of what starts this program may have more. */
export function parseExtprocFlags(args: readonly string[]): ExtprocFlagsResult {
  if (asksForHelp(args)) return { kind: 'help', text: describeFlags(Object.keys(specs)) };
  const { values, unknown, positionals, problems } = parseFlags(specs, args);
  const found = [...problems, ...positionals.map((text) => `${JSON.stringify(text)}: unexpected argument`)];
  const attempt = <T>(flag: string, fallback: T, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      found.push(`-${flag}: ${error instanceof Error ? error.message : 'is not valid'}`);
      return fallback;
    }
  };
  const base = values.requestHeaderAttributes ?? '';
  const attributes = (flag: string, own: string): readonly HeaderAttribute[] =>
    attempt(flag, [], () => mergeAttributes(base, own));

  const configServer = attempt('configServer', undefined, () => chooseServer(values));
  const flags: ExtprocFlags = {
    ...(configServer !== undefined && { configServer }),
    configSource: attempt('configPath', { kind: 'file', path: '' }, () => chooseSource(values)),
    extProcAddress: values.extProcAddr,
    adminAddress: attempt('adminAddr', parseListenAddress(':1064'), () =>
      parseListenAddress(values.adminAddr ?? `:${values.adminPort}`),
    ),
    logLevel: values.logLevel,
    logFormat: values.logFormat,
    enableRedaction: values.enableRedaction,
    rootPrefix: values.rootPrefix.replace(/\/+$/, ''),
    endpointPrefixes: values.endpointPrefixes,
    firstEventTimeoutMs: values.firstEventTimeout,
    streamIdleTimeoutMs: values.streamIdleTimeout,
    metricsHeaderAttributes: attributes(
      'metricsRequestHeaderAttributes',
      values.metricsRequestHeaderAttributes ?? '',
    ),
    logHeaderAttributes: attributes(
      'logRequestHeaderAttributes',
      values.logRequestHeaderAttributes ?? defaultAttributes,
    ),
    spanHeaderAttributes: attributes(
      'spanRequestHeaderAttributes',
      values.spanRequestHeaderAttributes ?? defaultAttributes,
    ),
  };
  return found.length > 0 ? { kind: 'problems', problems: found } : { kind: 'flags', flags, unknown };
}

function chooseSource(values: { configPath: string; configBundlePath: string }): ConfigSource {
  const { configPath, configBundlePath } = values;
  if (configBundlePath !== '') return { kind: 'bundle', folder: configBundlePath };
  if (configPath === '') throw new Error('one of -configPath and -configBundlePath is required');
  return { kind: 'file', path: configPath };
}

function chooseServer(values: { configServer: string; configServerPath: string }): ConfigServer | undefined {
  const { configServer, configServerPath } = values;
  if (configServer === '') return undefined;
  const url = URL.canParse(configServer) ? new URL(configServer) : undefined;
  if (url?.protocol !== 'https:')
    throw new Error(`expected https://HOST:PORT, not ${JSON.stringify(configServer)}`);
  if (configServerPath === '') throw new Error('needs -configServerPath, the folder with ca.crt and token');
  return { url, folder: configServerPath };
}

function addressFlag(defaultValue: string): FlagSpec<ListenAddress> {
  return { default: parseListenAddress(defaultValue), parse: parseListenAddress };
}

/** Milliseconds from a duration of at least a second. */
function durationFlag(defaultValue: string, longest: string): FlagSpec<number> {
  const parse = (text: string): number => {
    const milliseconds = /^(\d{1,5}(h|m|s|ms)){1,4}$/.test(text) ? durationMs(text) : 0;
    if (milliseconds >= 1000 && milliseconds <= durationMs(longest)) return milliseconds;
    throw new Error(`expected a duration from 1s to ${longest}, such as ${defaultValue}`);
  };
  return { default: durationMs(defaultValue), parse };
}

function prefixesFlag(): FlagSpec<EndpointPrefixes> {
  return { default: defaultPrefixes, parse: parsePrefixes };
}

/** Reads `openai:/,anthropic:/anthropic`; what is left out keeps its default. */
function parsePrefixes(text: string): EndpointPrefixes {
  const prefixes: Record<keyof EndpointPrefixes, string> = { ...defaultPrefixes };
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', prefix, ...rest] = pair.split(':').map((part) => part.trim());
    if (!isPrefixName(name) || prefix === undefined || rest.length > 0) {
      throw new Error(
        `expected openai:PREFIX, anthropic:PREFIX or cohere:PREFIX, not ${JSON.stringify(pair)}`,
      );
    }
    prefixes[name] = prefix;
  }
  return prefixes;
}

function isPrefixName(name: string): name is keyof EndpointPrefixes {
  return Object.hasOwn(defaultPrefixes, name);
}

/** The attributes for every signal, overridden by those of one signal. */
function mergeAttributes(base: string, own: string): readonly HeaderAttribute[] {
  const byHeader = new Map(
    [...parseHeaderAttributes(base), ...parseHeaderAttributes(own)].map((entry) => [entry.header, entry]),
  );
  return [...byHeader.values()];
}
