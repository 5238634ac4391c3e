import type { PromptSegment } from './conversation.ts';
import { createPrefixCache } from './prefix-cache.ts';

const minute = 60_000;
const segment = (content: string, tokens: number, ttl?: '5m' | '1h'): PromptSegment =>
  ttl ? { content, tokens, ttl } : { content, tokens };
const system = segment('system', 100, '5m');
const question = (text: string): PromptSegment => segment(text, 10);
const usage = (inputTokens: number, cacheReadTokens = 0, fiveMinutes = 0, hour = 0): object => ({
  inputTokens,
  cacheReadTokens,
  cacheWriteTokens: { '5m': fiveMinutes, '1h': hour },
});

test('a prompt without marks is all input', () => {
  const cache = createPrefixCache();
  expect(cache.bill('m', [question('a')], 0)).toEqual(usage(10));
  expect(cache.bill('m', [question('a')], 0)).toEqual(usage(10));
});

test('the first prompt writes, the second with the same beginning reads', () => {
  const cache = createPrefixCache();
  expect(cache.bill('m', [system, question('a')], 0)).toEqual(usage(10, 0, 100));
  expect(cache.bill('m', [system, question('b')], 0)).toEqual(usage(10, 100));
});

test('a longer prefix reads the old part and writes the new', () => {
  const cache = createPrefixCache();
  cache.bill('m', [system, question('a')], 0);
  const longer = [system, segment('a', 10, '5m'), question('b')];
  expect(cache.bill('m', longer, 0)).toEqual(usage(10, 100, 10));
  expect(cache.bill('m', longer, 0)).toEqual(usage(10, 110));
});

test.each([
  ['another model', 'other', [system, question('a')]],
  ['another beginning', 'm', [segment('System', 100, '5m'), question('a')]],
])('%s shares nothing', (_, model, segments) => {
  const cache = createPrefixCache();
  cache.bill('m', [system, question('a')], 0);
  expect(cache.bill(model, segments, 0)).toEqual(usage(10, 0, 100));
});

test('entries live five minutes or an hour, from their last use', () => {
  const cache = createPrefixCache();
  const hour = segment('hour', 50, '1h');
  expect(cache.bill('m', [hour, system], 0)).toEqual(usage(0, 0, 100, 50));
  expect(cache.bill('m', [hour, system], 4 * minute)).toEqual(usage(0, 150));
  expect(cache.bill('m', [hour, system], 8 * minute)).toEqual(usage(0, 150));
  expect(cache.bill('m', [hour, system], 13 * minute)).toEqual(usage(0, 50, 100));
  expect(cache.bill('m', [hour, system], 73 * minute)).toEqual(usage(0, 0, 100, 50));
});

test('memory is bounded: the prefix used longest ago is forgotten', () => {
  const cache = createPrefixCache();
  const ask = (index: number): unknown => cache.bill('m', [segment(`s${index}`, 1, '5m')], 0);
  for (let index = 0; index <= 4096; index++) ask(index);
  expect(ask(4096)).toEqual(usage(0, 1));
  expect(ask(0)).toEqual(usage(0, 0, 1));
});
