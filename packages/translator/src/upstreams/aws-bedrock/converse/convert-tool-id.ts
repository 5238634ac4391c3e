import type { ModelFamily } from '@aigw/api-types';
import type { TranslationContext } from '../../../translator.ts';

type Sha256 = TranslationContext['sha256'];

/** Names of tools as Bedrock takes them, and back. One for each request. */
export interface ToolNames {
  toUpstream(name: string): string;
  toClient(name: string): string;
}

const legalName = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Replaces what Bedrock refuses in the names of tools. Legal names keep theirs; two names never meet in one.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
 */
export function createToolNames(names: Iterable<string>, sha256: Sha256): ToolNames {
  const unique = [...new Set(names)];
  const toUpstream = new Map(unique.filter((name) => legalName.test(name)).map((name) => [name, name]));
  const taken = new Set(toUpstream.values());
  for (const name of unique.filter((candidate) => !legalName.test(candidate))) {
    const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64);
    const chosen = taken.has(plain) ? `${plain.slice(0, 47)}_${sha256(name).slice(0, 16)}` : plain;
    toUpstream.set(name, chosen);
    taken.add(chosen);
  }
  const toClient = new Map([...toUpstream].map(([client, upstream]) => [upstream, client]));
  return {
    toUpstream: (name) => toUpstream.get(name) ?? name,
    toClient: (name) => toClient.get(name) ?? name,
  };
}

const legalId = /^[a-zA-Z0-9_.:-]{1,64}$/;
const mistralId = /^[a-zA-Z0-9]{9}$/;

/** The id of a tool call as the model takes it: a function of the client's id, so that call and result stay together. */
export function convertToolId(id: string, family: ModelFamily, sha256: Sha256): string {
  if (family === 'mistral') return mistralId.test(id) ? id : sha256(id).slice(0, 9);
  if (legalId.test(id)) return id;
  return `${id.replace(/[^a-zA-Z0-9_.:-]/g, '_').slice(0, 47)}_${sha256(id).slice(0, 16)}`;
}
