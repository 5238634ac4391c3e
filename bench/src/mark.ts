/**
 * Every event carries the time at which the mock wrote it, through any translation: `t=` and 16 digits of the machine's
 * monotonic clock, in nanoseconds.
 */
const digits = 16;
const prefix = Buffer.from('t=');
/** Length of a mark in bytes. */
export const markLength = prefix.length + digits;
/** What stands in a frame before it is sent. */
export const emptyMark = `t=${'0'.repeat(digits)}`;

/** Now, on the clock that all processes of this machine share. */
export function readClock(): number {
  return Number(process.hrtime.bigint());
}

/** Writes the time over a mark. */
export function writeMark(bytes: Buffer, offset: number, time: number): void {
  bytes.write(time.toString().padStart(digits, '0').slice(-digits), offset + prefix.length, 'latin1');
}

/** Finds the marks in a body that arrives in pieces. */
export class MarkScanner {
  private tail: Buffer = Buffer.alloc(0);

  /** Forgets what came before: a new body begins. */
  reset(): void {
    this.tail = Buffer.alloc(0);
  }

  /** Calls back with the time of every mark that is complete now. */
  push(piece: Buffer, found: (time: number) => void): void {
    const bytes = this.tail.length === 0 ? piece : Buffer.concat([this.tail, piece]);
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(prefix, from);
      if (at < 0 || bytes.length - at < markLength) break;
      const time = Number(bytes.toString('latin1', at + prefix.length, at + markLength));
      if (time > 0) found(time);
      from = at + prefix.length;
    }
    this.tail = Buffer.from(bytes.subarray(Math.max(from, bytes.length - markLength + 1)));
  }
}
