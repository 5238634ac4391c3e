import { jsonOf, textOf } from '../../../testing/run-translator.ts';
import {
  claude35,
  direct,
  errorOf,
  invoke,
  messages,
  opus46,
  sent,
  sonnet45,
  turns,
  warningsOf,
} from '../../../testing/chat-to-claude.ts';

describe('transports', () => {
  test('golden: the Anthropic API [A73] [A75]', () => {
    const request = direct({ model: sonnet45, messages: [{ role: 'user', content: 'Hello, Claude!' }] });
    expect(request.path).toBe('/v1/messages');
    expect(textOf(request.body)).toBe(
      '{"model":"claude-sonnet-4-5","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"Hello, Claude!"}]}]}',
    );
    expect(new Map(request.headers.set)).toEqual(
      new Map([
        ['content-type', 'application/json'],
        ['anthropic-version', '2023-06-01'],
        ['accept-encoding', 'identity'],
      ]),
    );
    expect(request.warnings).toEqual([]);
  });

  test('golden: InvokeModel [A75]', () => {
    const body = {
      model: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
      messages: [{ role: 'user', content: 'What is capital of France?' }],
      max_completion_tokens: 100,
      stream: true,
    };
    const request = invoke(body);
    expect(request.path).toBe('/model/anthropic.claude-3-5-sonnet-20241022-v2:0/invoke-with-response-stream');
    expect(textOf(request.body)).toBe(
      '{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":[{"type":"text","text":"What is capital of France?"}]}]}',
    );
  });

  test('the backend overrides model, prefix and version', () => {
    const target = { modelNameOverride: 'other', schema: { name: 'Anthropic' as const, prefix: 'x/v9' } };
    const request = direct({ model: 'm', messages, stream: true }, { target });
    expect(request.path).toBe('/x/v9/messages');
    expect(jsonOf(request.body)).toMatchObject({ model: 'other', stream: true });
    const schema = { name: 'AWSAnthropic' as const, version: 'bedrock-2099-01-01' };
    expect(jsonOf(invoke({ model: 'm', messages }, { target: { schema } }).body)).toMatchObject({
      anthropic_version: 'bedrock-2099-01-01',
    });
  });

  test('betas go into the body on Bedrock, filtered', () => {
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07,made-up' };
    const request = invoke({ model: 'anthropic.claude-x', messages }, { headers });
    expect(jsonOf(request.body)).toMatchObject({ anthropic_beta: ['context-1m-2025-08-07'] });
    expect(request.warnings).toMatchObject([{ path: 'anthropic-beta', action: 'dropped' }]);
  });

  test.each([
    ['auto', 'auto', undefined],
    ['default', 'standard_only', 'default'],
    ['priority', 'auto', 'priority'],
    ['flex', undefined, 'flex'],
  ])('service tier %s', (tier, field, header) => {
    expect(sent({ service_tier: tier })['service_tier']).toBe(field);
    const request = invoke({ model: 'anthropic.claude-x', messages, service_tier: tier });
    expect(new Map(request.headers.set).get('x-amzn-bedrock-service-tier')).toBe(header);
    expect(jsonOf(request.body)).not.toHaveProperty('service_tier');
  });

  test('bodies over 25,000,000 bytes are refused on Bedrock', () => {
    const long = [{ role: 'user', content: 'x'.repeat(25_000_000) }];
    expect(errorOf(() => invoke({ model: 'anthropic.claude-x', messages: long })).code).toBe(
      'request_too_large',
    );
  });

  test('what is unsupported is refused where the backend says so', () => {
    const target = { unsupportedFields: 'Reject' as const };
    const error = errorOf(() => direct({ model: sonnet45, messages, seed: 1 }, { target }));
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'seed' });
  });
});

