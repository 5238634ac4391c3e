/** How many tests ran, summed over every runner that reported. */
export const noTests = Object.freeze({ passed: 0, failed: 0, skipped: 0, reports: 0 });

/** Adds two counts. */
export function addCounts(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    reports: a.reports + b.reports,
  };
}

/** Reads the summaries of Jest (`Tests: …`) and of Node's own runner (`pass …`, `fail …`) out of their output. */
export function parseTestCounts(output) {
  // eslint-disable-next-line no-control-regex -- terminal colours are control characters
  const plain = output.replaceAll(/\u001B\[[0-9;]*m/g, '');
  let counts = noTests;
  for (const [, summary] of plain.matchAll(/^\s*Tests:\s+(.*\btotal)\s*$/gm)) {
    counts = addCounts(counts, {
      passed: numberBefore(summary, 'passed'),
      failed: numberBefore(summary, 'failed'),
      skipped: numberBefore(summary, 'skipped') + numberBefore(summary, 'todo'),
      reports: 1,
    });
  }
  for (const [, passed, failed] of plain.matchAll(/^\S+ pass (\d+)\n\S+ fail (\d+)$/gm)) {
    counts = addCounts(counts, { passed: Number(passed), failed: Number(failed), skipped: 0, reports: 1 });
  }
  for (const [, skipped, todo] of plain.matchAll(/^\S+ skipped (\d+)\n\S+ todo (\d+)$/gm)) {
    counts = addCounts(counts, { ...noTests, skipped: Number(skipped) + Number(todo) });
  }
  return counts;
}

/** The one plain line that everything ends with: `12 passed, 0 failed`, and what was skipped when something was. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function numberBefore(text, word) {
  return Number(new RegExp(`(\\d+) ${word}\\b`).exec(text)?.[1] ?? 0);
}
