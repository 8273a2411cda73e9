import { timeContext } from '../../contact/time-context.ts';
import { getSegment } from '../../segment/lookup.ts';
import { type Decision, type MemberChange, removeFromSegment } from '../../segment/members.ts';
import { readPinEnd } from '../../segment/pin-end.ts';
import { parseVia } from '../../segment/via.ts';
import type { SegmentRow, WriteTx } from '../../store/index.ts';
import { formatInstant } from '../../support/clock.ts';
import { EXIT } from '../../support/errors.ts';
import { instantWriter } from '../../support/local-instant.ts';
import { counted, grouped } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import { contactsOf, readReferences } from './input.ts';
import { argument, restArguments, value, valueOr } from '../options/options.ts';
import type { MessageResult } from '../output/result.ts';
import { text } from '../options/values.ts';

/** Arguments and options of the commands that put contacts into a segment and take them out. */
export const changeArguments = {
  segment: argument('segment', 'an alias or id', text),
  contacts: restArguments(
    'contact',
    'an id, an e-mail address, or FIELD=VALUE of a unique field; - reads them from stdin, one a line',
    text,
    { atLeastOne: true },
  ),
} as const;

export const decisionOptions = {
  reason: value(
    '--reason <text>',
    'why, kept with the pin; not when adding to a static segment, which has none',
    text,
  ),
  via: valueOr(
    '--via <channel>',
    'manual, campaign, form, points, api or preference-center, with an optional :NAME; default manual',
    text,
    'manual',
  ),
  until: value(
    '--until <date>',
    "when the pin ends by itself: an instant, a date as in filters (2026-04-01, 'today + 30 days'), whose first instant counts, or never",
    text,
  ),
  by: value('--by <name>', 'who decided this (else the user of this system)', text),
} as const;

interface DecisionValues {
  readonly reason?: string | undefined;
  readonly via: string;
  readonly by: string | undefined;
  readonly until?: string | undefined;
}

type Change = (
  tx: WriteTx,
  segment: SegmentRow,
  contactIds: readonly number[],
  decision: Decision,
) => Promise<MemberChange>;

/** Resolves the segment and the contacts and makes the change, in one transaction. */
export async function changeMembers(
  context: StoreContext,
  {
    segment: reference,
    contacts,
  }: { readonly segment: string; readonly contacts: readonly string[] },
  given: DecisionValues,
  change: Change,
  require: (segment: SegmentRow, given: DecisionValues) => void = () => undefined,
): Promise<MessageResult> {
  const { reason, via, by, until } = given;
  const decision = { now: context.now, by: by ?? context.by, via: parseVia(via), reason };
  const references = await readReferences(context, contacts);
  return context.store.write(async (tx) => {
    const segment = await getSegment(tx, reference);
    require(segment, given);
    const { ids, unknown, warnings } = await contactsOf(tx, references);
    const time = await timeContext(tx, context.now);
    const end = until === undefined ? undefined : readPinEnd(until, time);
    const { endMoved, heldOut, ...done } = await change(tx, segment, ids, {
      ...decision,
      until: end,
    });
    const data = {
      segment: segment.alias,
      ...done,
      end_moved: endMoved,
      held_out: heldOut,
      until: typeof end === 'number' ? formatInstant(end) : null,
      unknown,
    };
    const isEnding = typeof end === 'number' && done.pinned + endMoved > 0;
    const ending = isEnding ? `, until ${(await instantWriter(time.zone))(end)}` : '';
    const text = `${segment.alias}: ${inWords({ ...done, endMoved, heldOut }, change)}${ending}`;
    const exit = unknown > 0 ? EXIT.partial : EXIT.done;
    return {
      kind: 'message',
      text,
      data,
      warnings: [...warnings, ...heldOutWarning(segment.alias, heldOut)],
      exit,
    };
  });
}

function heldOutWarning(alias: string, contacts: number): string[] {
  if (contacts === 0) return [];
  const command = `rollcall segments:add ${alias} CONTACT`;
  const who = counted(contacts, 'contact');
  return [
    `${who} held out: removed from ${alias} by hand or by the contact; put in by hand with: ${command}`,
  ];
}

/** `2 joined, 3 pinned, 1 unchanged`; `1 left, 1 pinned out` */
function inWords(
  { joined, left, pinned, endMoved, unpinned, heldOut, unchanged }: MemberChange,
  change: Change,
): string {
  const pin = change === removeFromSegment ? 'pinned out' : 'pinned';
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
