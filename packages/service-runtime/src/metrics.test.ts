import fc from 'fast-check';
import { createMetrics } from './metrics.ts';

test('counters and gauges appear in the exposition format, with labels escaped', async () => {
  const metrics = createMetrics();
  const counter = metrics.counter({ name: 'aigw_things_total', help: 'Things.', labels: ['kind'] });
  counter.with({ kind: 'a"b\\c\nd' }).add();
  counter.with({ kind: 'a"b\\c\nd' }).add(2);
  metrics.gauge({ name: 'aigw_level', help: 'Level.', labels: [] }).with({}).set(7);
  expect(await metrics.text()).toBe(
    [
      '# HELP aigw_things_total Things.',
      '# TYPE aigw_things_total counter',
      'aigw_things_total{kind="a\\"b\\\\c\\nd"} 3',
      '',
      '# HELP aigw_level Level.',
      '# TYPE aigw_level gauge',
      'aigw_level 7',
      '',
    ].join('\n'),
  );
});

test('a histogram has cumulative buckets with inclusive bounds, sum and count', async () => {
  const metrics = createMetrics();
  const histogram = metrics.histogram({ name: 'h', help: 'H.', labels: ['x'] }, [1, 2.5]).with({ x: 'y' });
  for (const value of [0.5, 1, 2.5, 100]) histogram.observe(value);
  expect((await metrics.text()).split('\n').filter((line) => line.startsWith('h'))).toEqual([
    'h_bucket{x="y",le="1"} 2',
    'h_bucket{x="y",le="2.5"} 3',
    'h_bucket{x="y",le="+Inf"} 4',
    'h_sum{x="y"} 104',
    'h_count{x="y"} 4',
  ]);
});

test('the number of series is bounded and nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string(), { minLength: 1, maxLength: 60 }), async (values) => {
      const metrics = createMetrics();
      const counter = metrics.counter({ name: 'c', help: 'C.', labels: ['v'], maxSeries: 5 });
      for (const v of values) counter.with({ v }).add();
      const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('c{'));
      expect(lines.length).toBeLessThanOrEqual(6);
      const sum = lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
      expect(sum).toBe(values.length);
    }),
  );
});

test('different label sets never share a series', () => {
  const counter = createMetrics().counter({ name: 'c', help: 'C.', labels: ['a', 'b'] });
  expect(counter.with({ a: 'x', b: '' })).toBe(counter.with({ a: 'x', b: '' }));
  expect(counter.with({ a: 'x', b: '' })).not.toBe(counter.with({ a: '', b: 'x' }));
});

test('process metrics are there when asked for', async () => {
  expect(await createMetrics({ withProcessMetrics: true }).text()).toContain('nodejs_eventloop_lag_seconds');
});

test('a name is registered once', () => {
  const metrics = createMetrics();
  const make = () => metrics.counter({ name: 'c', help: 'C.', labels: [] });
  make();
  expect(make).toThrow('already been registered');
});

test('a metric can forget its series', async () => {
  const metrics = createMetrics();
  const info = metrics.gauge({ name: 'info', help: 'I.', labels: ['uuid'] });
  info.with({ uuid: 'old' }).set(1);
  info.clear();
  info.with({ uuid: 'new' }).set(1);
  expect(await metrics.text()).toContain('info{uuid="new"} 1');
  expect(await metrics.text()).not.toContain('old');
});
