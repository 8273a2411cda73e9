import type { MemberChange } from '../../segment/members.ts';
import type { Modified } from '../../segment/modify.ts';
import { formatInstant } from '../../support/instant.ts';
import { EXIT } from '../../support/errors.ts';
import { instantWriter } from '../../support/local-instant.ts';
import { counted, grouped } from '../../support/text.ts';
import type { MessageResult } from '../output/result.ts';
import { shellQuoted } from '../../support/shell-quote.ts';

/** What was changed in the members of a segment, and of which contacts. */
export interface ChangedMembers {
  readonly alias: string;
  readonly change: MemberChange;
  /** Where a contact that was decided about is now: `pinned`, `pinned out`. */
  readonly pin: string;
  /** When the pins end (epoch ms); null when they do not. */
  readonly until: number | null;
  /** The contacts that were named; undefined where it was about whom a filter or a segment names. */
  readonly named: readonly number[] | undefined;
  /** What is said where it was about nobody. */
  readonly nobody: string;
  readonly unknown: number;
  readonly warnings: readonly string[];
}

/** The contacts that a command is about. */
interface FoundContacts {
  readonly ids: readonly number[];
  readonly unknown: number;
  readonly warnings: readonly string[];
}

/** What `segments:add`, `segments:remove` and `segments:unpin` tell. */
export async function memberChangeResult(
  changed: ChangedMembers,
  zone: string,
): Promise<MessageResult> {
  const { alias, unknown, warnings } = changed;
  return {
    kind: 'message',
    text: `${alias}: ${inWords(changed)}${await ending(changed, zone)}`,
    data: dataOf(changed),
    warnings: [...warnings, ...heldOutWarning(changed)],
    exit: unknown > 0 ? EXIT.partial : EXIT.done,
  };
}

/** That no contact was named, where standard input had none. */
export const NOBODY_GIVEN = '0 contacts given';

/** What `segments:modify` tells: a line for each segment. */
export function modifiedResult(
  segments: readonly Modified[],
  { ids, unknown, warnings }: FoundContacts,
): MessageResult {
  const told = segments.map(({ kind, ...done }) => ({
    ...done,
    ...{ kind, named: ids, nobody: NOBODY_GIVEN, pin: kind === 'add' ? 'pinned' : 'pinned out' },
  }));
  return {
    kind: 'message',
    text: told.map((each) => `${each.alias}: ${inWords(each)}`),
    data: {
      contacts: ids.length,
      segments: told.map(({ alias, kind, change }) => ({
        ...{ segment: alias, change: kind },
        ...figuresOf(change),
      })),
      unknown,
    },
    warnings: [...warnings, ...told.flatMap(heldOutWarning)],
    exit: unknown > 0 ? EXIT.partial : EXIT.done,
  };
}

/** When the pins that were made or moved end; nothing where none was. */
async function ending({ change, until }: ChangedMembers, zone: string): Promise<string> {
  if (until === null || change.pinned + change.endMoved === 0) return '';
  return `, until ${(await instantWriter(zone))(until)}`;
}

function figuresOf({ endMoved, heldOut, ...done }: MemberChange): Record<string, number> {
  return { ...done, end_moved: endMoved, held_out: heldOut };
}

function dataOf({ alias, change, until, unknown }: ChangedMembers): Record<string, unknown> {
  return {
    segment: alias,
    ...figuresOf(change),
    until: until === null ? null : formatInstant(until),
    unknown,
  };
}

function heldOutWarning({
  alias,
  change: { heldOut },
  named,
}: Pick<ChangedMembers, 'alias' | 'change' | 'named'>): string[] {
  if (heldOut === 0) return [];
  const who = counted(heldOut, 'contact');
  if (named === undefined)
    return [
      `${who} held out: removed from ${alias} before; --override-removals puts them in all the same`,
    ];
  const removed = `${who} held out: removed from ${alias} by hand or by the contact; `;
  return [
    named.length === 1
      ? `${removed}put in by hand with: rollcall segments:add ${alias} ${shellQuoted(String(named[0]))}`
      : `${removed}--via manual puts them in by hand`,
  ];
}

/** `2 joined, 3 pinned, 1 unchanged`; `1 left, 1 pinned out` */
function inWords({
  change: { joined, left, pinned, endMoved, unpinned, heldOut, unchanged },
  pin,
  nobody,
}: Pick<ChangedMembers, 'change' | 'pin' | 'nobody'>): string {
  const counts = {
    joined,
    left,
    [pin]: pinned,
    'given another end': endMoved,
    unpinned,
    'held out': heldOut,
    unchanged,
  };
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${grouped(count)} ${word}`);
  return parts.length === 0 ? nobody : parts.join(', ');
}
