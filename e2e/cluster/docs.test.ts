import type { DocBlock } from '../src/fixtures/doc-blocks.ts';
import { commandsOf } from '../src/fixtures/doc-commands.ts';
import { readDocPages } from '../src/fixtures/doc-pages.ts';
import { waitUntil } from '../src/wait-until.ts';
import { prepareEnvoyGatewayChart } from './charts.ts';
import { createDocShell, type DocShell, type ScriptResult } from './doc-shell.ts';
import {
  type EmptyCluster,
  startEmptyCluster,
  startProcessCluster,
  withMockCredentials,
} from './process-cluster.ts';

const blocks = readDocPages();
const runnable = blocks.filter(({ info }) => info === 'sh cluster' || info === 'sh registry');

const blocksOf = (page: string): readonly DocBlock[] => runnable.filter((block) => block.page === page);

/** A page that installs or removes something has a cluster of its own; the others share one, and come first. */
const changesInstallation = (page: string): boolean =>
  blocksOf(page).some(({ text }) => /\bhelm (upgrade|rollback|uninstall)\b|\baigw install\b/.test(text));

const startsEmpty = (page: string): boolean => page === 'docs/kubernetes/install.md';

const pages = [...new Set(runnable.map(({ page }) => page))].sort(
  (left, right) => Number(changesInstallation(left)) - Number(changesInstallation(right)),
);

const uninstall = [
  // Envoy Gateway holds the class until its Gateways are gone.
  'kubectl delete --ignore-not-found -f examples/basic/basic.yaml',
  'helm uninstall aigw --namespace envoy-ai-gateway-system',
  'helm uninstall eg --namespace envoy-gateway-system',
  'kubectl delete mutatingwebhookconfiguration,clusterrole,clusterrolebinding -l app.kubernetes.io/name=gateway-helm',
  'kubectl get crd -o name | xargs kubectl delete',
  'kubectl delete namespace envoy-ai-gateway-system envoy-gateway-system',
].join('\n');

/** What has to have happened before a command, where a page has two ways or speaks of another cluster. */
const preparations: readonly { readonly command: string; readonly script: string }[] = [
  // In single steps, or without helm: in a cluster without what the one command has installed.
  { command: 'helm upgrade --install eg ', script: uninstall },
  { command: 'npx aigw install --print', script: uninstall },
  {
    // Ours stands for the controller of Envoy AI Gateway, under the name of its release.
    command: 'helm uninstall aieg ',
    script: [
      'helm uninstall aigw --namespace envoy-ai-gateway-system',
      'helm install aieg charts/ai-gateway --namespace envoy-ai-gateway-system --set crds.enabled=false',
    ].join('\n'),
  },
];

/** A cluster, and a shell of a reader in it. */
interface Desk {
  readonly cluster: EmptyCluster;
  readonly shell: DocShell;
  /** The folder of Envoy Gateway's chart. */
  readonly chart: string;
}

let desk: Desk | undefined;

async function leaveDesk(): Promise<void> {
  desk?.shell.remove();
  await desk?.cluster.stop();
  desk = undefined;
}

async function openDesk(page: string): Promise<Desk> {
  const cluster = await (startsEmpty(page) ? startEmptyCluster() : startProcessCluster());
  const chart = await prepareEnvoyGatewayChart(cluster.server.folder);
  return { cluster, chart, shell: await createDocShell(cluster, withMockCredentials) };
}

afterAll(leaveDesk);

/** There is no registry here: the chart of Envoy Gateway comes from a folder, and nothing else differs from the page. */
const withLocalChart = (text: string, chart: string): string =>
  text
    .replaceAll('oci://docker.io/envoyproxy/gateway-helm --version v1.8.1', chart)
    .replaceAll(/\bnpx aigw install\b/g, `npx aigw install --envoy-gateway-chart ${chart}`);

