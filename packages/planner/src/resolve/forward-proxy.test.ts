import { parseForwardProxy } from './forward-proxy.ts';

test.each([
  ['10.0.0.5:3128', { address: '10.0.0.5', port: 3128 }],
  ['[fd00::5]:3128', { address: 'fd00::5', port: 3128 }],
  ['proxy.example.com:3128', undefined],
  ['10.0.0.5', undefined],
  ['10.0.0.256:3128', undefined],
  ['10.0.0:3128', undefined],
  ['10.0.0.5.:3128', undefined],
  ['10.0.0.5:0', undefined],
  ['10.0.0.5:65536', undefined],
  ['fd00::5:3128', undefined],
  ['[proxy]:3128', undefined],
  ['http://10.0.0.5:3128', undefined],
  ['', undefined],
])('%s', (text, want) => {
  expect(parseForwardProxy(text)).toEqual(want);
});
