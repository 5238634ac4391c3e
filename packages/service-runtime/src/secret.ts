import { inspect } from 'node:util';

const redacted = '[secret]';

/**
 * A value that must not be seen by accident: printing, interpolating, inspecting or serialising it yields `[secret]`.
 * Only `reveal()` gives the text, so that a search for that word finds every use.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text itself, for the place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
