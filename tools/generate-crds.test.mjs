import assert from 'node:assert/strict';
import test from 'node:test';
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
