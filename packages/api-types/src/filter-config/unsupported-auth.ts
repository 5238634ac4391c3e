/** Ways to authenticate that the contract knows and this data plane does not serve. */
const unsupportedKinds = ['azureapikey', 'azure', 'gcp'];

/**
 * Takes unsupported ways to authenticate out of a document, in such a manner that a backend never falls back to sending
 * requests without or with the wrong credentials: what remains is `auth: {}`, which refuses every request.
 * @returns a copy; `value` stays as it is.
 */
export function settleUnsupportedAuth(value: unknown, warnings: string[]): unknown {
  return mapKey(value, 'backends', (backends) =>
    Array.isArray(backends)
      ? backends.map((backend: unknown, index) =>
          mapKey(backend, 'auth', (auth) => settle(auth, `backends[${index}].auth`, warnings)),
        )
      : backends,
  );
}

function settle(auth: unknown, path: string, warnings: string[]): unknown {
  if (!isRecord(auth)) return auth;
  const entries = Object.entries(auth).filter(([, item]) => item !== null);
  const kept = entries.filter(([name]) => !unsupportedKinds.includes(name.toLowerCase()));
  const dropped = entries.filter((entry) => !kept.includes(entry)).map(([name]) => name);
  if (kept.every(([name]) => name.toLowerCase() === 'credentialoverride')) {
    const what =
      dropped.length === 0 ? 'no way to authenticate is given' : `${dropped.join(', ')} is not supported`;
    warnings.push(`${path}: ${what}, requests to this backend are refused`);
    return {};
  }
  warnings.push(...dropped.map((name) => `${path}.${name}: not supported, ignored`));
  return Object.fromEntries(kept);
}

function mapKey(value: unknown, key: string, change: (item: unknown) => unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name.toLowerCase() === key ? change(item) : item]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
