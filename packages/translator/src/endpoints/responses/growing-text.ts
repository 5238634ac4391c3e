/** Text that grows by small pieces and is read seldom. */
export interface GrowingText {
  /** In UTF-16 code units. */
  readonly length: number;
  append(piece: string): void;
  read(): string;
}

const piecesBeforeJoin = 1024;

/** Pieces are joined now and then: left alone, or added up with `+`, each small one takes a multiple of its length. */
class JoinedText implements GrowingText {
  #joined: string[] = [];
  #recent: string[] = [];
  length = 0;

  append(piece: string): void {
    this.length += piece.length;
    if (this.#recent.push(piece) < piecesBeforeJoin) return;
    this.#joined.push(this.#recent.join(''));
    this.#recent = [];
  }

  read(): string {
    if (this.#joined.length + this.#recent.length === 0) return '';
    const whole = this.#joined.join('') + this.#recent.join('');
    this.#joined = [whole];
    this.#recent = [];
    return whole;
  }
}

/** An empty text. Its owner bounds it. */
export function createGrowingText(): GrowingText {
  return new JoinedText();
}
