const pieceCharacters = 16;

/** The pieces in which text is streamed: one word each with the space before it, as models do. Joined they are the text. */
export function splitText(text: string): string[] {
  return text.match(/^\S+|\s+\S*|\S+/g) ?? [];
}

/** The pieces in which generated JSON is streamed; they cut anywhere but inside a character. */
export function splitJson(json: string): string[] {
  const characters = Array.from(json);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += pieceCharacters) {
    pieces.push(characters.slice(at, at + pieceCharacters).join(''));
  }
  return pieces;
}
