import fc from 'fast-check';
import { jsonOf, testContext, testRequest, testTarget, textOf } from '../../../testing/run-translator.ts';
import { createAnthropicMessages } from '../../anthropic/messages.ts';
import { build, claude35, claude45, messages, sent } from './__fixtures__/requests.ts';
import { createInvokeModelMessages } from './messages.ts';

describe('the request as a whole', () => {
  test('golden: a stream with betas and a service tier [A90] [A91]', () => {
    const body = `{"model":"anthropic.claude-x","max_tokens":9,"stream":true,"service_tier":"auto","messages":[{"role":"user","content":"hi"}]}`;
    const request = build(body, { headers: { 'anthropic-beta': 'context-1m-2025-08-07, made-up' } });
    expect(request.path).toBe('/model/anthropic.claude-x/invoke-with-response-stream');
    expect(textOf(request.body)).toBe(
      '{"max_tokens":9,"messages":[{"role":"user","content":"hi"}],"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["context-1m-2025-08-07"]}',
    );
    expect(request.model).toBe('anthropic.claude-x');
    expect(request.warnings).toEqual([
      { path: 'anthropic-beta', action: 'dropped', reason: 'made-up is no beta of this model on Bedrock' },
    ]);
    expect(request.headers).toEqual({
      set: [
        ['content-type', 'application/json'],
        ['accept', 'application/vnd.amazon.eventstream'],
        ['x-amzn-bedrock-accept', 'application/json'],
        ['accept-encoding', 'identity'],
      ],
      remove: ['anthropic-version', 'anthropic-beta'],
    });
  });

  test('not a stream', () => {
    const request = build({ model: claude35, max_tokens: 1, messages });
    expect(request.path).toBe('/model/anthropic.claude-3-5-sonnet-20241022-v2:0/invoke');
    expect(request.headers.set).toContainEqual(['accept', 'application/json']);
  });

  test('an ARN is one segment of the path, and an override wins', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2';
    const request = build({ model: 'm', max_tokens: 1, messages }, { target: { modelNameOverride: arn } });
    expect(request.path).toBe(
      '/model/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile%2Fa1b2/invoke',
    );
    expect(request.model).toBe(arn);
  });

  test('fields that stay keep their bytes, whatever JSON they hold [A90]', () => {
    const json = fc.json();
    fc.assert(
      fc.property(json, json, json, (input, schema, meta) => {
        const kept = [
          `"messages": [ {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]} ]`,
          `"tools":[{"name":"f","input_schema":{"x":${schema}}}]`,
          `"metadata" : {"m":${meta}, "n": 12345678901234567890}`,
        ].join(' ,');
        const body = `{"model":"${claude45}","stream":false,"max_tokens":1.0,${kept}}`;
        expect(textOf(build(body).body)).toBe(
          `{"max_tokens":1.0,${kept},"anthropic_version":"bedrock-2023-05-31"}`,
        );
      }),
    );
  });

  test('one request serves several attempts, on backends of any schema, without traces [A122] [A123]', () => {
    const request = testRequest('messages', { model: claude45, max_tokens: 1, messages, container: 'c' });
    const attempt = () =>
      createInvokeModelMessages(request, testTarget('AWSAnthropic'), testContext).request();
    const first = attempt();
    const other = createAnthropicMessages(request, testTarget('Anthropic'), testContext).request();
    expect(other).toMatchObject({ path: '/v1/messages', warnings: [] });
    expect(other.body).toBeUndefined();
    expect(attempt()).toEqual(first);
  });

  test('edits at every depth at once leave the rest in place', () => {
    const pool = {
      text: { type: 'text', text: 'a' },
      cached: { type: 'text', text: 'b', cache_control: { type: 'ephemeral', scope: 's' } },
      unsigned: { type: 'thinking', thinking: 'x', signature: '' },
      signed: { type: 'thinking', thinking: 'x', signature: 's' },
      call: { type: 'tool_use', id: 't', name: 'f', input: { cache_control: { scope: 1 } } },
    };
    const cleaned = { ...pool, cached: { type: 'text', text: 'b', cache_control: { type: 'ephemeral' } } };
    const kinds = fc.array(fc.constantFrom(...(Object.keys(pool) as (keyof typeof pool)[])), {
      maxLength: 6,
    });
    const turn = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), kinds });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 6 }), fc.constantFrom(undefined, 0, 2), (list, indent) => {
        const history = list.map(({ role, kinds: names }) => ({
          role,
          content: names.map((name) => pool[name]),
        }));
        const body = JSON.stringify(
          { model: claude45, max_tokens: 1, messages: history, x: 1 },
          null,
          indent,
        );
        const want = list
          .filter(({ role }) => role !== 'system')
          .map(({ role, kinds: names }) => ({
            role,
            names,
            kept: names.filter((name) => name !== 'unsigned'),
          }))
          .filter(({ names, kept }) => names.length === 0 || kept.length > 0)
          .map(({ role, kept }) => ({ role, content: kept.map((name) => cleaned[name]) }));
        const marked = want.flatMap(({ content }) => content).filter((block) => 'cache_control' in block);
        let excess = marked.length - 4;
        const limited = want.map(({ role, content }) => ({
          role,
          content: content.map((block) =>
            'cache_control' in block && excess-- > 0 ? { type: 'text', text: 'b' } : block,
          ),
        }));
        expect((jsonOf(build(body).body) as { messages: unknown }).messages).toEqual(limited);
      }),
    );
  });

  test('names of ours inside tool input and schemas are user data', () => {
    const data = `{"cache_control":{"scope":"x","ttl":"1h"},"defer_loading":true,"type":"thinking","signature":"","source":{"type":"url"}}`;
    const kept = `"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${data}}]}],"tools":[{"name":"f","input_schema":${data}}]`;
    const body = `{"model":"${claude35}","max_tokens":1,${kept}}`;
    const request = build(body);
    expect(textOf(request.body)).toBe(`{"max_tokens":1,${kept},"anthropic_version":"bedrock-2023-05-31"}`);
    expect(request.warnings).toEqual([]);
  });
});

describe('version', () => {
  test.each([
    [undefined, undefined, 'bedrock-2023-05-31'],
    ['2023-06-01', undefined, 'bedrock-2023-05-31'],
    ['bedrock-2099-01-01', undefined, 'bedrock-2099-01-01'],
    ['bedrock-2099-01-01', 'bedrock-2024-02-29', 'bedrock-2024-02-29'],
  ])('client %s, backend %s', (own, configured, want) => {
    const schema = { name: 'AWSAnthropic' as const, ...(configured && { version: configured }) };
    expect(sent({ anthropic_version: own }, { target: { schema } })).toMatchObject({
      anthropic_version: want,
    });
  });
});
