/** What each flag that has an effect means: its value, and a sentence. */
const meanings: readonly (readonly [flag: string, value: string, meaning: string])[] = [
  ['configPath', 'FILE', 'the filter config; one of this and -configBundlePath is required'],
  ['configBundlePath', 'FOLDER', 'a folder of filter configs that belong together'],
  ['configServer', 'URL', 'the controller, https://host:port: it is asked for changes of the bundle'],
  ['configServerPath', 'FOLDER', 'ca.crt to trust it by and token to be known by; the kubelet renews both'],
  ['extProcAddr', 'ADDRESS', 'where Envoy connects: host:port or unix:///path (:1063)'],
  ['adminPort', 'PORT', 'port of /health and /metrics (1064)'],
  ['adminAddr', 'ADDRESS', 'instead of -adminPort: host:port or unix:///path'],
  ['logLevel', 'LEVEL', 'debug, info, warn or error (info)'],
  ['logFormat', 'FORMAT', 'text or json (text)'],
  ['rootPrefix', 'PATH', 'prefix of every path (/)'],
  ['endpointPrefixes', 'PAIRS', 'prefixes of the APIs (openai:/,anthropic:/anthropic,cohere:/cohere)'],
  ['firstEventTimeout', 'DURATION', 'how long the first event of a stream may take (300s)'],
  ['streamIdleTimeout', 'DURATION', 'how long a stream may be silent after it (590s)'],
  ['requestHeaderAttributes', 'PAIRS', 'header:attribute,…: request headers for metrics, logs and spans'],
  ['metricsRequestHeaderAttributes', 'PAIRS', 'the same for metrics alone'],
  ['logRequestHeaderAttributes', 'PAIRS', 'the same for logs alone (agent-session-id:session.id)'],
  ['spanRequestHeaderAttributes', 'PAIRS', 'the same for spans alone (agent-session-id:session.id)'],
  ['enableRedaction', '', 'accepted; bodies are never logged'],
];

/** Whether the command line asks for help; everything else on it is then left alone. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((arg) => /^(-h|--?help)$/.test(arg));
}

/**
 * The text of `--help`.
 * @param names - every flag that is accepted; those without a meaning here are listed as without effect
 */
export function describeFlags(names: readonly string[]): string {
  const known = meanings
    .filter(([flag]) => names.includes(flag))
    .map(([flag, value, meaning]) => [`  -${flag} ${value}`.trimEnd(), meaning] as const);
  const width = Math.max(...known.map(([usage]) => usage.length));
  const ignored = names.filter((name) => !meanings.some(([flag]) => flag === name));
  return [
    "aigw-extproc: the AI gateway's external processor for Envoy (ext_proc over gRPC).",
    '',
    'Usage: aigw-extproc -configPath FILE [options]',
    '',
    ...known.map(([usage, meaning]) => `${usage.padEnd(width)}  ${meaning}`),
    '',
    `Accepted without effect: ${ignored.map((name) => `-${name}`).join(', ')}.`,
    '',
  ].join('\n');
}
