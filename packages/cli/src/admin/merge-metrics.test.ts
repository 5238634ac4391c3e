import { mergeMetrics } from './merge-metrics.ts';

const source = (name: string, text: string | Error) => ({
  name,
  read: () => (typeof text === 'string' ? Promise.resolve(text) : Promise.reject(text)),
});

test('keeps every family of every source, each once', async () => {
  const own = '# HELP a_total A.\n# TYPE a_total counter\na_total{x="1"} 1\n';
  const second =
    '# TYPE b histogram\nb_bucket{le="1"} 1\nb_bucket{le="+Inf"} 2\nb_sum 3\nb_count 2\n# TYPE a_total counter\na_total 9\n';
  const third = '# TYPE b histogram\nb_bucket{le="1"} 7\nb_sum 7\nb_count 7\n# TYPE c gauge\nc 1\n';
  expect(await mergeMetrics(own, [source('two', second), source('three', third)])).toBe(
    [
      '# HELP a_total A.',
      '# TYPE a_total counter',
      'a_total{x="1"} 1',
      '# TYPE b histogram',
      'b_bucket{le="1"} 1',
      'b_bucket{le="+Inf"} 2',
      'b_sum 3',
      'b_count 2',
      '# TYPE c gauge',
      'c 1',
      '',
    ].join('\n'),
  );
});

test('a source that does not answer is left out', async () => {
  expect(await mergeMetrics('a 1\n', [source('down', new Error('down')), source('up', 'b 2\n')])).toBe(
    'a 1\nb 2\n',
  );
});
