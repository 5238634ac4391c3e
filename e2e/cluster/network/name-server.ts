import { createSocket, type RemoteInfo } from 'node:dgram';
import type { Listening } from './relay.ts';

/** The addresses of a name without a dot at its end; `undefined` for one that does not exist. */
export type FindAddresses = (name: string) => readonly string[] | undefined;

const headerLength = 12;
const typeA = 1;
const classIn = 1;
const noSuchName = 3;
/** Seconds for which an answer may be kept, as CoreDNS has it: each rule has a cluster that resolves its names again. */
const lifetime = 30;

interface Question {
  readonly name: string;
  readonly type: number;
  /** Its bytes in the message. */
  readonly end: number;
}

function parseQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = headerLength;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** @see RFC 1035, section 4 */
function encodeAnswer(query: Buffer, { end }: Question, addresses: readonly string[] | undefined): Buffer {
  const header = Buffer.from(query.subarray(0, headerLength));
  // An answer, by who knows best, recursion as it was asked for and to be had.
  header.writeUInt16BE(0x84_80 | (query.readUInt16BE(2) & 0x01_00) | (addresses ? 0 : noSuchName), 2);
  header.writeUInt16BE(addresses?.length ?? 0, 6);
  header.writeUInt32BE(0, 8);
  const records = (addresses ?? []).map((address) => {
    const record = Buffer.alloc(16);
    record.writeUInt16BE(0xc0_00 | headerLength, 0);
    record.writeUInt16BE(typeA, 2);
    record.writeUInt16BE(classIn, 4);
    record.writeUInt32BE(lifetime, 6);
    record.writeUInt16BE(4, 10);
    record.set(address.split('.').map(Number), 12);
    return record;
  });
  return Buffer.concat([header, query.subarray(headerLength, end), ...records]);
}

/** A name server that can be slow. */
export interface NameServer extends Listening {
  /** Answers come this many milliseconds after their questions. */
  setDelay(ms: number): void;
}

/** Answers questions for IPv4 addresses; names that exist have no records of other types. */
export async function startNameServer(address: string, find: FindAddresses): Promise<NameServer> {
  const socket = createSocket('udp4');
  const late = new Set<NodeJS.Timeout>();
  let delayMs = 0;
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    try {
      const question = parseQuestion(query);
      const addresses = find(question.name);
      const answer = encodeAnswer(query, question, question.type === typeA ? addresses : addresses && []);
      const send = (): void => socket.send(answer, from.port, from.address);
      if (delayMs === 0) send();
      else late.add(setTimeout(send, delayMs));
    } catch {
      // A message that is none gets no answer.
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).bind(53, address, resolve);
  });
  return {
    setDelay: (ms) => {
      delayMs = ms;
    },
    stop: () => {
      for (const timer of late) clearTimeout(timer);
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}
