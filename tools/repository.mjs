import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  findDeadPaths,
  findGeneratedFiles,
  findInstallScripts,
  findLooseVersions,
  findMachineTraces,
  findMissingOptionals,
  findNxVersions,
  findUndeclaredImports,
  findUnexplainedDependencies,
} from './rules.mjs';
import { root } from './run-command.mjs';

const readText = (path) => readFileSync(join(root, path), 'utf8');
const readJson = (path) => JSON.parse(readText(path));

/** Files that git knows, or would know after `git add .`: what is committed next is checked as well. */
function trackedFiles() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));
}

function textFiles(paths) {
  return paths
    .filter((path) => path !== 'package-lock.json' && !/\.(binpb|png|ico|woff2?|gz|whl)$/.test(path))
    .map((path) => [path, readText(path)]);
}

function publishedPackages(paths) {
  return readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .map((name) => ({
      manifest: readJson(`packages/${name}/package.json`),
      sources: paths
        .filter((path) => path.startsWith(`packages/${name}/src/`) && /\.ts$/.test(path))
        .filter((path) => !/\.test\.ts$|__fixtures__|\/src\/testing\//.test(path))
        .map((path) => [path, readText(path)]),
    }));
}

/** Everything that is wrong with the repository as a whole, one line per finding. */
export function findRepositoryProblems() {
  const lock = readJson('package-lock.json');
  const paths = trackedFiles();
  const record = readText('docs/adr/0002-dependencies.md');
  const packages = publishedPackages(paths);
  return [
    ...findInstallScripts(lock),
    ...findNxVersions(lock),
    ...findMissingOptionals(lock).map(
      ({ name }) =>
        `package-lock.json: ${name} is missing, npm ci will refuse it: run node tools/complete-lock.mjs`,
    ),
    ...findGeneratedFiles(paths),
    ...textFiles(paths).flatMap(([path, text]) => findMachineTraces(path, text)),
    ...textFiles(paths.filter((path) => path.startsWith('charts/'))).flatMap(([path, text]) =>
      findDeadPaths(path, text, paths),
    ),
    ...paths
      .filter((path) => /(^|\/)package\.json$/.test(path) && !path.includes('__fixtures__'))
      .flatMap((path) => findLooseVersions(path, readJson(path))),
    ...packages.flatMap(({ manifest, sources }) => findUndeclaredImports(manifest, sources)),
    ...packages.flatMap(({ manifest }) => findUnexplainedDependencies(manifest, record)),
  ];
}
