import type { ReadTx, SegmentRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { planOf } from './conversion-plan.ts';
import { usersOf } from './references.ts';
import { readableTriggers, segmentsNamedBy } from './triggers/definition.ts';
import { shellQuoted } from '../support/shell-quote.ts';

/** What counts on a segment. */
export interface Use {
  readonly kind: 'filter' | 'trigger' | 'conversion';
  /** The alias of the filter's segment; of the trigger; when a planned conversion is due. */
  readonly name: string;
  /** Whether it forbids to delete and to unpublish the segment. */
  readonly holds: boolean;
}

export async function usesOf(tx: ReadTx, segment: SegmentRow): Promise<readonly Use[]> {
  const users = usersOf(await tx.segments.list(), segment.id);
  // rule: trigger-uses
  const triggers = readableTriggers(await tx.triggers.list()).filter(({ does }) =>
    segmentsNamedBy(does).includes(segment.id),
  );
  return [
    ...users.map(({ alias }): Use => ({ kind: 'filter', name: alias, holds: true })),
    ...triggers.map(({ name }): Use => ({ kind: 'trigger', name, holds: true })),
    ...conversionOf(segment),
  ];
}

function conversionOf(segment: SegmentRow): Use[] {
  const plan = planOf(segment);
  if (plan === null) return [];
  const due = plan.kind === 'on' ? `on ${plan.day}` : `after ${plan.period} without changes`;
  return [{ kind: 'conversion', name: due, holds: false }];
}

/** Refuses (1) a change that would leave filters and triggers without this segment. */
export async function requireUnused(tx: ReadTx, segment: SegmentRow, verb: string): Promise<void> {
  const uses = (await usesOf(tx, segment)).filter(({ holds }) => holds);
  if (uses.length === 0) return;
  const names = uses.map(({ kind, name }) => (kind === 'trigger' ? `trigger ${name}` : name));
  throw new UserError(
    'IN_USE',
    EXIT.refused,
    `segment ${segment.alias} cannot be ${verb}: ${names.join(', ')} ` +
      `${names.length === 1 ? 'refers' : 'refer'} to it`,
    { hint: hintOn(segment, uses) },
  );
}

function hintOn({ alias }: SegmentRow, [first, ...others]: readonly Use[]): string {
  if (first === undefined || others.length > 0)
    return `change all of them first; \`rollcall segments:usage ${alias}\` lists them`;
  return first.kind === 'trigger'
    ? `change that trigger by triggers:edit, or delete it: rollcall triggers:delete ${shellQuoted(first.name)}`
    : `change that filter first: rollcall segments:filters ${first.name}`;
}
