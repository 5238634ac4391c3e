import { RouteAction_ClusterNotFoundResponseCode } from '@aigw/envoy-proto/xds';
import { readStampedRecording, resourceOf } from './__fixtures__/recorded-request.ts';
import { translate } from './__fixtures__/translate.ts';
import type { Surroundings } from './post-translate-modify.ts';
import { createServedTranslations } from './served-translations.ts';

const { NOT_FOUND, SERVICE_UNAVAILABLE } = RouteAction_ClusterNotFoundResponseCode;

let at = 0;
const start = (): Surroundings => ({ served: createServedTranslations(() => at), isGone: () => false });

type Request = ReturnType<typeof readStampedRecording>;

/** The routes of an HTTPRoute. */
const routesOf = ({ routes }: Pick<Request, 'routes'>, name: string) =>
  routes
    .flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes))
    .filter(({ metadata }) => resourceOf(metadata)?.name === name);

/** What the route `extra` answers without its cluster, after a translation at some time. */
function codeOf(time: number, around: Surroundings, request = readStampedRecording()): number | undefined {
  at = time;
  const [route] = routesOf(translate(request, around).response, 'extra').filter(
    ({ action }) => action.case === 'route',
  );
  return route?.action.case === 'route' ? route.action.value.clusterNotFoundResponseCode : undefined;
}

/** The same before there was the HTTPRoute. */
function readWithoutExtra(): Request {
  const request = readStampedRecording();
  for (const host of request.routes.flatMap(({ virtualHosts }) => virtualHosts)) {
    host.routes = host.routes.filter(({ metadata }) => resourceOf(metadata)?.name !== 'extra');
  }
  return request;
}

test('a route that has just come says for ten seconds that there is no such model, and then what is wrong', () => {
  const around = start();
  codeOf(0, around, readWithoutExtra());
  expect(codeOf(1, around)).toBe(NOT_FOUND);
  expect(codeOf(10_000, around)).toBe(NOT_FOUND);
  expect(codeOf(10_001, around)).toBe(SERVICE_UNAVAILABLE);
});

test('to a controller that has just come itself nothing is new', () => {
  const around = start();
  expect(codeOf(0, around)).toBe(SERVICE_UNAVAILABLE);
  expect(codeOf(1, around)).toBe(SERVICE_UNAVAILABLE);
});

test('a route that leads elsewhere is no new one', () => {
  const around = start();
  codeOf(0, around);
  const request = readStampedRecording(undefined, undefined, () => '0a1b2c3d');
  expect(codeOf(1, around, request)).toBe(SERVICE_UNAVAILABLE);
});

test('one that matches something else is', () => {
  const around = start();
  codeOf(0, around);
  const request = readStampedRecording();
  for (const { match } of routesOf(request, 'extra'))
    match!.pathSpecifier = { case: 'prefix', value: '/else' };
  expect(codeOf(1, around, request)).toBe(NOT_FOUND);
});