describe('limits and sampling', () => {
  test.each([
    [{}, 4096],
    [{ max_tokens: 5 }, 5],
    [{ max_tokens: 5, max_completion_tokens: 9 }, 9],
  ])('%j gives max_tokens %i [A74]', (fields, want) => {
    expect(sent(fields)['max_tokens']).toBe(want);
  });

  test('a limit below one is refused', () => {
    expect(errorOf(() => sent({ max_tokens: 0 })).code).toBe('invalid_request');
  });

  test('temperature is limited to 1, and top_p gives way to it where one must', () => {
    expect(sent({ temperature: 1.5, top_p: 0.5, top_k: 3 }, claude35)).toMatchObject({
      temperature: 1,
      top_p: 0.5,
      top_k: 3,
    });
    expect(warningsOf({ temperature: 1.5 }, claude35)).toEqual(['temperature changed']);
    const both = sent({ temperature: 0.2, top_p: 0.5 });
    expect(both).toMatchObject({ temperature: 0.2 });
    expect(both).not.toHaveProperty('top_p');
  });

  test('models without sampling parameters get none', () => {
    expect(sent({ temperature: 0.2, top_p: 0.5, top_k: 1 }, 'claude-opus-4-7')).toEqual({
      model: 'claude-opus-4-7',
      max_tokens: 4096,
      messages: turns,
    });
    expect(warningsOf({ temperature: 0.2, top_k: 1 }, 'claude-opus-4-7')).toEqual([
      'temperature dropped',
      'top_k dropped',
    ]);
  });

  test.each([
    ['END', ['END']],
    [['', ' \n', 'x'], ['x']],
    [[''], undefined],
  ])('stop %j', (stop, want) => {
    expect(sent({ stop })['stop_sequences']).toEqual(want);
  });

  test('white space is no stop sequence, with a warning', () => {
    expect(warningsOf({ stop: ['', 'x'] })).toEqual([]);
    expect(warningsOf({ stop: [' \n', 'x'] })).toEqual(['stop dropped']);
  });

  test('the user is passed on; other metadata is named', () => {
    expect(sent({ user: 'u1' })['metadata']).toEqual({ user_id: 'u1' });
    expect(sent({ metadata: { user_id: 'u2' } })['metadata']).toEqual({ user_id: 'u2' });
    expect(warningsOf({ metadata: { team: 'x' } })).toEqual(['metadata.team dropped']);
  });
});

describe('reasoning', () => {
  test.each([
    [opus46, 'high', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, 4096],
    [opus46, 'minimal', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, 4096],
    [opus46, 'xhigh', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, 4096],
    [sonnet45, 'medium', { thinking: { type: 'enabled', budget_tokens: 2048 } }, 2048 + 4096],
    [sonnet45, 'none', {}, 4096],
    [claude35, 'high', {}, 4096],
  ])('%s with effort %s', (model, effort, want, maxTokens) => {
    expect(sent({ reasoning_effort: effort }, model)).toEqual({
      model,
      max_tokens: maxTokens,
      messages: turns,
      ...want,
    });
  });

  test('an effort that the model cannot make is named', () => {
    expect(warningsOf({ reasoning_effort: 'high' }, claude35)).toEqual(['reasoning_effort dropped']);
  });

  test('thinking goes to models that have it, with a budget that they take and room for the answer', () => {
    const thinking = { type: 'enabled', budget_tokens: 100 };
    expect(sent({ thinking, max_tokens: 500, temperature: 0.5 })).toEqual({
      model: sonnet45,
      max_tokens: 1524,
      messages: turns,
      thinking: { type: 'enabled', budget_tokens: 1024 },
    });
    expect(sent({ thinking }, claude35)).not.toHaveProperty('thinking');
    expect(warningsOf({ thinking }, claude35)).toEqual(['thinking dropped']);
  });

  test('a budget is left out when the result of a tool follows a call without signed thinking', () => {
    const lost = [
      ...messages,
      { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: '1', content: 'ok' },
    ];
    const kept = lost.map((message) =>
      message.role === 'assistant'
        ? { ...message, thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'S' }] }
        : message,
    );
    const asked = { reasoning_effort: 'low', temperature: 0.5 };
    expect(sent({ ...asked, messages: lost })).not.toHaveProperty('thinking');
    expect(sent({ ...asked, messages: lost })).toMatchObject({ max_tokens: 4096, temperature: 0.5 });
    expect(warningsOf({ ...asked, messages: lost })).toEqual(['reasoning_effort dropped']);
    expect(sent({ ...asked, messages: kept })).toHaveProperty('thinking.budget_tokens', 1024);
    expect(sent({ ...asked, messages: lost }, opus46)).toHaveProperty('thinking.type', 'adaptive');
    const invoked = jsonOf(
      invoke({ model: 'anthropic.claude-sonnet-4-5-v1:0', ...asked, messages: lost }).body,
    );
    expect(invoked).not.toHaveProperty('thinking');
  });

  test('a thinking model is not forced to call a tool', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const body = sent({ tools, tool_choice: 'required', reasoning_effort: 'low' });
    expect(body['tool_choice']).toEqual({ type: 'auto' });
  });
});
