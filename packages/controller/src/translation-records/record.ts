import type { Sha256Hex } from '@aigw/planner';
import type { TranslatedRoute } from '../extension-server/translated-routes.ts';
import { parseGeneratedName } from '../extension-server/generated-from.ts';
import type { TranslationProblem } from '../extension-server/post-translate-modify.ts';
import type { KubeObject } from '../kube/kube-object.ts';

/** What did not fit when a route was translated for one Gateway, as `status.notStamped` holds it. */
export interface TranslationRecord {
  /** The digest of the stamp that was translated: of another version of the HTTPRoute the record says nothing. */
  readonly stamp: string;
  readonly message: string;
}

/** The records of an AIGatewayRoute, by Gateway (`namespace/name`). */
export type TranslationRecords = Readonly<Record<string, TranslationRecord>>;

const shownProblems = 5;
/** A resource's name and a reason of ours are a few hundred characters; more comes from somebody who plays Envoy Gateway. */
const maxProblem = 500;

/** The digest of a stamp as records have it. */
export function digestStamp(stampText: string, sha256Hex: Sha256Hex): string {
  return sha256Hex(stampText).slice(0, 16);
}

function describe({ resource, reason }: TranslationProblem): string {
  const rule = parseGeneratedName(resource)?.rule;
  const text = `${rule === undefined ? resource : `rule ${rule}`}: ${reason}`;
  return text.length <= maxProblem ? text : `${text.slice(0, maxProblem - 1)}…`;
}

/** What is to be recorded of a translated route; `undefined` when it fits. */
export function recordOf(
  { stampText, problems }: TranslatedRoute,
  sha256Hex: Sha256Hex,
): TranslationRecord | undefined {
  if (problems.length === 0) return undefined;
  // Each match of a rule is a route of its own, and says the same.
  const all = [...new Set(problems.map(describe))];
  const shown = all.slice(0, shownProblems);
  const more = all.length - shown.length;
  const message = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  return { stamp: digestStamp(stampText, sha256Hex), message };
}

/** The records that an AIGatewayRoute has. */
export function recordsOf(object: KubeObject): TranslationRecords {
  const { notStamped } = Object(object['status']) as { notStamped?: TranslationRecords | null };
  return notStamped ?? {};
}

/** The messages of the records that are about the HTTPRoute as it is, behind Gateways that the route still names. */
export function currentMessages(
  records: TranslationRecords,
  gateways: readonly string[],
  stamp: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(records)
      .filter(([gateway, record]) => gateways.includes(gateway) && record.stamp === stamp)
      .map(([gateway, { message }]) => [gateway, message]),
  );
}
