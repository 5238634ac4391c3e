import { backend, type Case, many } from './case.ts';

export const backends: readonly Case[] = [
  { name: 'an Envoy Gateway Backend', kind: 'AIServiceBackend', spec: backend({}) },
  {
    name: 'a Backend by its name alone',
    kind: 'AIServiceBackend',
    spec: backend({ backendRef: { name: 'b' } }),
  },
  {
    name: 'a Service',
    kind: 'AIServiceBackend',
    spec: backend({ backendRef: { name: 'b', kind: 'Service', port: 443 } }),
  },
  {
    name: 'a Service of the core group',
    kind: 'AIServiceBackend',
    spec: backend({ backendRef: { name: 'b', kind: 'Service', group: '' } }),
  },
  {
    name: 'a Service of another group',
    kind: 'AIServiceBackend',
    spec: backend({ backendRef: { name: 'b', kind: 'Service', group: 'x.y' } }),
    refusal: 'BackendRef must be an Envoy Gateway Backend, or a Service',
  },
  {
    name: 'a Backend of another group',
    kind: 'AIServiceBackend',
    spec: backend({ backendRef: { name: 'b', kind: 'Backend', group: 'x.y' } }),
    refusal: 'BackendRef must be',
  },
  {
    name: 'another kind',
    kind: 'AIServiceBackend',
    spec: backend({ backendRef: { name: 'b', kind: 'Pod', group: '' } }),
    refusal: 'BackendRef must be',
  },
  { name: 'a schema by its name alone', kind: 'AIServiceBackend', spec: backend({ schema: 'AWSBedrock' }) },
  {
    name: 'a schema with version and prefix',
    kind: 'AIServiceBackend',
    spec: backend({ schema: { name: 'AWSAnthropic', version: 'v', prefix: 'p' } }),
  },
  {
    name: 'an unknown schema',
    kind: 'AIServiceBackend',
    spec: backend({ schema: { name: 'Foo' } }),
    refusal: 'spec.schema',
  },
  {
    name: 'an unknown schema by its name alone',
    kind: 'AIServiceBackend',
    spec: backend({ schema: 'Foo' }),
    refusal: 'spec.schema',
  },
  {
    name: 'a schema without a name',
    kind: 'AIServiceBackend',
    spec: backend({ schema: { version: 'x' } }),
    refusal: 'spec.schema',
  },
  {
    name: 'no schema',
    kind: 'AIServiceBackend',
    spec: { backendRef: { name: 'b' } },
    refusal: 'spec.schema: Required value',
  },
  {
    name: 'our additions',
    kind: 'AIServiceBackend',
    spec: backend({ modelFamily: 'claude', unsupportedFields: 'Reject', messagesVia: 'Converse' }),
  },
  {
    name: 'an unknown family',
    kind: 'AIServiceBackend',
    spec: backend({ modelFamily: 'parrot' }),
    refusal: 'Unsupported value',
  },
  {
    name: 'one header set twice',
    kind: 'AIServiceBackend',
    spec: backend({ headerMutation: { set: many(2, () => ({ name: 'a', value: 'b' })) } }),
    refusal: 'Duplicate value',
  },
  {
    name: 'one header removed twice',
    kind: 'AIServiceBackend',
    spec: backend({ headerMutation: { remove: ['a', 'a'] } }),
    refusal: 'Duplicate value',
  },
  {
    name: 'a body field without a path',
    kind: 'AIServiceBackend',
    spec: backend({ bodyMutation: { set: [{ path: '', value: '1' }] } }),
    refusal: 'should be at least 1 chars',
  },
  {
    name: 'seventeen removals',
    kind: 'AIServiceBackend',
    spec: backend({ bodyMutation: { remove: many(17, (index) => `f${index}`) } }),
    refusal: 'Too many',
  },
];
