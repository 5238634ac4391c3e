/** One command-line flag, in the style of Go's `flag` package. */
export interface FlagSpec<T> {
  readonly default: T;
  /** Turns the text into the value. @throws Error with a message that says what is expected. */
  readonly parse: (text: string) => T;
  /** `-x` alone means `-x=true`; a separate value is not taken. */
  readonly isSwitch?: boolean;
}

/** The flags that a program knows. */
export type FlagSpecs = Readonly<Record<string, FlagSpec<unknown>>>;

export type FlagValues<S extends FlagSpecs> = { readonly [K in keyof S]: S[K]['default'] };

export interface ParsedFlags<S extends FlagSpecs> {
  readonly values: FlagValues<S>;
  /** Flags that nobody knows, with their dashes; the caller reports them and goes on. */
  readonly unknown: readonly string[];
  readonly positionals: readonly string[];
  /** What is wrong, one sentence each; the values then hold the defaults. */
  readonly problems: readonly string[];
}

/** A flag with a text value. */
export function textFlag(defaultValue: string): FlagSpec<string> {
  return { default: defaultValue, parse: (text) => text };
}

/** A flag with a text value, or `undefined` when it is not given: for flags where empty text has a meaning of its own. */
export function optionalTextFlag(): FlagSpec<string | undefined> {
  return { default: undefined, parse: (text) => text };
}

/** A whole number of at least zero. */
export function integerFlag(defaultValue: number): FlagSpec<number> {
  return { default: defaultValue, parse: parseInteger };
}

/** `-x`, `-x=true` or `-x=false`. */
export function switchFlag(defaultValue: boolean): FlagSpec<boolean> {
  return { default: defaultValue, parse: parseBoolean, isSwitch: true };
}

/** One of a fixed set of words, in any letter case. */
export function choiceFlag<const T extends string>(
  choices: readonly T[],
  defaultValue: NoInfer<T>,
): FlagSpec<T> {
  const parse = (text: string): T => {
    const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
    if (found === undefined) throw new Error(`expected one of ${choices.join(', ')}`);
    return found;
  };
  return { default: defaultValue, parse };
}

/** A flag of the program that this one stands in for: accepted with a value, without effect. */
export function ignoredFlag(): FlagSpec<undefined> {
  return { default: undefined, parse: () => undefined };
}

/**
 * Reads `-x v`, `-x=v`, `--x v` and `--x=v`; `--` ends the flags.
 * Never throws: an unknown flag takes the next argument with it when that does not look like a flag.
 */
export function parseFlags<S extends FlagSpecs>(specs: S, args: readonly string[]): ParsedFlags<S> {
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) values[name] = spec.default;
  const unknown: string[] = [];
  const positionals: string[] = [];
  const problems: string[] = [];

  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--') {
      positionals.push(...args.slice(index + 1));
      break;
    }
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argument);
    if (match === null) {
      positionals.push(argument);
      continue;
    }
    const name = match[1] ?? '';
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    const next = args[index + 1];
    const { text, takesNext } = readText(spec, match[2], next);
    if (takesNext) index += 1;
    if (spec === undefined) unknown.push(`-${name}`);
    else if (text === undefined) problems.push(`-${name}: a value is missing`);
    else readValue(name, spec, text, { values, problems });
  }
  // The record was filled from the same specs that give the type its shape.
  return { values: values as FlagValues<S>, unknown, positionals, problems };
}

function readText(
  spec: FlagSpec<unknown> | undefined,
  inline: string | undefined,
  next: string | undefined,
): { text: string | undefined; takesNext: boolean } {
  if (inline !== undefined) return { text: inline, takesNext: false };
  if (spec?.isSwitch === true) return { text: 'true', takesNext: false };
  const takesNext = next !== undefined && (spec !== undefined || !next.startsWith('-'));
  return { text: takesNext ? next : undefined, takesNext };
}

interface Sink {
  readonly values: Record<string, unknown>;
  readonly problems: string[];
}

function readValue(name: string, spec: FlagSpec<unknown>, text: string, { values, problems }: Sink): void {
  try {
    values[name] = spec.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'is not valid';
    problems.push(`-${name}: ${JSON.stringify(text)}: ${reason}`);
  }
}

function parseInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isFinite(value)) throw new Error('expected a whole number');
  return value;
}

function parseBoolean(text: string): boolean {
  if (['true', '1', 't', 'T', 'TRUE', 'True'].includes(text)) return true;
  if (['false', '0', 'f', 'F', 'FALSE', 'False'].includes(text)) return false;
  throw new Error('expected true or false');
}
