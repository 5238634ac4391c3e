import {
  HttpConnectionManager_PathWithEscapedSlashesAction as EscapedSlashes,
  HttpConnectionManagerSchema,
  type PostTranslateModifyRequest,
} from '@aigw/envoy-proto/xds';
import { readStampedRecording } from './__fixtures__/recorded-request.ts';
import { managerOf } from './__fixtures__/stamped-parts.ts';
import { translate } from './__fixtures__/translate.ts';
import { pack, unpack } from './messages.ts';

describe('escaped slashes in paths', () => {
  const actionOf = (change: (request: PostTranslateModifyRequest) => void): EscapedSlashes => {
    const request = readStampedRecording();
    change(request);
    return managerOf(translate(request).response).pathWithEscapedSlashesAction;
  };
  const setAction =
    (action: EscapedSlashes) =>
    ({ listeners }: PostTranslateModifyRequest): void => {
      for (const { defaultFilterChain, filterChains } of listeners) {
        for (const { filters } of [...filterChains, ...(defaultFilterChain ? [defaultFilterChain] : [])]) {
          for (const { configType } of filters) {
            if (configType.case !== 'typedConfig') continue;
            const manager = unpack(HttpConnectionManagerSchema, configType.value);
            if (manager === undefined) continue;
            manager.pathWithEscapedSlashesAction = action;
            configType.value = pack(HttpConnectionManagerSchema, manager);
          }
        }
      }
    };

  test('belong to the ids of models', () => {
    expect(actionOf(setAction(EscapedSlashes.UNESCAPE_AND_REDIRECT))).toBe(EscapedSlashes.KEEP_UNCHANGED);
  });

  test('are refused where a ClientTrafficPolicy says so', () => {
    expect(actionOf(setAction(EscapedSlashes.REJECT_REQUEST))).toBe(EscapedSlashes.REJECT_REQUEST);
  });

  test('are left to Envoy Gateway where others have routes too', () => {
    const action = actionOf((request) => {
      setAction(EscapedSlashes.UNESCAPE_AND_REDIRECT)(request);
      for (const { virtualHosts } of request.routes) {
        const [first] = virtualHosts[0]?.routes ?? [];
        if (first !== undefined) virtualHosts[0]?.routes.push({ ...first, metadata: undefined });
      }
    });
    expect(action).toBe(EscapedSlashes.UNESCAPE_AND_REDIRECT);
  });
});
