import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { idSet } from '../sql-parts.ts';
import { spelled } from '../words.ts';
import { forgetUnsaidWords } from './cause-words.ts';

/*
 * What points to causes, and the counters by which a cause is known that can go.
 */

/** What points to causes, by which column; a membership that stands is `open`. */
export const POINTERS: readonly { readonly table: string; readonly column: string }[] = [
  { table: 'joined', column: 'cause_id' },
  { table: 'pins', column: 'cause_id' },
  { table: 'joined_history', column: 'joined_cause' },
  { table: 'joined_history', column: 'left_cause' },
  { table: 'deleted_joined', column: 'cause_id' },
  { table: 'deleted_pins', column: 'cause_id' },
  { table: 'deleted_history', column: 'joined_cause' },
  { table: 'deleted_history', column: 'left_cause' },
];

/** `cause_id`, `segment_id` and `open` of all that points to causes, where `which` holds. */
const pointers = (which: string): string =>
  POINTERS.map(
    ({ table, column }) =>
      `select ${column} as cause_id, segment_id, ${table === 'joined' ? 1 : 0} as open ` +
      `from ${table} where ${column} is not null and ${which}`,
  ).join(' union all ');

/**
 * Causes, and what points to them, of the rows that `which` holds for: a select of `id`,
 * `segment_id` and `open`, which is 1 for a membership that stands.
 */
export function causesAndPointers(which = 'true'): string {
  return `select id, segment_id, 0 as open from causes where ${which} union all ${pointers(which)}`;
}

/**
 * Whether the counters of a cause are wrong: too low by what points to it, as `counted`. `uses` may
 * be too high, by pins that another program's REPLACE took without a trigger: such a cause is kept
 * for nothing, which harms nobody.
 */
export const MISCOUNTED = '(causes.open <> counted.open or causes.uses < counted.uses)';

/** A statement that sets the counters of causes that are wrong to what points to them. */
export function recounting(which?: string): string {
  return (
    'update causes set open = counted.open, uses = counted.uses ' +
    `from (select id, sum(open) as open, count(*) - 1 as uses from (${causesAndPointers(which)}) as pointing ` +
    `group by id) as counted where counted.id = causes.id and ${MISCOUNTED}`
  );
}

/**
 * Sets the counters of all causes of one segment to what points to them, too high ones too: for when
 * rows moved that triggers count.
 */
export async function recountCausesExactly(db: SqlDatabase, segmentId: number): Promise<void> {
  await db.run(sql`
    update causes
    set open = counted.open, uses = counted.uses
    from (
      select id, sum(open) as open, count(*) - 1 as uses
      from (${sql.raw(causesAndPointers(`segment_id = ${segmentId}`))}) as pointing
      group by id
    ) as counted
    where counted.id = causes.id
      and (causes.open <> counted.open or causes.uses <> counted.uses)`);
}

/** Counts the causes of these segments anew; gives how many were wrong, by segment. */
export async function recountCauses(
  db: SqlDatabase,
  segmentIds: readonly number[],
): Promise<Map<number, number>> {
  const which = `segment_id in (${segmentIds.join(', ')})`;
  const wrong = new Map<number, number>();
  for (const id of await db.pluck<number>(sql.raw(`${recounting(which)} returning segment_id`)))
    wrong.set(id, (wrong.get(id) ?? 0) + 1);
  return wrong;
}

/**
 * Counts rows that came or went and point to causes; `causeIds` selects `cause_id` of each. Pins of
 * segments that are there are counted by triggers.
 */
export async function shiftUses(db: SqlDatabase, causeIds: SQL, by: 1 | -1): Promise<void> {
  // rule: uses-shifted
  await db.run(sql`
    update causes
    set uses = causes.uses + ${by} * counted.rows
    from (
      select cause_id, count(*) as rows from (${causeIds}) as moved where cause_id is not null group by cause_id
    ) as counted
    where counted.cause_id = causes.id`);
}

/** By the last one it is known how far causes have come: SQLite counts that apart. */
const BUT_THE_LAST = spelled(sql``, sql`and id < (select max(id) from causes)`);

/** Deletes the causes that nothing points to and whose run is gone, and the words of these. */
export async function pruneCauses(db: SqlDatabase): Promise<void> {
  // rule: causes-pruned
  const unused = await db.all<{ id: number; segmentId: number }>(sql`
    select id, segment_id as "segmentId"
    from causes
    where uses = 0 and not exists (select 1 from runs where runs.id = causes.run_id)
      -- all members of that moment moved by these
      and via not in ('segment-deleted', 'segment-restored') ${BUT_THE_LAST}`);
  if (unused.length === 0) return;
  const segmentIds = [...new Set(unused.map(({ segmentId }) => segmentId))];
  // rule: causes-in-use
  // a counter may have been written by others: what is lost here nobody can tell any more
  const gone = await db.pluck<number>(sql`
    delete from causes
    where id in ${idSet(unused.map(({ id }) => id))} and id not in (
      select cause_id from (${sql.raw(pointers(`segment_id in (${segmentIds.join(', ')})`))}) as pointing
    )
    returning id`);
  // rule: moved-pruned
  await db.run(sql`delete from moved where cause_id in ${idSet(gone)}`);
  await forgetUnsaidWords(db);
}
