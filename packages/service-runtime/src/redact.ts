/** What stands in a log where a secret was. */
const placeholder = '[redacted]';
const maxDepth = 6;

const sensitiveNames = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'apikey',
  'x-goog-api-key',
  'x-amz-security-token',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'token',
  'key',
  'sessiontoken',
  'secretaccesskey',
  'accesskeyid',
  'credentialfileliteral',
]);
const sensitivePattern =
  /^x-aigw-|(?:access-key-id|secret-access-key|session-token|client-secret|_secret|_token|_password)$/;

/** True when values under this header or field name are credentials, in any letter case. */
export function isSensitiveName(name: string): boolean {
  const lower = name.toLowerCase();
  return sensitiveNames.has(lower) || sensitivePattern.test(lower);
}

/** A copy of headers that may be logged. */
export function redactHeaders(headers: Iterable<readonly [string, string]>): Record<string, string> {
  const safe: Record<string, string> = {};
  for (const [name, value] of headers) safe[name] = isSensitiveName(name) ? placeholder : value;
  return safe;
}

/** A copy of log fields in which every value under a sensitive name is replaced, at any depth that is logged. */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactRecord(Object.entries(fields), 0);
}

function redactRecord(
  entries: Iterable<readonly [unknown, unknown]>,
  depth: number,
): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    const key = String(name);
    safe[key] = isSensitiveName(key) ? placeholder : redactValue(value, depth + 1);
  }
  return safe;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (depth > maxDepth) return '[deep]';
  if (Array.isArray(value)) return value.map((item: unknown) => redactValue(item, depth + 1));
  if (value instanceof Map) return redactRecord(value, depth);
  if (hasToJson(value)) return value.toJSON();
  return redactRecord(Object.entries(value), depth);
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
