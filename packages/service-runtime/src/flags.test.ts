import fc from 'fast-check';
import {
  choiceFlag,
  ignoredFlag,
  integerFlag,
  optionalTextFlag,
  parseFlags,
  switchFlag,
  textFlag,
} from './flags.ts';

const specs = {
  addr: textFlag(':1063'),
  attributes: optionalTextFlag(),
  port: integerFlag(1064),
  redact: switchFlag(false),
  level: choiceFlag(['debug', 'info'], 'info'),
  mcpAddr: ignoredFlag(),
};

test.each(['IfNotPresent', 'ifnotpresent'])('a choice is found in any letter case: %s', (text) => {
  const policy = { policy: choiceFlag(['Always', 'IfNotPresent'], 'Always') };
  expect(parseFlags(policy, ['-policy', text])).toMatchObject({
    values: { policy: 'IfNotPresent' },
    problems: [],
  });
});

test('defaults hold without arguments', () => {
  expect(parseFlags(specs, [])).toEqual({
    values: {
      addr: ':1063',
      attributes: undefined,
      port: 1064,
      redact: false,
      level: 'info',
      mcpAddr: undefined,
    },
    unknown: [],
    positionals: [],
    problems: [],
  });
});

test.each([
  [['-addr', ':9']],
  [['-addr=:9']],
  [['--addr', ':9']],
  [['--addr=:9']],
  [['-addr', ':1', '-addr', ':9']],
])('%j sets the value', (args) => {
  expect(parseFlags(specs, args).values.addr).toBe(':9');
});

test.each([
  [['-redact'], true],
  [['-redact=true'], true],
  [['--redact=false'], false],
  [['-redact', 'false'], true],
])('a switch: %j is %s', (args, expected) => {
  expect(parseFlags(specs, args).values.redact).toBe(expected);
});

test('a value may start with a dash, hold equals signs, or be empty', () => {
  const { values } = parseFlags(specs, ['-addr', '-x=y', '-attributes=']);
  expect([values.addr, values.attributes]).toEqual(['-x=y', '']);
});

test('unknown flags are named and do not disturb the others', () => {
  const parsed = parseFlags(specs, ['-what', 'x', '-port', '7', '--alone', '-which=z', '-level', 'DEBUG']);
  expect(parsed.unknown).toEqual(['-what', '-alone', '-which']);
  expect([parsed.values.port, parsed.values.level, parsed.positionals]).toEqual([7, 'debug', []]);
});

test('flags of the replaced program are accepted without effect', () => {
  const parsed = parseFlags(specs, ['-mcpAddr', ':9856', 'rest']);
  expect(parsed).toMatchObject({ unknown: [], problems: [], positionals: ['rest'] });
});

test('every problem is reported, and the default stays', () => {
  const parsed = parseFlags(specs, ['-port', 'x', '-level=loud', '-redact=maybe', '-addr']);
  expect(parsed.problems).toEqual([
    '-port: "x": expected a whole number',
    '-level: "loud": expected one of debug, info',
    '-redact: "maybe": expected true or false',
    '-addr: a value is missing',
  ]);
  expect(parsed.values).toMatchObject({ port: 1064, level: 'info', redact: false, addr: ':1063' });
});

test('two dashes end the flags', () => {
  expect(parseFlags(specs, ['--', '-addr', 'x']).positionals).toEqual(['-addr', 'x']);
});

test('nothing on the command line makes it throw, and no name reaches a prototype', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('-__proto__', '-constructor', '-addr'))),
      (args) => {
        expect(Object.keys(parseFlags(specs, args).values)).toEqual(Object.keys(specs));
      },
    ),
  );
});
