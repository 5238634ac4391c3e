/** A value that is replaced from time to time. */
export interface Current<Value> {
  /** Calls with the value that there is, if there is one, and with each new one; until the returned function is called. */
  follow(listener: (value: Value) => void): () => void;
}

/** One that can be set; its followers are told only of what differs. */
export interface SettableCurrent<Value> extends Current<Value> {
  /** `undefined` until it is set. */
  readonly value: Value | undefined;
  set(value: Value): void;
}

export function createCurrent<Value>(isSame: (left: Value, right: Value) => boolean): SettableCurrent<Value> {
  const listeners = new Set<(value: Value) => void>();
  let current: { readonly value: Value } | undefined;
  return {
    get value() {
      return current?.value;
    },
    set(value) {
      if (current !== undefined && isSame(current.value, value)) return;
      current = { value };
      for (const listener of listeners) listener(value);
    },
    follow(listener) {
      listeners.add(listener);
      if (current !== undefined) listener(current.value);
      return () => void listeners.delete(listener);
    },
  };
}
