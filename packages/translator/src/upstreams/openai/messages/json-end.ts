/** Notices, piece by piece, where a JSON object ends. */
export interface JsonEndScanner {
  /** True once the object's closing brace has come. */
  readonly isComplete: boolean;
  /** Takes the next piece; gives back what stands behind the end. */
  push(text: string): string;
}

class BraceScanner implements JsonEndScanner {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  isComplete = false;

  push(text: string): string {
    for (let index = 0; index < text.length; index++) {
      if (this.isComplete) return text.slice(index);
      this.#take(text.charAt(index));
    }
    return '';
  }

  #take(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInString) this.#takeInString(character);
    else if (character === '"') this.#isInString = true;
    else if (character === '{' || character === '[') this.#depth++;
    else if (character === '}' || character === ']') this.isComplete = --this.#depth <= 0;
  }

  #takeInString(character: string): void {
    if (character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#isInString = false;
  }
}

/** A scanner at the beginning of an object. What is no JSON never ends, or ends somewhere; nothing is lost by it. */
export function createJsonEndScanner(): JsonEndScanner {
  return new BraceScanner();
}
