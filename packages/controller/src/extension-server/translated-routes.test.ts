import { fromBinary, type PostTranslateModifyRequest, toBinary } from '@aigw/envoy-proto/xds';
import { PostTranslateModifyRequestSchema } from '@aigw/envoy-proto/xds';
import { annotated, readStampedRecording } from './__fixtures__/recorded-request.ts';
import { translate as stamp } from './__fixtures__/translate.ts';
import { gatherTranslatedRoutes, type TranslatedRoute } from './translated-routes.ts';

function translate(request: PostTranslateModifyRequest): TranslatedRoute[] {
  const { response, problems } = stamp(request);
  return gatherTranslatedRoutes(response.routes, problems);
}

const reasonsOf = (routes: readonly TranslatedRoute[], name: string): string[] =>
  (routes.find(({ route }) => route === name)?.problems ?? []).map(({ reason }) => reason);

test('a problem is told of its own route alone', () => {
  const routes = translate(
    readStampedRecording(undefined, (backends, route) => (route === 'extra' ? [] : backends)),
  );
  expect(routes).toHaveLength(5);
  expect(routes.filter(({ problems }) => problems.length > 0).map(({ route }) => route)).toEqual([
    'default/extra',
  ]);
});

test('a stamp that cannot be used is told of its route, and the other routes are stamped', () => {
  const request = readStampedRecording();
  for (const { name, annotations } of annotated(request)) {
    const text = annotations?.['ai-gateway-stamp'];
    if (name !== 'extra' || annotations === undefined || text === undefined) continue;
    annotations['ai-gateway-stamp'] = text.replaceAll('"num_retries":1', '"num_retries":"many"');
  }
  const routes = translate(request);
  expect(reasonsOf(routes, 'default/extra').join()).toMatch(/got "many"/);
  expect(routes.filter(({ problems }) => problems.length > 0)).toHaveLength(1);
});

test('what is wrong with a listener is told of every route', () => {
  const request = readStampedRecording();
  for (const { filterChains, defaultFilterChain } of request.listeners) {
    for (const { filters } of [...filterChains, ...(defaultFilterChain ? [defaultFilterChain] : [])]) {
      for (const { configType } of filters) {
        if (configType.case === 'typedConfig') configType.value.value = Uint8Array.of(0xff);
      }
    }
  }
  const routes = translate(request);
  expect(routes).toHaveLength(5);
  for (const { problems } of routes) expect(problems.map(({ route }) => route)).toContain(undefined);
});

test('a route behind two Gateways names both', () => {
  const request = readStampedRecording();
  const [configuration] = request.routes;
  if (configuration === undefined) throw new Error('no routes');
  const bytes = toBinary(PostTranslateModifyRequestSchema, { ...request, routes: [configuration] });
  const [copy] = fromBinary(PostTranslateModifyRequestSchema, bytes).routes;
  for (const { metadata } of copy?.virtualHosts ?? []) {
    const eg = metadata?.filterMetadata['envoy-gateway'];
    if (eg !== undefined) eg['resources'] = [{ kind: 'Gateway', namespace: 'other', name: 'gw' }];
  }
  request.routes = [configuration, ...(copy === undefined ? [] : [copy])];
  for (const { gateways } of translate(request)) {
    expect(gateways).toEqual(['default/envoy-ai-gateway-basic', 'other/gw']);
  }
});
