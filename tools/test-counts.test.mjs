import assert from 'node:assert/strict';
import test from 'node:test';
import { formatCounts, parseTestCounts } from './test-counts.mjs';

test('sums Jest summaries of several packages, coloured or not', () => {
  const output = [
    'Tests:       1 failed, 2 skipped, 3 passed, 6 total',
    '\u001B[1mTests:\u001B[22m       \u001B[32m40 passed\u001B[39m, 40 total',
    'Test Suites: 9 passed, 9 total',
  ].join('\n');
  assert.deepEqual(parseTestCounts(output), { passed: 43, failed: 1, skipped: 2, reports: 2 });
});

test("reads the summary of Node's own runner", () => {
  const output =
    'ℹ tests 6\nℹ suites 0\nℹ pass 4\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\nℹ duration_ms 12';
  assert.deepEqual(parseTestCounts(output), { passed: 4, failed: 1, skipped: 1, reports: 1 });
});

test('finds nothing where nobody reported', () => {
  assert.equal(parseTestCounts('NX Running target test for 0 projects').reports, 0);
});

test('the last line is plain, and names skipped tests only when there are some', () => {
  assert.equal(formatCounts({ passed: 3, failed: 0, skipped: 0 }), '3 passed, 0 failed');
  assert.equal(formatCounts({ passed: 3, failed: 1, skipped: 2 }), '3 passed, 1 failed, 2 skipped');
});
