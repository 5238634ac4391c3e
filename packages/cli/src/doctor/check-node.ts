import { fail, type Finding, ok } from './finding.ts';

const checked = { check: 'node' } as const;
const [wantedMajor, wantedMinor] = [22, 22];

/** Whether this Node can carry Envoy's load. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return ok(checked, version);
  return fail(checked, {
    message: `${version} is too old: ${wantedMajor}.${wantedMinor} or newer is needed`,
    fix: 'install a newer Node from https://nodejs.org; a checkout brings its own: npm ci, then npx aigw',
  });
}
