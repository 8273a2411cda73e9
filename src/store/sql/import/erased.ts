import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { anyOf } from '../sql-parts.ts';
import { erasedSince, isAnybodyErased, keyIn } from '../delta/erased.ts';
import { keyOf, type UniqueColumn } from '../tables/unique-columns.ts';
import { holderOf } from './find.ts';
import { keyFor } from './keys.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';

/*
 * Imports leave out who was erased: a row that would bring a unique value of theirs back is neither
 * applied nor refused, for there is nothing to correct in it. The stage counts them.
 */

/** Of rows of contacts; to be called when their records are found. */
export async function leaveOutRecords(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
): Promise<void> {
  if (shape.kind !== 'contacts' || !(await isAnybodyErased(db))) return;
  const brings = stage.uniques
    .filter(({ column }) => column !== 'id')
    .map(({ column, type }) => {
      const key = keyOf({ type }, stage.cells.value(shape.columns.indexOf(column)));
      const known = keyIn('r', column, type);
      return sql`(${key} is distinct from ${known} and ${erasedSince(column, key)} is not null)`;
    });
  if (brings.length === 0) return;
  // rule: erased-left-out
  stage.figures.leftOut += await db.run(sql`
    update ${stage.found} as f
    set outcome = 'rejected'
    where outcome in ('inserted', 'updated') and exists (
      select 1
      from ${stage.rows} as s
      left join contacts as r on r.id = f.record_id
      where s.stage_row = f.stage_row and ${anyOf(brings)}
    )`);
}

/**
 * Of what rows say that are refused or left out: it holds for those who are there, and of somebody
 * who was erased no value comes back by it, neither the one by which they are known nor another one
 * of the row. To be called when the odd keys are laid out.
 */
export async function leaveOutWishes(db: SqlDatabase, stage: SqlStage): Promise<void> {
  if (!(await isAnybodyErased(db))) return;
  const lines = stage.uniques.map(
    (column, place) => sql`
      select said.line
      from ${stage.wishes} as said
      where case said.place when ${place} then ${isErased(column, sql`said.key`)} end`,
  );
  const holders = stage.uniques.map(
    (column, place) =>
      sql`when ${place} then ${holderOf(stage, place, keyFor(column, sql`w.key`))}`,
  );
  // rule: erased-wishes
  await db.run(sql`
    delete from ${stage.wishes} as w
    where (line is null or line in (${sql.join(lines, sql` union `)}))
      and case place ${sql.join(holders, sql` `)} end is null`);
}

/** Of events whose contact is not there. */
export async function leaveOutEvents(db: SqlDatabase, stage: SqlStage): Promise<void> {
  if (!(await isAnybodyErased(db))) return;
  const [key] = stage.uniques;
  stage.figures.leftOut += await db.run(sql`
    update ${stage.rows} as s
    set outcome = 'erased'
    where contact_id is null and s.key is not null and ${isErased(key, sql`s.key`)}`);
}

/** Of values by which nobody must be reached: nobody who was erased is. */
export async function leaveOutSuppressions(db: SqlDatabase, stage: SqlStage): Promise<void> {
  if (!(await isAnybodyErased(db))) return;
  const [column] = stage.uniques;
  stage.figures.leftOut += await db.run(sql`
    delete from ${stage.rows} where ${isErased(column, keyOf(column, sql`value`))}`);
}

/** `key` is as the stage has it. */
function isErased(column: UniqueColumn, key: SQL): SQL {
  return sql`${erasedSince(column.column, keyFor(column, key))} is not null`;
}
