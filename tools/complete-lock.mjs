/**
 * `node tools/complete-lock.mjs`: after `npm install`, names the optional packages of other platforms in package-lock.json.
 *
 * npm leaves out optional packages that its registry does not offer (a mirror may carry one platform's binaries only), and
 * then `npm ci` refuses the lock file that npm wrote. An entry with version and platform is enough for both: it is not
 * fetched where the platform differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMissingOptionals } from './rules.mjs';
import { root } from './run-command.mjs';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

function describePlatform(name) {
  const os = systems.find((system) => name.includes(`-${system}-`));
  const cpu = processors.find((processor) => name.includes(`-${processor}`));
  if (os === undefined || cpu === undefined) throw new Error(`cannot tell the platform of ${name}`);
  return { os: [os], cpu: [cpu] };
}

const path = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const missing = findMissingOptionals(lock);
for (const { name, version, parent } of missing) {
  const { cpu, os } = describePlatform(name);
  const dev = lock.packages[parent].dev === true ? { dev: true } : {};
  lock.packages[`node_modules/${name}`] = { version, cpu, ...dev, optional: true, os };
}
const entries = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(entries);
writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`${missing.length} optional packages of other platforms added to package-lock.json`);
