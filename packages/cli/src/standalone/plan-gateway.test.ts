import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { formatProblem, isError } from '../resources/problems.ts';
import { loadResources } from '../resources/load-resources.ts';
import { planGateway } from './plan-gateway.ts';

const options = {
  host: '127.0.0.1',
  extprocSocket: '/run/x/extproc.sock',
  envoyAdminSocket: '/run/x/envoy-admin.sock',
  configDir: '/run/x',
  systemCaPath: '/run/x/system-ca.pem',
};
const ports = { prepare: () => Promise.resolve(), bindPort: (port: number) => port };
const noInput = () => Promise.reject(new Error('standard input was read'));
const folder = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const guideExamples = [
  'anthropic-aws-bedrock.yaml',
  'anthropic.yaml',
  'aws-bedrock-anthropic.yaml',
  'aws-irsa.yaml',
  'aws-pod-identity.yaml',
  'aws.yaml',
  'basic.yaml',
];

const plan = async (file: string) => planGateway(await loadResources([file], noInput), options, ports);
const planText = async (yaml: string) =>
  planGateway(await loadResources(['-'], () => Promise.resolve(yaml)), options, ports);

test('every file that the guides name is there, and no other', async () => {
  expect((await readdir(`${folder}basic`)).sort()).toEqual(guideExamples);
});

test.each(guideExamples.map((name) => `basic/${name}`).concat('demo.yaml'))(
  'examples/%s plans without a problem',
  async (file) => {
    const { plan: planned, problems } = await plan(`${folder}${file}`);
    expect(problems.map(formatProblem)).toEqual([]);
    expect(planned?.models.length).toBeGreaterThan(0);
  },
);

test.each([
  ['aws.yaml', ['us.meta.llama3-2-1b-instruct-v1:0', 'anthropic.claude-3-5-sonnet-20241022-v2:0'], 80],
  ['aws-irsa.yaml', ['us.meta.llama3-2-1b-instruct-v1:0'], 80],
  ['aws-pod-identity.yaml', ['us.meta.llama3-2-1b-instruct-v1:0'], 80],
  ['aws-bedrock-anthropic.yaml', ['anthropic.claude-3-5-sonnet-20241022-v2:0'], 80],
  ['anthropic.yaml', ['claude-sonnet-4-5'], 80],
  ['anthropic-aws-bedrock.yaml', ['anthropic.claude-3-5-sonnet-20241022-v2:0'], 8080],
  ['basic.yaml', ['some-cool-self-hosted-model'], 80],
])('examples/basic/%s serves %j on port %d', async (file, models, port) => {
  const { plan: planned } = await plan(`${folder}basic/${file}`);
  expect(planned?.models.map(({ name }) => name)).toEqual(models);
  expect(planned?.listeners.map(({ requestedPort }) => requestedPort)).toEqual([port]);
});

const resource = (kind: string, name: string, spec: object, apiVersion = 'aigateway.envoyproxy.io/v1beta1') =>
  JSON.stringify({ apiVersion, kind, metadata: { name }, spec });
const route = resource('AIGatewayRoute', 'r', {
  parentRefs: [{ name: 'g' }],
  rules: [{ backendRefs: [{ name: 'b' }] }],
});
const backendRef = { name: 'b', kind: 'Backend', group: 'gateway.envoyproxy.io' };
const target = resource(
  'Backend',
  'b',
  { endpoints: [{ ip: { address: '127.0.0.1', port: 9 } }] },
  'gateway.envoyproxy.io/v1alpha1',
);

test('a reference into nothing is found, with the line of the reference', async () => {
  const { plan: planned, problems } = await planText(route);
  expect(planned).toBeUndefined();
  expect(problems.filter(isError)).toEqual([
    expect.objectContaining({
      line: 1,
      path: 'spec.rules[0].backendRefs[0].name',
      message: expect.stringContaining('default/b'),
    }),
  ]);
});

const good = resource('AIServiceBackend', 'b', { schema: { name: 'OpenAI' }, backendRef });
test.each([
  ['a value', good.replace('OpenAI', 'OpenIA')],
  ['a field', good.replace('backendRef', 'backend')],
  ['its name', good.replace('"metadata":{"name"', '"metadata":{"nam"')],
  ['its kind', good.replace('"kind"', '"kin"')],
  ['its text', good.replace('{', '{{')],
])('a resource with a mistake in %s is reported for that alone', async (_, bad) => {
  const { plan: planned, problems } = await planText([route, bad, target].join('\n---\n'));
  expect(planned).toBeUndefined();
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.map(({ severity, source }) => [severity, source?.document])).toEqual(
    problems.map(() => ['error', 2]),
  );
  expect(problems.map(({ message }) => message).join()).not.toContain('does not exist');
});

test('what is missing is said beside what is invalid, when it is another thing', async () => {
  const bad = resource('AIServiceBackend', 'other', { schema: { name: 'OpenIA' }, backendRef });
  const { problems } = await planText([route, bad, target].join('\n---\n'));
  expect(problems.filter(isError).map(({ message }) => message)).toEqual([
    expect.stringContaining('OpenAI'),
    expect.stringContaining('AIServiceBackend default/b does not exist'),
  ]);
});

test('a Gateway that routes name but no document defines listens on 1975', async () => {
  const { plan: planned } = await planText([route, good, target].join('\n---\n'));
  expect(planned?.listeners.map(({ port }) => port)).toEqual([1975]);
});
