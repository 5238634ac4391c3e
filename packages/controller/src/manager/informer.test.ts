import { createQuietLogger } from '../__fixtures__/quiet-logger.ts';
import { createScriptedClient, type Script, silence } from '../__fixtures__/scripted-client.ts';
import type { WatchEvent } from '../kube/api-client.ts';
import { KubeApiError } from '../kube/api-error.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { type Change, createInformer } from './informer.ts';

const item = (name: string, resourceVersion: string): Record<string, unknown> => ({
  metadata: { namespace: 'n', name, uid: `u-${name}`, resourceVersion, managedFields: [{}] },
});
const list = (version: string, ...items: unknown[]): unknown => ({
  metadata: { resourceVersion: version },
  items,
});
const summary = ({ before, after }: Change): string =>
  `${before?.metadata.resourceVersion ?? '-'}>${after?.metadata.resourceVersion ?? '-'} ${(after ?? before)?.metadata.name ?? ''}`;

/** Runs an informer until it has told of `count` changes. */
async function follow(
  script: Script,
  count: number,
): Promise<{ changes: string[]; lines: string[]; watches: unknown[]; names: string[] }> {
  const stop = new AbortController();
  const changes: string[] = [];
  const logger = createQuietLogger();
  const client = createScriptedClient(script);
  const informer = createInformer({
    type: resourceTypes.Secret,
    client,
    logger,
    onChange: (change) => {
      changes.push(summary(change));
      if (changes.length >= count) stop.abort();
    },
  });
  await informer.run(stop.signal);
  return {
    changes,
    lines: logger.lines,
    watches: client.watches,
    names: informer.store.all().map(({ metadata }) => metadata.name),
  };
}

async function* events(...given: WatchEvent[]): AsyncGenerator<WatchEvent> {
  await Promise.resolve();
  yield* given;
}

describe('createInformer', () => {
  test('lists in pages, then tells of what a watch says', async () => {
    const pages = [
      { metadata: { resourceVersion: '5', continue: 'more' }, items: [item('a', '1')] },
      list('5', item('b', '2')),
    ];
    const { changes } = await follow(
      {
        request: ({ query }) => pages[query?.['continue'] === undefined ? 0 : 1],
        watch: () =>
          events({ type: 'MODIFIED', object: item('a', '6') }, { type: 'DELETED', object: item('b', '7') }),
      },
      4,
    );
    expect(changes).toEqual(['->1 a', '->2 b', '1>6 a', '2>- b']);
  });

  test('a watch that ends is continued from the last version, bookmarks included', async () => {
    const turns = [
      events({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } }),
      events({ type: 'ADDED', object: item('b', '10') }),
    ];
    const { watches } = await follow(
      {
        request: () => list('5', item('a', '1')),
        watch: (_query, signal) => turns.shift() ?? silence(signal),
      },
      2,
    );
    expect(watches).toMatchObject([{ resourceVersion: '5' }, { resourceVersion: '9' }]);
  });

  test('a version that is too old is listed again, and only differences are told', async () => {
    const lists = [list('5', item('a', '1'), item('b', '2')), list('20', item('b', '2'), item('c', '12'))];
    const turns = [events({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } })];
    const { changes, lines, names } = await follow(
      { request: () => lists.shift(), watch: (_query, signal) => turns.shift() ?? silence(signal) },
      4,
    );
    expect(changes).toEqual(['->1 a', '->2 b', '1>- a', '->12 c']);
    expect(names).toEqual(['b', 'c']);
    expect(lines).toEqual([]);
  });

  test('a failure is logged and tried again', async () => {
    const answers = [
      () => {
        throw new KubeApiError(500, 'InternalError', 'broken');
      },
      () => list('5', item('a', '1')),
    ];
    const { changes, lines } = await follow({ request: () => answers.shift()?.() }, 1);
    expect(changes).toEqual(['->1 a']);
    expect(lines).toEqual(['warn watch failed; trying again']);
  });

  test('an optional kind that the cluster does not have holds nothing up', async () => {
    const stop = new AbortController();
    const logger = createQuietLogger();
    const informer = createInformer({
      type: { ...resourceTypes.QuotaPolicy, isOptional: true },
      client: createScriptedClient({
        request: () => {
          throw new KubeApiError(404, 'NotFound', 'page not found');
        },
      }),
      logger,
      onChange: () => undefined,
    });
    const running = informer.run(stop.signal);
    await informer.synced;
    expect(informer.store.all()).toEqual([]);
    expect(logger.lines).toEqual([]);
    stop.abort();
    await running;
  });

  test('a kind that is away for a moment is waited for, and loses no object', async () => {
    const answers = [list('5', item('a', '1')), undefined, list('9', item('a', '1'), item('b', '2'))];
    const { changes, names } = await follow(
      {
        request: () => {
          const answer = answers.shift();
          if (answer === undefined) throw new KubeApiError(404, 'NotFound', 'page not found');
          return answer;
        },
        watch: () => {
          throw new KubeApiError(404, 'NotFound', 'page not found');
        },
      },
      2,
    );
    expect(changes).toEqual(['->1 a', '->2 b']);
    expect(names).toEqual(['a', 'b']);
  });

  test('what nobody reads is not kept', async () => {
    const stop = new AbortController();
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' };
    const given = {
      ...item('a', '1'),
      metadata: { name: 'a', namespace: 'n', managedFields: [{}], annotations },
    };
    const informer = createInformer({
      type: resourceTypes.Secret,
      client: createScriptedClient({ request: () => list('5', given) }),
      logger: createQuietLogger(),
      onChange: () => stop.abort(),
    });
    await informer.run(stop.signal);
    expect(informer.store.get('n/a')).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', namespace: 'n', annotations: { kept: 'yes' } },
    });
  });
});
