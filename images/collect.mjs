/**
 * `node images/collect.mjs PACKAGE FOLDER`: copies a built workspace package, the workspace packages that it depends on,
 * and what all of these depend on at run time, so that the folder is complete without any other. Development tools and
 * sources stay behind.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const root = dirname(import.meta.dirname);
const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The folder of a package as another one finds it: from the nearest `node_modules` outwards. */
function findPackage(name, from) {
  for (const path of createRequire(join(from, 'package.json')).resolve.paths(name) ?? []) {
    const folder = join(path, name);
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return undefined;
}

/** Every folder that a package needs, itself included; optional ones of other platforms are not there. */
function collect(folder, found = new Map()) {
  const real = realpathSync(folder);
  if (found.has(folder)) return found;
  const { dependencies = {}, optionalDependencies = {} } = readManifest(real);
  found.set(folder, real);
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const next = findPackage(name, real);
    if (next !== undefined) collect(next, found);
    else if (!(name in optionalDependencies)) throw new Error(`${name}, needed by ${real}, is not installed`);
  }
  return found;
}

const isOurs = (real) => !relative(root, real).includes('node_modules');
const published = (real) => (path) => {
  const inside = relative(real, path);
  if (/(^|\/)node_modules(\/|$)/.test(inside)) return false;
  return !isOurs(real) || !/^(src|.*\.(config|test)\..*|tsconfig.*)/.test(inside);
};

const [name, out] = process.argv.slice(2);
const start = name && findPackage(name, root);
if (!start || !out) throw new Error('expected the name of a package and a folder');
for (const [folder, real] of collect(start)) {
  const target = join(out, relative(root, real));
  cpSync(real, target, { recursive: true, filter: published(real) });
  const link = join(out, relative(root, folder));
  if (real === folder || existsSync(link)) continue;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), target), link);
}
