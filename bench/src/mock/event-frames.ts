import { crc32 } from 'node:zlib';
import { emptyMark, writeMark } from '../mark.ts';

const preludeBytes = 8;
const crcBytes = 4;

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(valueBytes.length);
  const stringType = Buffer.from([7]);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, stringType, length, valueBytes]);
}

/** One message of AWS's event stream. @see https://smithy.io/2.0/aws/amazon-eventstream.html */
export function encodeFrame(event: string, payload: object): Buffer {
  const headers = Buffer.concat([
    encodeHeader(':event-type', event),
    encodeHeader(':content-type', 'application/json'),
    encodeHeader(':message-type', 'event'),
  ]);
  const body = Buffer.from(JSON.stringify(payload));
  const total = preludeBytes + crcBytes + headers.length + body.length + crcBytes;
  const frame = Buffer.alloc(total);
  frame.writeUInt32BE(total, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, preludeBytes)), preludeBytes);
  headers.copy(frame, preludeBytes + crcBytes);
  body.copy(frame, preludeBytes + crcBytes + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, total - crcBytes)), total - crcBytes);
  return frame;
}

/** Makes the text events, each with its own time of sending: the frame is patched and its checksum renewed. */
export function createTextFrames(): (time: number) => Buffer {
  const template = encodeFrame('contentBlockDelta', {
    contentBlockIndex: 0,
    delta: { text: `${emptyMark} lorem ` },
    p: 'abcdefghij',
  });
  const mark = template.indexOf(emptyMark);
  return (time) => {
    const frame = Buffer.from(template);
    writeMark(frame, mark, time);
    frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - crcBytes)), frame.length - crcBytes);
    return frame;
  };
}
