import type { MemberChange } from '../../segment/members.ts';
import { formatInstant } from '../../support/instant.ts';
import { EXIT } from '../../support/errors.ts';
import { instantWriter } from '../../support/local-instant.ts';
import { counted, grouped } from '../../support/text.ts';
import type { MessageResult } from '../output/result.ts';

/** What was changed in the members of a segment, and of which contacts. */
export interface ChangedMembers {
  readonly alias: string;
  readonly change: MemberChange;
  /** Where a contact that was decided about is now: `pinned`, `pinned out`. */
  readonly pin: string;
  /** When the pins end (epoch ms); null when they do not. */
  readonly until: number | null;
  readonly unknown: number;
  readonly warnings: readonly string[];
}

/** What `segments:add`, `segments:remove` and `segments:unpin` tell. */
export async function memberChangeResult(
  changed: ChangedMembers,
  zone: string,
): Promise<MessageResult> {
  const { alias, change, pin, unknown, warnings } = changed;
  return {
    kind: 'message',
    text: `${alias}: ${inWords(change, pin)}${await ending(changed, zone)}`,
    data: dataOf(changed),
    warnings: [...warnings, ...heldOutWarning(alias, change.heldOut)],
    exit: unknown > 0 ? EXIT.partial : EXIT.done,
  };
}

/** When the pins that were made or moved end; nothing where none was. */
async function ending({ change, until }: ChangedMembers, zone: string): Promise<string> {
  if (until === null || change.pinned + change.endMoved === 0) return '';
  return `, until ${(await instantWriter(zone))(until)}`;
}

function dataOf({ alias, change, until, unknown }: ChangedMembers): Record<string, unknown> {
  const { endMoved, heldOut, ...done } = change;
  return {
    segment: alias,
    ...done,
    end_moved: endMoved,
    held_out: heldOut,
    until: until === null ? null : formatInstant(until),
    unknown,
  };
}

function heldOutWarning(alias: string, contacts: number): string[] {
  if (contacts === 0) return [];
  const command = `rollcall segments:add ${alias} CONTACT`;
  const who = counted(contacts, 'contact');
  return [
    `${who} held out: removed from ${alias} by hand or by the contact; put in by hand with: ` +
      command,
  ];
}

/** `2 joined, 3 pinned, 1 unchanged`; `1 left, 1 pinned out` */
function inWords(
  { joined, left, pinned, endMoved, unpinned, heldOut, unchanged }: MemberChange,
  pin: string,
): string {
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
  return parts.length === 0 ? `${counted(0, 'contact')} given` : parts.join(', ');
}