/** What may be done again until the cluster has come so far. */
const isRepeatable = ({ text }: DocBlock): boolean =>
  !/\b(delete|patch|restart|uninstall|rollback)\b/.test(text);

/** An answer of a model, whole and without an error. */
function isAnswer(stdout: string): boolean {
  try {
    return 'usage' in (JSON.parse(stdout) as object);
  } catch {
    return false;
  }
}

const asksModel = ({ text }: DocBlock): boolean =>
  commandsOf(text).some((line) => line.startsWith('curl ') && !line.includes('%{http_code}'));

/** What is wrong with the outcome of a block; `undefined` when it is what the page says. */
function problemOf(block: DocBlock, { code, stdout, stderr }: ScriptResult): string | undefined {
  if (code !== 0) return `exit status ${code}:\n${stdout}\n${stderr}`;
  if (asksModel(block) && !isAnswer(stdout)) return `no answer of a model:\n${stdout}`;
  const answer = blocks[blocks.indexOf(block) + 1];
  const isPrinted = answer?.followsBlock === true && answer.page === block.page && answer.info === 'text';
  if (!isPrinted || stdout.trimEnd() === answer.text.trimEnd()) return undefined;
  return `printed ${JSON.stringify(stdout)} and not ${JSON.stringify(answer.text)}`;
}

async function mustRun({ cluster, shell }: Desk, script: string): Promise<void> {
  const { code, stdout, stderr } = await shell.run(script);
  if (code !== 0) throw new Error(`${script}\n${stdout}\n${stderr}\n${cluster.logs()}`);
}

async function runBlock(desk: Desk, block: DocBlock): Promise<void> {
  for (const { command, script } of preparations)
    if (block.text.includes(command)) await mustRun(desk, script);
  const script = withLocalChart([...block.exports, block.text].join('\n'), desk.chart);
  let problem: string | undefined;
  const attempt = async (): Promise<boolean> => {
    problem = problemOf(block, await desk.shell.run(script));
    return problem === undefined;
  };
  const isDone = isRepeatable(block)
    ? waitUntil('the outcome that the page says', attempt, { withinMs: 120_000, everyMs: 500 })
    : attempt();
  await Promise.resolve(isDone).catch(() => undefined);
  if (problem !== undefined) throw new Error(`${problem}\n${desk.cluster.logs()}`);
}

/** What the reader of a page is taken to have: the first Gateway, and nothing of other pages. */
async function prepareGateway(desk: Desk): Promise<void> {
  const kinds = 'gateways,aigatewayroutes,aiservicebackends,backendsecuritypolicies';
  await mustRun(
    desk,
    [
      `kubectl delete ${kinds} --all --namespace=default`,
      'kubectl wait --timeout=3m --for=delete pods -n envoy-gateway-system -l app.kubernetes.io/name=envoy',
      'kubectl apply -f examples/basic/basic.yaml',
      'kubectl wait --timeout=2m --for=condition=Programmed gateway/envoy-ai-gateway-basic',
    ].join('\n'),
  );
}

describe.each(pages)('%s', (page) => {
  beforeAll(async () => {
    if (changesInstallation(page)) await leaveDesk();
    desk ??= await openDesk(page);
    if (!startsEmpty(page)) await prepareGateway(desk);
  }, 600_000);

  test.each(blocksOf(page).map((block) => [`line ${block.line}`, block] as const))(
    '%s does what the page says',
    async (_, block) => {
      if (desk === undefined) throw new Error('there is no cluster');
      await runBlock(desk, block);
    },
    600_000,
  );
});

test('pages for operators have commands that were run', () => {
  for (const name of ['index', 'install', 'upgrade', 'troubleshooting'])
    expect(pages).toContain(`docs/kubernetes/${name}.md`);
  expect(pages).toContain('docs/authentication/eks.md');
});

test('nothing is left that would need a registry', () => {
  for (const { text } of runnable) expect(withLocalChart(text, 'gateway-helm')).not.toContain('oci://');
});
