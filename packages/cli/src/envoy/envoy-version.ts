/** The Envoy that aigw obtains by itself. */
export const pinnedEnvoyVersion = '1.40.0';

/** The oldest Envoy that is run: older ones can crash on local replies or on data after a reset (CVE-2025-30157, CVE-2026-26311). */
export const minimumEnvoyVersion = '1.37.1';

/** The version in what `envoy --version` prints (`…/1.40.0/Clean/RELEASE/…`), or undefined when it is not Envoy's text. */
export function parseEnvoyVersion(output: string): string | undefined {
  return /version:\s*[0-9a-f]+\/(\d+\.\d+\.\d+)[^/]*\//.exec(output)?.[1];
}

/** Whether an Envoy of `version` may be run. */
export function isSupportedEnvoy(version: string): boolean {
  const wanted = minimumEnvoyVersion.split('.').map(Number);
  const actual = version.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    const own = actual[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
