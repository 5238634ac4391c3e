import { createEndpointTable } from './endpoint-table.ts';

const plain = createEndpointTable({ root: '', openai: '/', anthropic: '/anthropic' });

describe('endpoint table', () => {
  it.each([
    ['/v1/chat/completions', 'chatCompletions'],
    ['/v1/completions', 'completions'],
    ['/v1/embeddings', 'embeddings'],
    ['/v1/responses', 'responses'],
    ['/v1/messages', 'messages'],
    ['/v1/messages/', 'messages'],
    ['/v1/messages?beta=true', 'messages'],
    ['/v1/messages/?beta=true', 'messages'],
    ['/v1/messages/count_tokens', 'countTokens'],
    ['/anthropic/v1/messages?beta=true', 'messages'],
    ['/anthropic/v1/messages/count_tokens/', 'countTokens'],
  ])('%s is %s', (path, endpoint) => {
    expect(plain(path)).toMatchObject({ kind: 'endpoint', endpoint });
  });

  it.each([
    ['/', 'openai'],
    ['', 'openai'],
    ['/v1', 'openai'],
    ['/V1/messages', 'openai'],
    ['/anthropic/v1/chat/completions', 'anthropic'],
    ['/v1/messages/batches', 'anthropic'],
    ['/anthropicx/v1/x', 'openai'],
    ['/v1/chat/completions//', 'openai'],
  ])('%s is unknown, in the words of %s', (path, dialect) => {
    expect(plain(path)).toMatchObject({ kind: 'unknown', dialect });
  });

  it.each([
    ['/v1/models', 'openai', undefined],
    ['/v1/models/?limit=1', 'openai', undefined],
    ['/v1/models/a%2Fb%3A1', 'openai', 'a/b:1'],
    ['/v1/models/a/b', 'openai', 'a/b'],
    ['/v1/models/%zz', 'openai', '%zz'],
    ['/anthropic/v1/models/x', 'anthropic', 'x'],
  ])('%s asks for models in the words of %s', (path, dialect, modelId) => {
    expect(plain(path)).toEqual({ kind: 'models', dialect, modelId });
  });

  it.each([
    ['/chat/completions', '/v1/chat/completions'],
    ['/v1/v1/messages', '/v1/messages'],
    ['/v1/v1/messages/count_tokens?beta=true', '/v1/messages/count_tokens'],
    ['/openai/v1/chat/completions/', '/v1/chat/completions'],
    ['/V1/Responses', '/v1/responses'],
    ['/anthropic/messages', '/anthropic/v1/messages'],
    ['/v1/chat/completions//', '/v1/chat/completions'],
    ['/models', '/v1/models'],
    ['/', undefined],
    ['/v1', undefined],
    ['/v1/messages/batches', undefined],
    ['/v1/xmessages', undefined],
    [`${'/'.repeat(60_000)}chat/completions`, undefined],
  ])('%s is meant for %s', (path, meant) => {
    expect(plain(path)).toMatchObject({ kind: 'unknown', ...(meant !== undefined && { meant }) });
    expect('meant' in plain(path)).toBe(meant !== undefined);
  });

  it('follows the configured prefixes', () => {
    const find = createEndpointTable({ root: '/ai/', openai: '/oa/', anthropic: 'claude' });
    expect(find('/ai/oa/v1/completions')).toMatchObject({ endpoint: 'completions' });
    expect(find('/ai/oa/v1/messages')).toMatchObject({ endpoint: 'messages' });
    expect(find('/ai/claude/v1/messages')).toMatchObject({ endpoint: 'messages' });
    expect(find('/v1/completions')).toMatchObject({ kind: 'unknown' });
  });
});
