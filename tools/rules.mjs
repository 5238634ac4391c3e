/**
 * Rules about the repository itself. Each takes what it looks at and returns what is wrong, one line per finding.
 */

/** Reasons in docs/adr/0003-one-install-script.md. */
const toleratedInstallScripts = ['node_modules/protobufjs'];

/** No package that our published packages pull in runs code at install time. `lock` is package-lock.json. */
export function findInstallScripts(lock) {
  return Object.entries(lock.packages)
    .filter(([, entry]) => entry.hasInstallScript === true && entry.dev !== true)
    .filter(([path]) => !toleratedInstallScripts.includes(path))
    .map(([path]) => `${path}: has an install script and is not a development dependency`);
}

/** Optional packages that the lock file does not know: `npm ci` refuses such a file. */
export function findMissingOptionals(lock) {
  return Object.entries(lock.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`)))
      .map(([name, version]) => ({ name, version, parent })),
  );
}

/** All of nx and @nx/* are one version, or their native parts and plugins disagree. */
export function findNxVersions(lock) {
  const versions = new Map();
  for (const [path, { version }] of Object.entries(lock.packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (name === 'nx' || name.startsWith('@nx/')) versions.set(name, version);
  }
  const wanted = versions.get('nx');
  return [...versions]
    .filter(([, version]) => version !== wanted)
    .map(([name, version]) => `${name} is at ${version}, nx at ${wanted}: keep them at one version`);
}

/** Versions in a manifest are exact, so that a day later it is still the same program. */
export function findLooseVersions(path, manifest) {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {})
      .filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
      .map(([name, range]) => `${path}: ${kind}.${name} is "${range}", not one exact version`),
  );
}

const generated = [
  /(^|\/)dist\//,
  /(^|\/)node_modules\//,
  /(^|\/)coverage\//,
  /(^|\/)\.nx\//,
  /\/src\/gen\//,
  /^packages\/cli\/charts\//,
  /\.tsbuildinfo$/,
];

/** What the build makes is not committed. `paths` are the tracked files. */
export function findGeneratedFiles(paths) {
  return paths
    .filter((path) => generated.some((pattern) => pattern.test(path)))
    .map((path) => `${path}: generated, should not be committed`);
}

// Put together from halves, so that this file does not report itself.
const traces = [
  { what: 'a folder of somebody’s machine', pattern: /(?<![\w./-])\/(?:work|root|home\/\w+|opt\/envoy)\// },
  {
    what: 'the address of a package index',
    pattern: new RegExp(
      [
        'registry\\.npm' + 'js\\.org',
        'registry\\.yarn' + 'pkg',
        'py' + 'pi\\.org',
        'files\\.python' + 'hosted',
      ].join('|'),
    ),
  },
  { what: 'a credential in a URL', pattern: /https?:\/\/[^\s/:@"'`${}<>]+:[^\s/:@"'`${}<>]+@[\w-]*[.\d]/ },
];

/** No tracked text names a folder of one machine, a package index or credentials in a URL. */
export function findMachineTraces(path, text) {
  return text
    .split('\n')
    .flatMap((line, index) =>
      traces
        .filter(({ pattern }) => pattern.test(line))
        .map(({ what }) => `${path}:${index + 1}: names ${what}`),
    );
}

const namedPath = /(?<![\w./-])(?:charts|docs|packages|e2e|tools)\/[\w./-]*\w/g;

/** What a text of the charts points its reader to is there. `paths` are the tracked files. */
export function findDeadPaths(path, text, paths) {
  const isThere = (named) => paths.some((one) => one === named || one.startsWith(`${named}/`));
  return [...text.matchAll(namedPath)]
    .filter(([named]) => !isThere(named))
    .map(([named]) => `${path}: names ${named}, which does not exist`);
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^'"]+)'|\bimport(?:\.meta\.resolve)?\(\s*'([^'"]+)'\s*\)|(?:^|\n)\s*import\s*'([^'"]+)'/g;

/**
 * What a package's shipped sources import, it declares; what it declares, its sources import.
 * `sources` are [path, text] of the files that are published, without tests.
 */
export function findUndeclaredImports(manifest, sources) {
  const used = new Set();
  for (const [, text] of sources) {
    for (const match of text.matchAll(importPattern)) {
      const specifier = match[1] ?? match[2] ?? match[3];
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue;
      used.add(
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    }
  }
  const declared = new Set(Object.keys(manifest.dependencies ?? {}));
  return [
    ...[...used]
      .filter((name) => !declared.has(name))
      .map((name) => `${manifest.name}: imports ${name}, does not declare it`),
    ...[...declared]
      .filter((name) => !used.has(name))
      .map((name) => `${manifest.name}: declares ${name}, never imports it`),
  ];
}

/** Every runtime dependency has its line of reason. `record` is the text of the decision record. */
export function findUnexplainedDependencies(manifest, record) {
  return Object.keys(manifest.dependencies ?? {})
    .filter((name) => !name.startsWith('@aigw/') && !record.includes(`\`${name}\``))
    .map((name) => `${manifest.name}: ${name} has no line in docs/adr/0002-dependencies.md`);
}
