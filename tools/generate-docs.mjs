/**
 * `node --conditions=@aigw/source tools/generate-docs.mjs [--check] [--complete]`: fills the generated blocks of
 * the pages in `docs/` from the sources, or, with `--check`, says which pages are out of date. Counts the assertions
 * that have neither a test nor a recorded deviation; with `--complete` there may be none.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { buildCustomResourceDefinitions, parseFilterConfig } from '../packages/api-types/src/index.ts';
import { parseYaml } from '../packages/extproc/src/config/parse-yaml.ts';
import { createConfigMetrics } from '../packages/extproc/src/telemetry/config-metrics.ts';
import { createRequestMetrics } from '../packages/extproc/src/telemetry/create-request-metrics.ts';
import { localReplyConfig } from '../packages/planner/src/envoy/local-reply.ts';
import { conditionMeanings, reasonTexts } from '../packages/planner/src/kubernetes/condition-texts.ts';
import { errorTypesOf } from '../packages/translator/src/error-types.ts';
import * as translator from '../packages/translator/src/index.ts';
import { assertionGroups as groups, deviations } from '../packages/translator/src/testing/assertions.ts';
import { fillApi, fillTroubleshooting } from './docs/api.mjs';
import { findAssertionTests, findUncovered, findUnknownNumbers } from './docs/assertion-tests.mjs';
import { findBrokenLinks } from './docs/links.mjs';
import { fillCompatibility, fillErrorCodes, fillMetrics } from './docs/pages.mjs';
import { root } from './run-command.mjs';

const pages = {
  'docs/api.md': fillApi,
  'docs/compatibility.md': fillCompatibility,
  'docs/error-codes.md': fillErrorCodes,
  'docs/kubernetes/troubleshooting.md': fillTroubleshooting,
  'docs/metrics.md': fillMetrics,
};

/** Files that git knows, or would know after `git add .`, with their text. */
function readFiles(...patterns) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]);
}

/** Test files, and suites that several of them run. */
const readTests = () => readFiles('*.test.ts', '*/testing/describe-*.ts');

async function fillPage(path, sources) {
  const file = join(root, path);
  const current = readFileSync(file, 'utf8');
  const filled = pages[path](current, sources);
  const options = await resolveConfig(file);
  return { file, current, filled: await format(filled, { ...options, parser: 'markdown' }) };
}

/** Examples of the filter config are read as the external processor reads them. */
function checkFilterConfigs(path) {
  const examples = [...readFileSync(join(root, path), 'utf8').matchAll(/^```yaml\n([^]*?)^```/gm)];
  if (examples.length === 0) return [`${path}: has no example`];
  return examples.flatMap(([, text]) => {
    try {
      return parseFilterConfig(parseYaml(text, path)).warnings.map((warning) => `${path}: ${warning}`);
    } catch (error) {
      return [`${path}: ${error.message}`];
    }
  });
}

const isCheck = process.argv.includes('--check');
const tests = findAssertionTests(readTests());
const numbers = groups.flatMap(({ assertions }) => assertions.map(({ number }) => number));
const problems = [
  ...findUnknownNumbers(numbers, tests, deviations),
  ...checkFilterConfigs('docs/filter-config.md'),
];
const sources = {
  translator,
  errorTypesOf,
  localReplyConfig,
  groups,
  deviations,
  tests,
  createRequestMetrics,
  createConfigMetrics,
  definitions: buildCustomResourceDefinitions(),
  conditionMeanings,
  reasonTexts,
};

for (const path of Object.keys(pages)) {
  const { file, current, filled } = await fillPage(path, sources);
  if (current === filled) continue;
  if (isCheck)
    problems.push(`${path}: out of date, run node --conditions=@aigw/source tools/generate-docs.mjs`);
  else writeFileSync(file, filled);
}

problems.push(...findBrokenLinks(new Map(readFiles('*.md')), (path) => existsSync(join(root, path))));

const uncovered = findUncovered(numbers, tests, deviations);
const listed = uncovered.length === 0 ? '' : `: ${uncovered.map((number) => `A${number}`).join(' ')}`;
console.log(
  `  ${uncovered.length} of ${numbers.length} assertions have neither a test nor a recorded deviation${listed}`,
);
if (process.argv.includes('--complete') && uncovered.length > 0) {
  problems.push(
    'the assertions above need a test whose title ends with their number, or a recorded deviation',
  );
}
for (const problem of problems) console.log(`  ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
