import { headerOf } from '../mock-request.ts';
import type { MockRequest } from '../mock-request.ts';

/** Every fault that a request can ask for; the README says what each does. */
export const mockFaults = [
  'throttling',
  'first-frame-throttling',
  'mid-stream-throttling',
  'model-stream-error',
  'service-unavailable',
  'internal',
  'truncation',
  'reset',
  'bad-crc',
  'one-byte',
  'delay',
  'html-error',
  'empty-error',
  'error-event',
  'json-instead-of-stream',
  'slow-stream',
  'hang',
] as const;

/** The name of a fault. */
export type MockFaultName = (typeof mockFaults)[number];

/** A fault and its options. */
export interface MockFault {
  readonly name: MockFaultName;
  /** Frames that pass before it strikes. */
  readonly after: number | undefined;
  /** Milliseconds to wait: before the answer, or between the frames of a stream. */
  readonly ms: number | undefined;
}

/** The header `x-mock-fault: <name>[;after=N][;ms=N]`. */
export const mockFaultHeader = 'x-mock-fault';

const suffixMark = '--fault-';
/** Milliseconds: the longest wait, and how long `hang` lasts. */
export const maxMs = 600_000;

/** A model name without its fault suffix `--fault-<name>`, and the name of the fault. */
export function splitFaultSuffix(model: string): {
  readonly model: string;
  readonly suffix: string | undefined;
} {
  const at = model.lastIndexOf(suffixMark);
  return at < 0
    ? { model, suffix: undefined }
    : { model: model.slice(0, at), suffix: model.slice(at + suffixMark.length) };
}

/** The fault that a request asks for, the header before the suffix; a string says what is wrong with it. */
export function findFault(request: MockRequest, suffix: string | undefined): MockFault | string | undefined {
  const text = headerOf(request, mockFaultHeader) ?? suffix;
  return text === undefined ? undefined : parseFault(text);
}

/** Parses `<name>[;after=N][;ms=N]`; a string says what is wrong with it. */
export function parseFault(text: string): MockFault | string {
  const [wanted = '', ...options] = text.split(';').map((part) => part.trim());
  const name = mockFaults.find((fault) => fault === wanted);
  if (!name) return `unknown fault '${wanted}', expected one of: ${mockFaults.join(', ')}`;
  const values: { after?: number; ms?: number } = {};
  for (const option of options) {
    const [, key, digits] = /^(after|ms)=(\d{1,9})$/.exec(option) ?? [];
    if (key !== 'after' && key !== 'ms')
      return `unknown option '${option}' of fault ${name}, expected after=N or ms=N`;
    values[key] = Math.min(Number(digits), maxMs);
  }
  return { name, after: values.after, ms: values.ms };
}
