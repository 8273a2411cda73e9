import { type SQL, sql } from 'drizzle-orm';
import { ALWAYS, NEVER, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { isOfPerson } from '../delta/wishes.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import { addingTo } from '../tables/wish-places.ts';
import { leaveOutWishes } from './erased.ts';
import { columnAt, holderOf, layOutOddKeys } from './find.ts';
import { keyFor, staged, stagedKey } from './keys.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';

/*
 * Who must not be reached is not forgotten because something else in the row is wrong: what refused
 * rows say holds for the record that the key names, and for each unique value, whoever has it. A
 * bounce is said of the address and of the record, not of whoever has another value.
 */

/** Notes what rows say that are refused already, or left out; `rows` selects their `stage_row`. */
export async function noteWishes(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  rows: SQL,
): Promise<void> {
  if (!stage.said.consent) return;
  for (const [place, column] of stage.uniques.entries()) {
    const isKey = sql`${place} = coalesce(s.found_by + 1, 0)`;
    const isId = column.column === 'id';
    const at = shape.columns.indexOf(column.column);
    const value = isId ? keyFor(column, sql`s.key`) : stage.cells.value(at);
    const isThere = isId ? sql`s.key is not null and ${isKey}` : stage.cells.isFilled(at);
    const isMeant =
      column.column === 'email' ? ALWAYS : sql`(${isKey} or ${isOfPerson(sql`given`)})`;
    await db.run(sql`
      insert into ${stage.wishes} (line, place, key, value, channel, reason, is_meant)
      select (select line from ${stage.rejects} as refused where refused.line = s.line), ${place},
        ${stagedKey(column, value)}, ${staged(column, value)}, given.channel, given.reason,
        case when ${isMeant} then 1 else 0 end
      from ${stage.consent} as given
      ${THEN_JOIN} ${stage.rows} as s on s.stage_row = given.stage_row
      where given.is_suppressed = 1 and given.stage_row in (${rows}) and ${isThere}`);
  }
}

/** Notes what the rows say that the store refused or left out. */
export async function noteRefused(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
): Promise<void> {
  const refused = sql`select stage_row from ${stage.found} where outcome = 'rejected'`;
  await noteWishes(db, stage, shape, refused);
}

/** Lets what was noted hold; what names nobody has no effect. */
export async function keepWishes(db: SqlDatabase, stage: SqlStage, now: number): Promise<void> {
  if ((await db.get(sql`select 1 from ${stage.wishes} limit 1`)) === undefined) return;
  await layOutOddKeys(db, stage);
  await leaveOutWishes(db, stage);
  let lines = sql`select line from ${stage.wishes} where ${NEVER}`;
  for (const [place, column] of stage.uniques.entries()) {
    stage.figures.suppressed += await keepOfContacts(db, stage, place, now);
    stage.figures.suppressed += await keepOfValues(db, stage, { place, column, now });
    lines = sql`${lines} union ${keptLines(stage, column, place)}`;
  }
  stage.figures.consentKept = await db.value<number>(sql`select count(*) from (${lines}) as kept`);
}

const wishesAt = (stage: SqlStage, place: number): SQL => sql`(
  select w.line, w.value, w.channel, w.reason,
    ${holderOf(stage, place, keyFor(columnAt(stage, place), sql`w.key`))} as holder
  from ${stage.wishes} as w
  where w.place = ${place} and w.is_meant = 1
)`;

async function keepOfContacts(
  db: SqlDatabase,
  stage: SqlStage,
  place: number,
  now: number,
): Promise<number> {
  // rule: rejected-wishes
  return db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select said.holder, said.channel, said.reason, ${now}
    from ${wishesAt(stage, place)} as said
    where said.holder is not null
    order by 1, 2, 3
    on conflict do nothing`);
}

/** Whether values of the column keep what is said, as `said`, while nobody has them. */
function staysWith({ column }: UniqueColumn): SQL {
  if (column === 'id') return NEVER;
  return column === 'email' ? ALWAYS : isOfPerson(sql`said`);
}

async function keepOfValues(
  db: SqlDatabase,
  stage: SqlStage,
  { place, column, now }: { place: number; column: UniqueColumn; now: number },
): Promise<number> {
  if (column.column === 'id') return 0;
  // rule: rejected-addresses
  return db.run(sql`
    ${addingTo(column)} said.value, said.channel, said.reason, ${now}
    from ${wishesAt(stage, place)} as said
    where said.holder is null and ${staysWith(column)}
    order by said.value, said.channel, said.reason
    on conflict do nothing`);
}

/** The refused lines of whose wish somebody heard: the value, or the contact of another key. */
function keptLines(stage: SqlStage, column: UniqueColumn, place: number): SQL {
  const isKept = sql`said.line is not null and (said.holder is not null or ${staysWith(column)})`;
  return sql`select said.line from ${wishesAt(stage, place)} as said where ${isKept}`;
}
