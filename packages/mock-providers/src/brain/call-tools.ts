import { objectOf } from '../json.ts';
import type { AnswerBlock, Conversation, ToolDefinition } from './conversation.ts';
import { lastUserParts, promptOf } from './compose-answer.ts';
import { findPlaces, generateJson } from './generate-json.ts';

type ToolUse = Extract<AnswerBlock, { kind: 'tool-use' }>;

const maxParallelCalls = 32;

/** Words of tool names that say nothing about their subject. */
const idleWords = new Set([
  'get',
  'set',
  'list',
  'find',
  'make',
  'run',
  'the',
  'current',
  'tool',
  'call',
  'fetch',
]);

/**
 * The tools that the answer calls: forced ones always, otherwise those whose subject the prompt mentions.
 * A tool is called once for each place that the prompt names ("the weather in Paris and Rome" is two calls).
 */
export function callTools(conversation: Conversation, createId: () => string): ToolUse[] {
  const parts = lastUserParts(conversation);
  const prompt = promptOf(parts);
  const hasResults = parts.some(({ kind }) => kind === 'tool-result');
  const calls = chooseTools(conversation, prompt, hasResults).flatMap((tool) => {
    const times = Math.max(1, findPlaces(prompt).length);
    return Array.from({ length: times }, (_, ordinal) => ({
      name: tool.name,
      input: objectOf(generateJson(tool.schema, prompt, ordinal)),
    }));
  });
  const distinct = calls.filter(
    (call, index) => calls.findIndex((other) => JSON.stringify(other) === JSON.stringify(call)) === index,
  );
  const limit = conversation.parallelTools ? maxParallelCalls : 1;
  return distinct.slice(0, limit).map((call) => ({ kind: 'tool-use', id: createId(), ...call }));
}

function chooseTools(
  conversation: Conversation,
  prompt: string,
  hasResults: boolean,
): readonly ToolDefinition[] {
  const { tools, toolChoice } = conversation;
  const relevant = tools.filter((tool) => isMentioned(tool, prompt));
  switch (toolChoice.kind) {
    case 'none':
      return [];
    case 'tool':
      return tools.filter(({ name }) => name === toolChoice.name);
    case 'any':
      return relevant.length > 0 ? relevant : tools.slice(0, 1);
    case 'auto':
      return hasResults ? [] : relevant;
  }
}

function isMentioned({ name }: ToolDefinition, prompt: string): boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2 && !idleWords.has(word));
  const text = prompt.toLowerCase();
  return words.some((word) => text.includes(word));
}
