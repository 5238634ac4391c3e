import { TranslationError } from '@aigw/translator';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  constants,
  type ZlibOptions,
} from 'node:zlib';

/** Decompressed bytes that one piece, or one whole body, may become. */
export const maxDecodedBytes = 64 * 1024 * 1024;

/** Decompresses a body piece by piece; the output does not depend on how it is split. */
export interface ContentDecoder {
  /** @throws TranslationError `upstream_error` when the bytes are broken or become too many. */
  decode(chunk: Uint8Array): Promise<Uint8Array>;
  /** The rest. @throws TranslationError as `decode`, also when the body ends too early. */
  end(): Promise<Uint8Array>;
  /** Frees the decoder; it may be called at any time. */
  dispose(): void;
}

const flushed: ZlibOptions = { flush: constants.Z_SYNC_FLUSH };

const decoders = {
  gzip: () => createGunzip(flushed),
  'x-gzip': () => createGunzip(flushed),
  deflate: () => createInflate(flushed),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

type Decompressor = ReturnType<(typeof decoders)[keyof typeof decoders]>;

/**
 * The decoder for a `content-encoding`; undefined when the body is plain.
 * @throws TranslationError `upstream_error` for an encoding that we do not know.
 */
export function createContentDecoder(encoding: string | undefined): ContentDecoder | undefined {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return undefined;
  if (!isKnown(name)) {
    throw new TranslationError('upstream_error', `The provider's answer has an unknown content-encoding`);
  }
  return decodeWith(decoders[name]());
}

function isKnown(name: string): name is keyof typeof decoders {
  return Object.hasOwn(decoders, name);
}

function decodeWith(stream: Decompressor): ContentDecoder {
  let pieces: Buffer[] = [];
  let size = 0;
  let failure: Error | undefined;
  let reject: (error: Error) => void = () => undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    reject(failure);
  };
  stream.on('error', fail);
  stream.on('data', (piece: Buffer) => {
    size += piece.length;
    pieces.push(piece);
    if (size > maxDecodedBytes) stream.destroy(new Error('too large'));
  });
  const collect = async (start: (done: () => void) => void): Promise<Uint8Array> => {
    try {
      await new Promise<void>((resolve, refuse) => {
        reject = refuse;
        if (failure === undefined) start(resolve);
        else refuse(failure);
      });
    } catch (cause) {
      throw new TranslationError('upstream_error', `The provider's compressed answer is broken`, { cause });
    }
    const output = Buffer.concat(pieces);
    pieces = [];
    size = 0;
    return output;
  };
  return {
    decode: (chunk) => collect((done) => void stream.write(chunk, () => done())),
    end: () =>
      collect((done) => {
        stream.once('end', done);
        stream.end();
      }),
    dispose: () => void stream.destroy(),
  };
}
