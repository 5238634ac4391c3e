import { hash } from 'node:crypto';
import type { Checksum, ChecksumConstructor, SourceData } from '@smithy/types';

const blockBytes = 64;

/**
 * SHA-256 and HMAC-SHA-256 of node:crypto, in the shape that the signer asks for. Everything is hashed in one call at the
 * end, HMAC as the two hashes that it is (RFC 2104): making node's Hash and Hmac objects costs more than hashing a request.
 */
export const Sha256: ChecksumConstructor = class implements Checksum {
  readonly #key: Uint8Array | undefined;
  #chunks: Uint8Array[] = [];

  constructor(secret?: SourceData) {
    this.#key = secret === undefined ? undefined : toBlock(toBytes(secret));
  }

  update(data: Uint8Array): void {
    this.#chunks.push(data);
  }

  digest(): Promise<Uint8Array> {
    const [only, ...others] = this.#chunks;
    const data = only !== undefined && others.length === 0 ? only : Buffer.concat(this.#chunks);
    return Promise.resolve(this.#key === undefined ? sha256(data) : hmac(this.#key, data));
  }

  reset(): void {
    this.#chunks = [];
  }
};

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  const inner = sha256(Buffer.concat([pad(key, 0x36), data]));
  return sha256(Buffer.concat([pad(key, 0x5c), inner]));
}

function pad(key: Uint8Array, value: number): Uint8Array {
  return key.map((byte) => byte ^ value);
}

/** The key as one block, filled with zeros; longer ones are hashed first. */
function toBlock(secret: Uint8Array): Uint8Array {
  const block = new Uint8Array(blockBytes);
  block.set(secret.byteLength > blockBytes ? sha256(secret) : secret);
  return block;
}

function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}

function toBytes(source: SourceData): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source, 'utf8');
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
