import { type HeaderChanges, TranslationError } from '@aigw/translator';

/** Envoy refuses a mutation of more than 100 headers or 60 KiB with a bare 500; we answer before it does. */
const maxOperations = 100;
const maxBytes = 60 * 1024;

/** Collects header changes; for each name the last word counts. */
export interface HeaderPlan {
  set(name: string, value: string): void;
  remove(name: string): void;
  apply(changes: HeaderChanges): void;
  /** @throws TranslationError when Envoy would refuse the changes. */
  build(): HeaderChanges;
  names(): Iterable<string>;
}

/** An empty plan. Names are made lower-case. */
export function createHeaderPlan(): HeaderPlan {
  const plan = new Map<string, string | undefined>();
  const set = (name: string, value: string): void => void plan.set(name.toLowerCase(), value);
  const remove = (name: string): void => void plan.set(name.toLowerCase(), undefined);
  return {
    set,
    remove,
    apply(changes) {
      for (const name of changes.remove) remove(name);
      for (const [name, value] of changes.set) set(name, value);
    },
    build: () => buildChanges(plan),
    names: () => plan.keys(),
  };
}

function buildChanges(plan: ReadonlyMap<string, string | undefined>): HeaderChanges {
  const set: [string, string][] = [];
  const remove: string[] = [];
  let bytes = 0;
  for (const [name, value] of plan) {
    bytes += name.length + Buffer.byteLength(value ?? '');
    if (value === undefined) remove.push(name);
    else set.push([name, checkValue(name, value)]);
  }
  if (plan.size > maxOperations) {
    throw new TranslationError(
      'invalid_request',
      `More than ${maxOperations} headers would have to be changed: send fewer`,
    );
  }
  if (bytes > maxBytes) {
    throw new TranslationError(
      'invalid_request',
      'The headers of the request are too large: send shorter ones',
    );
  }
  return { set, remove };
}

function checkValue(name: string, value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    throw new TranslationError('internal', `The value for the header ${name} contains a control character`);
  }
  return value;
}
