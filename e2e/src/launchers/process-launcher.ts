import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '../wait-until.ts';
import { findFreePort } from './free-port.ts';
import {
  type Gateway,
  type GatewayExit,
  type GatewayLauncher,
  type GatewayOptions,
  listeningLine,
} from './gateway.ts';
import { listProcessTree } from './process-tree.ts';

/** The repository's root folder. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** What only a process can be asked for. */
export interface ProcessOptions extends GatewayOptions {
  /** The program and its first arguments; `node packages/cli/bin/aigw.js` when absent. */
  readonly command?: readonly string[];
  /** The whole environment; otherwise ours without any provider's settings. */
  readonly wholeEnv?: Readonly<Record<string, string>>;
  /** The user and group to run as; needs root. */
  readonly userId?: number;
  /** Leave the port to the resources. */
  readonly ownPort?: boolean;
  readonly cwd?: string;
}

/** A gateway that runs as a child process of the test. */
export interface ProcessGateway extends Gateway {
  readonly pid: number;
  /** Where it puts its sockets and temporary files; gone once it has been stopped. */
  readonly temporaryFolder: string;
  /** What it left in that folder when it ended. */
  leftBehind(): readonly string[];
  /** Replaces the resources, as an editor does: a new file, renamed over the old one. */
  rewrite(yaml: string): void;
}

/** Our own environment without what would change the outcome: credentials and settings of providers. */
export function neutralEnvironment(): Record<string, string> {
  const foreign = /^(AWS_|ANTHROPIC_|OPENAI_|OTEL_|AIGW_|NODE_OPTIONS|npm_|JEST_|NO_COLOR|FORCE_COLOR)/;
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => !foreign.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}

const readyWithinMs = 240_000; // the first start of all may have to fetch Envoy
const stoppedWithinMs = 30_000;

interface Output {
  text: string;
}

function collect(child: ChildProcess): Output {
  const output = { text: '' };
  const take = (chunk: Buffer): void => {
    output.text += chunk.toString('utf8');
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return output;
}

function waitForExit(child: ChildProcess): Promise<GatewayExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
    child.once('error', () => {
      resolve({ code: null, signal: null });
    });
  });
}

/** The gateway itself: a wrapper such as npx starts it in a process of its own, and does not pass signals on. */
function findGatewayPid(child: ChildProcess): number | undefined {
  return listProcessTree(child.pid ?? 0).find(({ command }) =>
    /^\S*node\S* \S*aigw(\.js)? run /.test(command),
  )?.pid;
}

async function stop(child: ChildProcess, exited: Promise<GatewayExit>, output: Output): Promise<GatewayExit> {
  const pid = child.exitCode === null ? findGatewayPid(child) : undefined;
  if (pid === undefined) child.kill('SIGTERM');
  else process.kill(pid, 'SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stoppedWithinMs);
  const exit = await exited;
  clearTimeout(timer);
  if (exit.signal === 'SIGKILL') throw new Error(`did not end within ${stoppedWithinMs} ms:\n${output.text}`);
  return exit;
}

/** The child's folder for sockets and temporary files, and a file for resources that are given as text. */
function prepareFolders(options: ProcessOptions): { home: string; temporary: string; resources: string } {
  const home = mkdtempSync(join(tmpdir(), 'aigw-e2e-'));
  const temporary = mkdtempSync(join(home, 't-'));
  const resources = join(home, 'resources.yaml');
  for (const folder of [home, temporary]) chmodSync(folder, 0o777);
  if (options.yaml !== undefined) writeFileSync(resources, options.yaml);
  return { home, temporary, resources };
}

async function buildArguments(options: ProcessOptions, resources: string): Promise<string[]> {
  const port = options.ownPort === true ? [] : ['--port', String(await findFreePort())];
  return [
    'run',
    ...(options.mock === true ? ['--mock'] : []),
    ...port,
    '--admin-port',
    String(await findFreePort()),
    ...(options.args ?? []),
    ...(options.files ?? []).map((file) => join(repositoryRoot, file)),
    ...(options.yaml === undefined ? [] : [resources]),
  ];
}

async function start(options: ProcessOptions): Promise<ProcessGateway> {
  const { home, temporary, resources } = prepareFolders(options);
  const [program = '', ...first] = options.command ?? [
    'node',
    join(repositoryRoot, 'packages/cli/bin/aigw.js'),
  ];
  const child = spawn(program, [...first, ...(await buildArguments(options, resources))], {
    cwd: options.cwd ?? home,
    env: {
      ...(options.wholeEnv ?? neutralEnvironment()),
      ...options.env,
      TMPDIR: temporary,
      XDG_RUNTIME_DIR: temporary,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.userId === undefined ? {} : { uid: options.userId, gid: options.userId }),
  });
  const output = collect(child);
  const exited = waitForExit(child);
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const findListeningLine = (): RegExpExecArray | undefined => {
    if (ended) throw new Error('aigw ended before it was ready');
    return listeningLine.exec(output.text) ?? undefined;
  };
  let left: string[] = [];
  const end = async (): Promise<GatewayExit> => {
    try {
      return await stop(child, exited, output);
    } finally {
      if (existsSync(temporary)) left = readdirSync(temporary, { recursive: true, encoding: 'utf8' });
      rmSync(home, { recursive: true, force: true });
    }
  };
  try {
    const [, url = '', adminUrl = ''] = await waitUntil('aigw: listening', findListeningLine, {
      withinMs: readyWithinMs,
    });
    return {
      url,
      adminUrl,
      pid: child.pid ?? 0,
      temporaryFolder: temporary,
      leftBehind: () => left,
      logs: () => output.text,
      rewrite: (yaml) => {
        writeFileSync(`${resources}.new`, yaml);
        renameSync(`${resources}.new`, resources);
      },
      stop: end,
    };
  } catch (error) {
    await end().catch(() => undefined);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${output.text}`, {
      cause: error,
    });
  }
}

/** Runs the built `aigw` as a child process: the default, needs nothing but the checkout. */
export const processLauncher = {
  name: 'process',
  start,
} satisfies GatewayLauncher<ProcessGateway>;

/** Runs `aigw` to its end, for commands that do not serve. */
export async function runAigw(
  args: readonly string[],
  { env = neutralEnvironment(), input = '' } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('node', [join(repositoryRoot, 'packages/cli/bin/aigw.js'), ...args], { env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, stdout, stderr };
}
