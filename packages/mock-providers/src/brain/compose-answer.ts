import type { Conversation, Part } from './conversation.ts';
import { findKnownAnswer } from './known-answers.ts';
import { generateJson } from './generate-json.ts';

const maxQuotedCharacters = 400;
const maxCountedNumbers = 10_000;

/** The text of the answer: made from the last user turn, the same for the same conversation. */
export function composeAnswer(conversation: Conversation): string {
  const parts = lastUserParts(conversation);
  const prompt = promptOf(parts);
  if (conversation.jsonSchema) return JSON.stringify(generateJson(conversation.jsonSchema, prompt));
  const results = parts.filter((part) => part.kind === 'tool-result');
  if (results.length > 0) return quoteResults(conversation, results);
  const media = parts.filter((part) => part.kind === 'media').map(({ label }) => label);
  if (media.length > 0) return `I received ${listOf(media)}. ${echo(prompt, conversation.system)}`;
  return (
    findKnownAnswer(prompt) ?? countNumbers(prompt) ?? greet(prompt) ?? echo(prompt, conversation.system)
  );
}

/** The blocks of the last user message. */
export function lastUserParts({ turns }: Conversation): readonly Part[] {
  return turns.findLast(({ role }) => role === 'user')?.parts ?? [];
}

/** The text of these blocks, without what a coding agent adds to it for the model alone. */
export function promptOf(parts: readonly Part[]): string {
  return parts
    .flatMap((part) => (part.kind === 'text' ? [withoutReminders(part.text)] : []))
    .join('\n')
    .trim();
}

/** Agents put `<system-reminder>` passages into the user's turn; they mention every tool, so the mock would call them all, for ever. */
function withoutReminders(text: string): string {
  const [first = '', ...others] = text.split('<system-reminder>');
  const end = '</system-reminder>';
  const rest = others.map((passage) => {
    const at = passage.indexOf(end);
    return at < 0 ? `<system-reminder>${passage}` : passage.slice(at + end.length);
  });
  return first + rest.join('');
}

function quoteResults(
  { turns }: Conversation,
  results: readonly Extract<Part, { kind: 'tool-result' }>[],
): string {
  const uses = turns.flatMap(({ parts }) => parts).filter((part) => part.kind === 'tool-use');
  const sentences = results.map(({ id, text, isError }) => {
    const name = uses.find((use) => use.id === id)?.name ?? 'The tool';
    return `${name} ${isError ? 'failed' : 'returned'}: ${abbreviate(text)}`;
  });
  return `Here is what I found. ${sentences.join('\n')}`;
}

function countNumbers(prompt: string): string | undefined {
  const match = /\bcount (?:from (\d{1,7}) )?(?:up )?to (\d{1,7})\b/i.exec(prompt);
  if (!match) return undefined;
  const first = Number(match[1] ?? 1);
  const length = Math.min(Number(match[2]) - first + 1, maxCountedNumbers);
  return length < 1 ? undefined : Array.from({ length }, (_, index) => first + index).join(', ');
}

function greet(prompt: string): string | undefined {
  const match = /^(?:hi|hello|hey)\b[,!. ]*(.*)$/is.exec(prompt);
  if (!match || prompt.length > 120) return undefined;
  const origin = /^from (.+?)[.!?]*$/i.exec(match[1] ?? '')?.[1];
  return origin
    ? `Hello! Your greeting from ${origin} has arrived. How can I help you today?`
    : 'Hello! How can I help you today?';
}

function echo(prompt: string, system: string): string {
  const words = prompt.split(/\s+/).filter(Boolean).length;
  const instruction = system.trim() === '' ? '' : ` My instructions are: "${abbreviate(system.trim())}"`;
  if (words === 0)
    return `There is no text in your message, so I can only say that it has arrived.${instruction}`;
  const kind = prompt.endsWith('?') ? 'You asked' : 'You wrote';
  return `${kind}: "${abbreviate(prompt)}" That is ${words} ${words === 1 ? 'word' : 'words'}, and this is a mock answer to it.${instruction}`;
}

function abbreviate(text: string): string {
  const characters = Array.from(text.slice(0, maxQuotedCharacters * 2));
  return characters.length <= maxQuotedCharacters
    ? text
    : `${characters.slice(0, maxQuotedCharacters).join('')}…`;
}

function listOf(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
