import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { findBinary } from './binaries/binaries.ts';
import { renderChart } from './controller-fixture.ts';

const run = promisify(execFile);
const chart = join(repositoryRoot, 'charts/ai-gateway');
const golden = join(import.meta.dirname, 'golden');

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { readonly resources?: readonly string[]; readonly verbs?: readonly string[] }[];
}

const objectsOf = (yaml: string): Rendered[] =>
  parseAllDocuments(yaml).flatMap((document) => (document.toJS() as Rendered | null) ?? []);

test.each([chart, join(chart, 'charts/ai-gateway-crds')])('helm lint finds nothing in %s', async (path) => {
  const { stdout } = await run(await findBinary('helm'), ['lint', '--strict', path]);
  expect(stdout).toContain('0 chart(s) failed');
});

test.each([
  { name: 'defaults', args: [] },
  {
    name: 'everything',
    args: [
      ...['--set', 'envoyGateway.proxiesBesideGateways=true', '--set', 'imagePullSecrets[0].name=registry'],
      ...[
        '--set',
        'extProc.extraEnvVars[0].name=AWS_REGION',
        '--set',
        'extProc.extraEnvVars[0].value=us-east-1',
      ],
      ...['--set', 'controller.ports.extension=11063', '--set', 'controller.webhook.failurePolicy=Ignore'],
      ...[
        '--set',
        'controller.podDisruptionBudget.enabled=false',
        '--set',
        'controller.nodeSelector.disk=ssd',
      ],
    ],
  },
])('what is rendered with $name is what was looked at', async ({ name, args }) => {
  const rendered = await renderChart('--set', 'crds.enabled=false', ...args);
  const file = join(golden, `chart-${name}.yaml`);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, rendered);
  expect(rendered).toBe(readFileSync(file, 'utf8'));
});

test('the definitions can be left out, or installed alone', async () => {
  const kinds = async (...args: string[]): Promise<string[]> =>
    objectsOf(await renderChart(...args)).map(({ kind }) => kind);
  expect((await kinds()).filter((kind) => kind === 'CustomResourceDefinition')).toHaveLength(6);
  expect(await kinds('--set', 'crds.enabled=false')).not.toContain('CustomResourceDefinition');
  const alone = await run(await findBinary('helm'), ['template', 'x', join(chart, 'charts/ai-gateway-crds')]);
  expect(new Set(objectsOf(alone.stdout).map(({ kind }) => kind))).toEqual(
    new Set(['CustomResourceDefinition']),
  );
});

test('no right is without limits, and Secrets are written only where proxies are', async () => {
  const roles = objectsOf(await renderChart('--set', 'crds.enabled=false')).filter(({ kind }) =>
    /Role$/.test(kind),
  );
  const rules = roles.flatMap(({ kind, metadata, rules: list = [] }) =>
    list.map((rule) => ({ kind, metadata, ...rule })),
  );
  expect(rules.length).toBeGreaterThan(10);
  for (const { resources = [], verbs = [] } of rules) expect([...resources, ...verbs]).not.toContain('*');
  const writers = rules.filter(
    ({ resources = [], verbs = [] }) =>
      resources.includes('secrets') && verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
  );
  expect(writers.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`)).toEqual([
    'Role envoy-ai-gateway-system',
    'Role envoy-gateway-system',
  ]);
});

test.each([
  { values: 'controller.replicas=3', refusal: 'replicas' },
  { values: 'controller.ports.admin=70000', refusal: '/controller/ports/admin' },
  { values: 'extProc.logLevel=loud', refusal: '/extProc/logLevel' },
  { values: 'controller.webhook.failurePolicy=Maybe', refusal: '/controller/webhook/failurePolicy' },
  { values: 'extProc.socketPath=run.sock', refusal: '/extProc/socketPath' },
])('a mistake in the values is refused: $values', async ({ values, refusal }) => {
  await expect(renderChart('--set', values)).rejects.toThrow(refusal);
});
