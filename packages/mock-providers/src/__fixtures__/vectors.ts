import { readFileSync } from 'node:fs';

/** One request that botocore signed; the body is `body` `repeat` times. */
export interface SigV4Vector {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly region: string;
  readonly headers: readonly [string, string][];
  readonly body: string;
  readonly repeat: number;
  readonly sessionToken: string | null;
  readonly canonicalRequest: string;
}

export interface SigV4Vectors {
  readonly now: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly vectors: readonly SigV4Vector[];
}

/** One event stream message that botocore decoded; payload and frame in hex. */
export interface EventStreamVector {
  readonly name: string;
  readonly headers: readonly {
    readonly name: string;
    readonly type: string;
    readonly value: string | number | boolean;
  }[];
  readonly payload: string;
  readonly frame: string;
}

/** A shape of Amazon's API model. */
export interface ModelShape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly members?: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  readonly union?: boolean;
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
}

/** What vectors/generate.py has written. */
export interface VectorFiles {
  readonly sigv4: SigV4Vectors;
  readonly 'event-stream': { readonly vectors: readonly EventStreamVector[] };
  readonly 'bedrock-model': { readonly shapes: Readonly<Record<string, ModelShape>> };
}

/** Reads one of its files. */
export function readVectors<K extends keyof VectorFiles>(name: K): VectorFiles[K] {
  return JSON.parse(
    readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'),
  ) as VectorFiles[K];
}
