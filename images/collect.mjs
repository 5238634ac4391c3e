/**
 * `node images/collect.mjs PACKAGE FOLDER`: copies a built workspace package, the workspace packages that it depends on,
 * and what all of these depend on at run time, so that the folder is complete without any other. Development tools,
 * sources, types and tests stay behind.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';

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

/**
 * Every folder that a package needs, itself included. Types are for compilers, and what is optional is for one processor
 * or another runtime: both stay behind.
 */
function collect(folder, found = new Map()) {
  const real = realpathSync(folder);
  if (found.has(folder)) return found;
  const { dependencies = {}, optionalDependencies = {}, addon = false } = readManifest(real);
  // What the runtime Bare calls an add-on: machine code for every system, which Node never loads.
  if (addon) return found;
  found.set(folder, real);
  for (const name of Object.keys(dependencies)) {
    if (name.startsWith('@types/') || name in optionalDependencies) continue;
    const next = findPackage(name, real);
    if (next === undefined) throw new Error(`${name}, needed by ${real}, is not installed`);
    collect(next, found);
  }
  return found;
}

/** Whether Node may ever want a file of an installed package, by its path in there. */
const runs = (path) => !/^(\.|tests?(\/|$))|(^|\/)node_modules(\/|$)|\.([cm]?ts|map|tsbuildinfo)$/.test(path);

/** Of ours what npm would publish but for sources, of others what is installed. */
function filterOf(real) {
  const isOurs = !relative(root, real).includes('node_modules');
  const published = ['package.json', ...(readManifest(real).files ?? [])].filter((entry) => entry !== 'src');
  return (path) => {
    const inside = relative(real, path);
    if (inside === '') return true;
    return runs(inside) && (!isOurs || published.includes(inside.split(sep)[0]));
  };
}

const [name, out] = process.argv.slice(2);
const start = name && findPackage(name, root);
if (!start || !out) throw new Error('expected the name of a package and a folder');
for (const [folder, real] of collect(start)) {
  const target = join(out, relative(root, real));
  cpSync(real, target, { recursive: true, filter: filterOf(real) });
  const link = join(out, relative(root, folder));
  if (real === folder || existsSync(link)) continue;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), target), link);
}
