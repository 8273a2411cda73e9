import type { ReadTx, SegmentRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { usersOf } from './references.ts';
import { readableTriggers, segmentsNamedBy } from './triggers/definition.ts';

/** What refers to a segment: a filter, by the alias of its segment, or a trigger, by its name. */
export interface Use {
  readonly kind: 'filter' | 'trigger';
  readonly name: string;
}

export async function usesOf(tx: ReadTx, segment: SegmentRow): Promise<readonly Use[]> {
  const users = usersOf(await tx.segments.list(), segment.id);
  // rule: trigger-uses
  const triggers = readableTriggers(await tx.triggers.list()).filter(({ does }) =>
    segmentsNamedBy(does).includes(segment.id),
  );
  return [
    ...users.map(({ alias }) => ({ kind: 'filter', name: alias }) as const),
    ...triggers.map(({ name }) => ({ kind: 'trigger', name }) as const),
  ];
}

/** Refuses (1) a change that would leave filters and triggers without this segment. */
export async function requireUnused(tx: ReadTx, segment: SegmentRow, verb: string): Promise<void> {
  const uses = await usesOf(tx, segment);
  const [first] = uses;
  if (first === undefined) return;
  const names = uses.map(({ kind, name }) => (kind === 'trigger' ? `trigger ${name}` : name));
  throw new UserError(
    'IN_USE',
    EXIT.refused,
    `segment ${segment.alias} cannot be ${verb}: ${names.join(', ')} ` +
      `${names.length === 1 ? 'refers' : 'refer'} to it`,
    { hint: hintOn(first, uses.length) },
  );
}

function hintOn({ kind, name }: Use, uses: number): string {
  if (kind === 'trigger') return `change that trigger first: rollcall triggers:show ${name}`;
  const filters = uses === 1 ? 'that filter' : 'those filters';
  return `change ${filters} first: rollcall segments:filters ${name}`;
}
