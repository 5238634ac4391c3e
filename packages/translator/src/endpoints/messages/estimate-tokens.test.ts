import fc from 'fast-check';
import { estimateTextTokens } from './estimate-text.ts';
import { estimateInputTokens } from './estimate-tokens.ts';

/** Texts with the larger of the counts that the encodings o200k_base and cl100k_base give them. */
const counted: readonly [name: string, tokens: number, text: string][] = [
  [
    'English',
    30,
    'The gateway translates requests between providers, so that applications need to know only one interface. It counts what they use and tells them when something goes wrong.',
  ],
  [
    'German',
    41,
    'Das Gateway übersetzt Anfragen zwischen Anbietern, sodass Anwendungen nur eine einzige Schnittstelle kennen müssen. Straßenbahnhaltestellenverzeichnis.',
  ],
  [
    'Chinese',
    48,
    '网关在不同的提供商之间转换请求,因此应用程序只需要了解一个接口。它会统计使用情况,并在出现问题时通知用户。',
  ],
  [
    'Japanese',
    60,
    'ゲートウェイはプロバイダー間のリクエストを変換するため、アプリケーションは一つのインターフェースだけを知っていればよいのです。',
  ],
  [
    'Russian',
    42,
    'Шлюз переводит запросы между поставщиками, поэтому приложениям достаточно знать один интерфейс.',
  ],
  ['Arabic', 65, 'تقوم البوابة بترجمة الطلبات بين المزودين، لذلك تحتاج التطبيقات إلى معرفة واجهة واحدة فقط.'],
  ['emoji', 30, '😀🎉👩‍💻🇩🇪🏳️‍🌈🔥'],
  ['numbers', 35, '12345678901234567890 3.14159265358979 2026-11-21T07:55:04Z 1,234,567'],
  [
    'capitals',
    23,
    'THE GATEWAY IS NOT RESPONDING. PLEASE TRY AGAIN LATER. HTTP ERROR 503 SERVICE UNAVAILABLE',
  ],
  ['a table', 31, '| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| foo | bar | baz |\n'],
  ['white space', 10, 'a\n\n\n        b\n\t\t\tc            d\n'],
  ['noise', 17, 'xkjq zvwp qqrtz bnmvc lkjhg poiuy'],
  ['signs', 47, '∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β), ⟨φ|ψ⟩'],
];

test.each(counted)('%s: not fewer than %i, and not absurdly more', (_name, tokens, text) => {
  expect(estimateTextTokens(text)).toBeGreaterThanOrEqual(tokens);
  expect(estimateTextTokens(text)).toBeLessThanOrEqual(2.5 * tokens);
});

test('more text is never less, and nothing is nothing', () => {
  expect(estimateTextTokens('')).toBe(0);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const whole = estimateTextTokens(`${a}.${b}`);
      expect(whole).toBe(estimateTextTokens(a) + estimateTextTokens(b) + 1);
    }),
  );
});

const estimate = (more: object): number =>
  estimateInputTokens({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more });
const user = (...content: object[]): object => ({ messages: [{ role: 'user', content }] });
const words = 'one two three four five six seven eight nine ten. ';
const base = estimate({});

test.each<[string, object, least: number]>([
  ['the system prompt', { system: words.repeat(10) }, 110],
  ['system blocks', { system: [{ type: 'text', text: words.repeat(10) }] }, 110],
  ['tools', { tools: [{ name: 'f', description: words.repeat(10), input_schema: {} }] }, 110],
  ['text blocks', user({ type: 'text', text: words.repeat(10) }), 110],
  ['thinking', user({ type: 'thinking', thinking: words.repeat(10) }), 110],
  ['calls', user({ type: 'tool_use', id: 't', name: 'f', input: { text: words.repeat(10) } }), 110],
  ['results', user({ type: 'tool_result', tool_use_id: 't', content: words.repeat(10) }), 110],
  [
    'what results show',
    user({
      type: 'tool_result',
      tool_use_id: 't',
      content: [{ type: 'image', source: { type: 'base64', data: 'QUJD' } }],
    }),
    1600,
  ],
  ['images', user({ type: 'image', source: { type: 'url', url: 'https://x' } }), 1600],
  ['documents', user({ type: 'document', source: { type: 'base64', data: 'QUJD'.repeat(20_000) } }), 6000],
  [
    'text documents',
    user({ type: 'document', title: words, source: { type: 'text', data: words.repeat(10) } }),
    120,
  ],
  [
    'documents of blocks',
    user({
      type: 'document',
      source: { type: 'content', content: [{ type: 'text', text: words.repeat(10) }] },
    }),
    110,
  ],
  ['redacted thinking', user({ type: 'redacted_thinking', data: 'QUJD'.repeat(2000) }), 700],
  ['blocks of the future', user({ type: 'hologram', words: words.repeat(10) }), 110],
])('%s count', (_name, more, least) => {
  expect(estimate(more) - base).toBeGreaterThanOrEqual(least - 5);
});

test('what is no content at all does no harm', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('messages', 'system', 'tools'), fc.jsonValue()), (body) => {
      expect(estimateInputTokens(JSON.parse(JSON.stringify(body)) as never)).toBeGreaterThan(0);
    }),
  );
});
