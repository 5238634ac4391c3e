import assert from 'node:assert/strict';
import test from 'node:test';
import { buildCustomResourceDefinitions } from '../packages/api-types/src/index.ts';
import { findCrdProblems, planCrdFiles } from './generate-crds.mjs';

const crd = { spec: { names: { plural: 'things' } } };
const planned = planCrdFiles([crd]);

test('files that are up to date are not reported', () => {
  assert.deepEqual(findCrdProblems(planned, new Map(planned)), []);
});

test('a file that was edited, is missing, or has no kind any more is reported', () => {
  assert.match(findCrdProblems(planned, new Map([['things.yaml', 'x']]))[0], /things\.yaml: out of date/);
  assert.match(findCrdProblems(planned, new Map())[0], /things\.yaml: out of date/);
  const extra = new Map([...planned, ['others.yaml', '']]);
  assert.match(findCrdProblems(planned, extra)[0], /others\.yaml: out of date/);
});

test('a definition that the API server would refuse for its size is reported', () => {
  const large = planCrdFiles([{ ...crd, description: 'x'.repeat(256 * 1024) }]);
  assert.match(findCrdProblems(large, new Map(large))[0], /bytes, more than 262144/);
});

// `kubectl apply` keeps the whole object in an annotation, and annotations end at 256 KiB.
for (const [name, text] of planCrdFiles(buildCustomResourceDefinitions())) {
  test(`${name} is small enough for an annotation`, () => {
    assert.ok(Buffer.byteLength(text) < 256 * 1024, `${Buffer.byteLength(text)} bytes`);
    assert.ok(text.length > 1000);
  });
}
