import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from './launchers/process-launcher.ts';

const read = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const { version } = JSON.parse(read('packages/cli/package.json')) as { version: string };

/** The names of files below a folder of the repository, with `/`. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repositoryRoot.length + 1));

test('npm publishes the charts with the command line, all of their files', () => {
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '-w', 'packages/cli'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(said) as [{ files: { path: string }[] }];
  const published = files.map(({ path }) => path).filter((path) => path.startsWith('charts/'));
  expect(published.toSorted()).toEqual(filesIn('charts').toSorted());
});

test.each(['ai-gateway', 'ai-gateway/charts/ai-gateway-crds'])(
  '%s has the version of the package, and with it the tags of its images',
  (chart) => {
    const written = parse(read(`packages/cli/charts/${chart}/Chart.yaml`)) as Record<string, unknown>;
    expect(written).toEqual({
      ...(parse(read(`charts/${chart}/Chart.yaml`)) as object),
      version,
      appVersion: version,
      ...(written['dependencies'] !== undefined && {
        dependencies: [expect.objectContaining({ name: 'ai-gateway-crds', version })],
      }),
    });
  },
);

test.each(filesIn('charts').filter((path) => !path.endsWith('Chart.yaml')))('%s is as it is here', (path) => {
  expect(read(`packages/cli/${path}`)).toBe(read(path));
});
