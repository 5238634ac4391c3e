import { isJsonObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { collections, scalars } from './converse-scalars.ts';
import type { CollectionShape, ScalarShape } from './converse-scalars.ts';
import { structures, unions } from './converse-shapes.ts';

/** What AWS finds wrong with a request's form; `name` is its exception. */
export interface ShapeProblem {
  readonly name: 'ValidationException' | 'SerializationException';
  readonly message: string;
}

/** A place in the request: `pointer` as a JSON pointer, `path` as AWS names members in constraint errors. */
interface Place {
  readonly pointer: string;
  readonly path: string;
}

interface Findings {
  /** What makes the request unreadable: the first one is reported alone. */
  readonly malformed: ShapeProblem[];
  /** Values out of their bounds: reported together. */
  readonly constraints: string[];
}

const maxReported = 10;

/** Checks a JSON value against a shape of the API model as AWS's front door does, before any rule of Bedrock itself. `path` names the value where it is not the whole body. */
export function validateShape(value: unknown, shape: string, path = ''): ShapeProblem | undefined {
  const findings: Findings = { malformed: [], constraints: [] };
  visit(value, shape, { pointer: '#', path }, findings);
  if (findings.malformed[0]) return findings.malformed[0];
  const count = findings.constraints.length;
  if (count === 0) return undefined;
  const listed = findings.constraints.slice(0, maxReported).join('; ');
  return {
    name: 'ValidationException',
    message: `${count} validation error${count === 1 ? '' : 's'} detected: ${listed}`,
  };
}

function visit(value: unknown, shape: string, place: Place, findings: Findings): void {
  const members = structures[shape];
  if (members) {
    visitStructure(value, shape, place, findings);
    return;
  }
  const collection = collections[shape];
  if (collection?.key !== undefined) visitMap(value, { ...collection, key: collection.key }, place, findings);
  else if (collection) visitList(value, collection, place, findings);
  else visitScalar(value, scalars[shape] ?? { type: 'document' }, place, findings);
}

function visitStructure(value: unknown, shape: string, place: Place, findings: Findings): void {
  if (!isJsonObject(value)) {
    findings.malformed.push(wrongType(value, 'a structure', place));
    return;
  }
  const members = structures[shape] ?? {};
  const present = Object.entries(value).filter(([, member]) => member !== null);
  for (const [name] of present) {
    if (!Object.hasOwn(members, name)) findings.malformed.push(extraneous(name, place));
  }
  for (const [name, type] of Object.entries(members)) {
    const inside = { pointer: `${place.pointer}/${name}`, path: joinPath(place.path, name) };
    const member = value[name] ?? undefined;
    if (member !== undefined) visit(member, type.replace('!', ''), inside, findings);
    else if (type.endsWith('!'))
      findings.constraints.push(constraint(undefined, inside, 'Member must not be null'));
  }
  if (unions.has(shape) && present.length !== 1)
    findings.malformed.push(notOne(shape, present.length, place));
}

function visitList(value: unknown, shape: CollectionShape, place: Place, findings: Findings): void {
  if (!Array.isArray(value)) {
    findings.malformed.push(wrongType(value, 'a list', place));
    return;
  }
  checkBounds(
    value.length,
    shape,
    { noun: 'length', value: value.length === 0 ? '[]' : undefined, place },
    findings,
  );
  value.forEach((member: unknown, index) => {
    const inside = { pointer: `${place.pointer}/${index}`, path: `${place.path}.${index + 1}.member` };
    visit(member, shape.of, inside, findings);
  });
}

function visitMap(
  value: unknown,
  shape: CollectionShape & { readonly key: string },
  place: Place,
  findings: Findings,
): void {
  if (!isJsonObject(value)) {
    findings.malformed.push(wrongType(value, 'a map', place));
    return;
  }
  const entries = Object.entries(value);
  checkBounds(entries.length, shape, { noun: 'length', value: undefined, place }, findings);
  for (const [key, member] of entries) {
    visit(key, shape.key, { pointer: `${place.pointer}/${key}`, path: `${place.path}.key` }, findings);
    visit(
      member,
      shape.of,
      { pointer: `${place.pointer}/${key}`, path: `${place.path}.${key}.member` },
      findings,
    );
  }
}

function visitScalar(value: unknown, shape: ScalarShape, place: Place, findings: Findings): void {
  switch (shape.type) {
    case 'document':
      return;
    case 'boolean':
      if (typeof value !== 'boolean') findings.malformed.push(wrongType(value, 'a Boolean', place));
      return;
    case 'integer':
    case 'float':
      visitNumber(value, shape, place, findings);
      return;
    case 'blob':
    case 'string':
      visitString(value, shape, place, findings);
  }
}

function visitNumber(value: unknown, shape: ScalarShape, place: Place, findings: Findings): void {
  const isRight = typeof value === 'number' && (shape.type === 'float' || Number.isInteger(value));
  if (isRight) checkBounds(value, shape, { noun: 'value', value: String(value), place }, findings);
  else findings.malformed.push(wrongType(value, shape.type === 'float' ? 'a Float' : 'an Integer', place));
}

function visitString(value: unknown, shape: ScalarShape, place: Place, findings: Findings): void {
  if (typeof value !== 'string') {
    findings.malformed.push(wrongType(value, shape.type === 'blob' ? 'a Blob' : 'a String', place));
    return;
  }
  if (shape.type === 'blob') {
    if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      findings.malformed.push({
        name: 'SerializationException',
        message: `The base64 of the blob at ${place.pointer} is not valid.`,
      });
    }
    checkBounds(
      Math.floor((value.length * 3) / 4),
      shape,
      { noun: 'length', value: undefined, place },
      findings,
    );
    return;
  }
  checkBounds(value.length, shape, { noun: 'length', value, place }, findings);
  if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
    findings.constraints.push(
      constraint(value, place, `Member must satisfy regular expression pattern: ${shape.pattern}`),
    );
  }
  if (shape.values && !shape.values.includes(value)) {
    findings.constraints.push(
      constraint(value, place, `Member must satisfy enum value set: [${shape.values.join(', ')}]`),
    );
  }
}

