/** A string literal on one line whose text ends in tags: the title of a test, or the name of a row of its table. */
const taggedTitle = /(['"`])((?:\\.|(?!\1)[^\\\n])*?)((?:\s*\[A\d+\])+)\1/g;

/**
 * The tests that say which assertion they prove: a map from its number to `{ path, title }`, in order of path and place.
 * @param files `[path, text]` of test files.
 */
export function findAssertionTests(files) {
  const byNumber = new Map();
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const [, quote, title, tags] of text.matchAll(taggedTitle)) {
      const test = { path, title: plainTitle(title, quote) };
      for (const [, number] of tags.matchAll(/\[A(\d+)\]/g)) {
        const known = byNumber.get(Number(number)) ?? [];
        byNumber.set(Number(number), [...known, test]);
      }
    }
  }
  return byNumber;
}

/** What is wrong with tags and deviations, one line each: numbers that no assertion has. */
export function findUnknownNumbers(numbers, tests, deviations) {
  const known = new Set(numbers);
  return [
    ...[...tests]
      .filter(([number]) => !known.has(number))
      .flatMap(([number, found]) => found.map(({ path }) => `${path}: there is no assertion A${number}`)),
    ...deviations
      .filter(({ number }) => !known.has(number))
      .map(({ number }) => `deviations: there is no assertion A${number}`),
  ];
}

/** The numbers that have neither a test nor a recorded deviation. */
export function findUncovered(numbers, tests, deviations) {
  const recorded = new Set(deviations.map(({ number }) => number));
  return numbers.filter((number) => !tests.has(number) && !recorded.has(number));
}

function plainTitle(title, quote) {
  return title.replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\').trim();
}
