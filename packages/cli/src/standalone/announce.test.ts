import { execFileSync } from 'node:child_process';

import fc from 'fast-check';

import { announceListeners, suggestRequests, quote, urlOf } from './announce.ts';

test.each([
  ['127.0.0.1', 'http://127.0.0.1:1975'],
  ['0.0.0.0', 'http://127.0.0.1:1975'],
  ['::', 'http://[::1]:1975'],
  ['10.0.0.1', 'http://10.0.0.1:1975'],
])('the URL of %s is one that can be called from here', (host, url) => {
  expect(urlOf(host, 1975)).toBe(url);
});

test('the first line is the one that tools wait for', () => {
  const listener = { name: 'http', gateway: 'default/g', address: '127.0.0.1', requestedPort: 80 };
  const listeners = [
    { ...listener, port: 1975 },
    { ...listener, port: 8080 },
  ];
  expect(announceListeners({ listeners }, 'http://127.0.0.1:1064')).toEqual([
    'aigw: listening on http://127.0.0.1:1975 (admin http://127.0.0.1:1064)',
    'aigw: also listening on http://127.0.0.1:8080',
  ]);
});

const model = (name: string) => ({ name, headers: [], port: 1975 });

test('one curl for each API, with the headers that the route wants', () => {
  const models = [{ ...model('m'), headers: [['x-provider', 'aws']] as const }];
  expect(suggestRequests({ models }, '127.0.0.1')).toEqual([
    `curl -s -H 'content-type: application/json' -H 'x-provider: aws' -d '{"model":"m","messages":[{"role":"user","content":"What is the capital of France?"}]}' http://127.0.0.1:1975/v1/chat/completions`,
    `curl -s -H 'content-type: application/json' -H 'x-provider: aws' -d '{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"What is the capital of France?"}]}' http://127.0.0.1:1975/v1/messages`,
  ]);
});

test('however many models there are, one curl for each API; the others are named once', () => {
  const models = ['a', 'b', 'c', 'c', 'a'].map(model);
  const lines = suggestRequests({ models }, '127.0.0.1');
  expect(lines.map((line) => /"model":"(\w+)".*\/v1\/([\w/]+)$/.exec(line)?.slice(1) ?? line)).toEqual([
    ['a', 'chat/completions'],
    ['a', 'messages'],
    '# other models: b, c',
  ]);
});

test('a long list is cut, and says so', () => {
  const models = Array.from({ length: 13 }, (_, index) => model(`m${index}`));
  expect(suggestRequests({ models }, '127.0.0.1').at(-1)).toMatch(
    /: m1, .*m10 and 2 more: see \/v1\/models$/,
  );
  expect(suggestRequests({ models: [] }, '127.0.0.1')).toEqual([]);
});

test('a shell reads back what was quoted', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
  fc.assert(
    fc.property(text, (value) => {
      expect(execFileSync('/bin/sh', ['-c', `printf %s ${quote(value)}`], { encoding: 'utf8' })).toBe(value);
    }),
    { numRuns: 50 },
  );
});