interface Measured {
  readonly noun: 'value' | 'length';
  readonly value: string | undefined;
  readonly place: Place;
}

function checkBounds(
  measure: number,
  { min = -Infinity, max = Infinity }: { readonly min?: number; readonly max?: number },
  { noun, value, place }: Measured,
  findings: Findings,
): void {
  if (measure < min) {
    findings.constraints.push(
      constraint(value, place, `Member must have ${noun} greater than or equal to ${min}`),
    );
  }
  if (measure > max) {
    findings.constraints.push(
      constraint(value, place, `Member must have ${noun} less than or equal to ${max}`),
    );
  }
}

function constraint(value: string | undefined, { path }: Place, rule: string): string {
  const shown = value === undefined ? 'Value' : `Value '${value.slice(0, 256)}'`;
  return `${shown} at '${path}' failed to satisfy constraint: ${rule}`;
}

function extraneous(name: string, { pointer }: Place): ShapeProblem {
  return {
    name: 'ValidationException',
    message: `Malformed input request: ${pointer}: extraneous key [${name}] is not permitted, please reformat your input and try again.`,
  };
}

function notOne(shape: string, count: number, { pointer }: Place): ShapeProblem {
  const members: JsonObject = structures[shape] ?? {};
  return {
    name: 'ValidationException',
    message: `Malformed input request: ${pointer}: ${count} members are set where exactly one of [${Object.keys(members).join(', ')}] is required, please reformat your input and try again.`,
  };
}

function wrongType(value: unknown, expected: string, { pointer }: Place): ShapeProblem {
  const actual = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return {
    name: 'SerializationException',
    message: `${actual} at ${pointer} can not be converted to ${expected}`,
  };
}

function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
