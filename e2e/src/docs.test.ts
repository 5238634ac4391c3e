import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseSse } from './clients/http.ts';
import { type DocBlock, readDocBlocks } from './fixtures/doc-blocks.ts';
import { findMisplacedCommands, infoStrings } from './fixtures/doc-commands.ts';
import { docPages, readDocPages } from './fixtures/doc-pages.ts';
import {
  neutralEnvironment,
  processLauncher,
  repositoryRoot,
  runAigw,
} from './launchers/process-launcher.ts';
import type { Gateway } from './launchers/gateway.ts';

/** What runs these tests, and so is not run by them. */
const runsUs = ['npm ci && npm start', 'npm ci && npm test'];
const read = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const blocks = readDocPages();
const titleOf = ({ page, line }: DocBlock): string => `${page}:${line}`;
const runnable = blocks.filter(({ info, text }) => info === 'sh' && !runsUs.includes(text));

/** What `npm start` does, for the page that starts the gateway by it. */
const startScript = (JSON.parse(read('package.json')) as { scripts: { start: string } }).scripts.start;
const launchOf = ({ page, launch }: DocBlock): readonly string[] =>
  launch ?? (page === 'README.md' ? /aigw\.js run (.*)$/.exec(startScript)![1]!.split(' ') : []);

interface RunningGateway {
  readonly launch: string;
  readonly port: string;
  readonly gateway: Gateway;
}
let running: RunningGateway | undefined;
const scratch = mkdtempSync(join(tmpdir(), 'aigw-e2e-docs-'));

beforeAll(() => {
  // A checkout in which blocks may write files.
  for (const name of ['examples', 'node_modules', 'package.json'])
    symlinkSync(join(repositoryRoot, name), join(scratch, name));
  // What curl is told by its own configuration file, so that the command lines stay as they are printed.
  writeFileSync(join(scratch, '.curlrc'), 'fail-with-body\nmax-time = 50\n');
});
afterAll(async () => {
  await running?.gateway.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** The port on which a page says that the gateway listens: its flag's, or the file's. */
function readPort(launch: readonly string[]): string {
  if (launch.includes('--port')) return launch[launch.indexOf('--port') + 1]!;
  const resources = parseAllDocuments(read(launch.at(-1)!)).map((document) => document.toJS() as unknown);
  const gateway = resources.find((resource) => (resource as { kind?: string }).kind === 'Gateway');
  return String((gateway as { spec: { listeners: [{ port: number }] } }).spec.listeners[0].port);
}

/** The gateway that the page started last before the block; one at a time. */
async function startAsThePageSays(block: DocBlock): Promise<RunningGateway | undefined> {
  const launch = launchOf(block);
  if (launch.length === 0 || running?.launch === launch.join(' ')) return running;
  await running?.gateway.stop();
  running = undefined;
  const gateway = await processLauncher.start({ mock: true, files: [launch.at(-1)!] });
  running = { launch: launch.join(' '), port: readPort(launch), gateway };
  return running;
}

/** Puts the ports of the test in place of those that the page names. */
function rewritePorts(script: string, started: RunningGateway | undefined): string {
  return script.replaceAll(/http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/g, (url, port: string) => {
    if (started !== undefined && port === '1064') return started.gateway.adminUrl;
    if (started?.port === port) return started.gateway.url;
    throw new Error(`${url}: nothing that the page has started listens there`);
  });
}

async function runShell(script: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('sh', ['-e', '-c', script], {
    cwd: scratch,
    env: { ...neutralEnvironment(), CURL_HOME: scratch, npm_config_offline: 'true', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

/** Fails unless what a model was asked for is an answer, whole and without an error. */
function expectWholeAnswer(stdout: string): void {
  if (stdout.startsWith('{')) {
    expect(JSON.parse(stdout)).toMatchObject({ usage: expect.any(Object) });
    return;
  }
  const last = parseSse(stdout).at(-1);
  expect(last?.event === 'message_stop' || last?.data === '[DONE]').toBe(true);
}

test.each(blocks.map((block) => [titleOf(block), block] as const))(
  '%s says what it is, and where it can be run',
  (_, block) => {
    expect(infoStrings).toContain(block.info);
    if (block.info === 'json') JSON.parse(block.text);
    expect(findMisplacedCommands(block)).toEqual([]);
  },
);

test.each([
  { info: 'text', text: 'kubectl get pods', misplaced: 'kubectl get pods' },
  { info: 'text', text: 'POD=$(kubectl get pod)\nnpx aigw run', misplaced: 'POD=$(kubectl get pod)' },
  { info: 'text', text: 'Listening\nexport A=$(aws sts x)', misplaced: 'export A=$(aws sts x)' },
  { info: 'sh', text: 'curl -s x\nhelm list', misplaced: 'helm list' },
  { info: 'sh aws', text: 'kubectl get pods', misplaced: 'kubectl get pods' },
  { info: 'sh registry', text: 'helm install a charts/a', misplaced: 'helm install a charts/a' },
  { info: 'sh cluster', text: 'helm install a \\\n  oci://r/a', misplaced: 'helm install a oci://r/a' },
])('$info is not where $misplaced belongs', ({ info, text, misplaced }) => {
  const [block] = readDocBlocks('a.md', `\`\`\`${info}\n${text}\n\`\`\``);
  expect(findMisplacedCommands(block!)).toEqual([misplaced]);
});

test('every file of an example that a page names exists', () => {
  const named = docPages.flatMap((page) => read(page).match(/examples\/[\w./-]+\.yaml/g) ?? []);
  expect(named.length).toBeGreaterThan(0);
  for (const path of new Set(named)) expect(() => read(path)).not.toThrow();
});

test.each(runnable.map((block) => [titleOf(block), block] as const))(
  '%s does what the page says',
  async (_, block) => {
    const started = await startAsThePageSays(block);
    const { code, stdout, stderr } = await runShell(
      rewritePorts([...block.exports, block.text].join('\n'), started),
    );
    const status = Number(/exit status (\d+):$/.exec(block.introduction)?.[1] ?? 0);
    if (code !== status) throw new Error(`exit status ${code ?? 'none'}:\n${stdout}\n${stderr}`);
    if (/^curl .* -d '/ms.test(block.text)) expectWholeAnswer(stdout);
    if (!block.text.split('\n').every((line) => line.startsWith('export '))) expect(stdout).toMatch(/\S/);
    const answer = blocks[blocks.indexOf(block) + 1];
    if (answer?.followsBlock !== true || answer.page !== block.page) return;
    if (answer.info === 'json') expect(JSON.parse(stdout)).toMatchObject(JSON.parse(answer.text) as object);
    if (answer.info === 'text') expect(stdout.trimEnd()).toBe(answer.text.trimEnd());
  },
  300_000,
);

const resources = blocks.filter(({ info, text }) => info === 'yaml' && /^apiVersion:/m.test(text));
test.each(resources.map((block) => [titleOf(block), block] as const))(
  '%s is valid, but for what it refers to elsewhere',
  async (_, { text }) => {
    const { code, stderr } = await runAigw(['validate', '-'], { input: text });
    expect([0, 1]).toContain(code);
    const said = stderr.split('\n').filter((line) => /: (error|warning): /.test(line));
    expect(
      said.filter((line) => !/ does not exist; there |: warning: .* no route refers to it$/.test(line)),
    ).toEqual([]);
  },
);

test('no block of commands was left out', () => {
  const skipped = blocks.filter((block) => block.info === 'sh' && !runnable.includes(block));
  expect(skipped.map(({ text }) => text)).toEqual(runsUs);
  expect(resources.length).toBeGreaterThan(0);
});
