import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { isOfPerson } from '../delta/wishes.ts';
import { keyOf, type UniqueColumn } from '../tables/unique-columns.ts';
import { addingTo } from '../tables/wish-places.ts';
import { leaveOutWishes } from './erased.ts';
import { holderOf, layOutOddKeys } from './find.ts';
import { cellOf, isFilled, type RecordShape } from './stage-shape.ts';
import type { SqliteStage } from './staging.ts';

/*
 * Who must not be reached is not forgotten because something else in the row is wrong: what refused
 * rows say holds for the record that the key names, and for each unique value, whoever has it. A
 * bounce is said of the address and of the record, not of whoever has another value.
 */

/** Notes what rows say that are refused already, or left out; `rows` selects their `stage_row`. */
export async function noteWishes(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
  rows: SQL,
): Promise<void> {
  if (!stage.said.consent) return;
  for (const [place, column] of stage.uniques.entries()) {
    const isKey = sql`${place} = coalesce(s.found_by + 1, 0)`;
    const isId = column.column === 'id';
    const value = isId ? sql`s.key` : sql`s.${cellOf(shape, column.column)}`;
    const isThere = isId ? sql`${value} is not null and ${isKey}` : isFilled(value);
    const isMeant =
      column.column === 'email' ? sql`1` : sql`(${isKey} or ${isOfPerson(sql`given`)})`;
    await db.run(sql`
      insert into ${stage.wishes} (line, place, key, value, channel, reason, is_meant)
      select (select line from ${stage.rejects} as refused where refused.line = s.line), ${place},
        ${keyOf(column, value)}, ${value}, given.channel, given.reason, ${isMeant}
      from ${stage.consent} as given
      cross join ${stage.rows} as s on s.stage_row = given.stage_row
      where given.is_suppressed = 1 and given.stage_row in (${rows}) and ${isThere}`);
  }
}

/** Notes what the rows say that the store refused or left out. */
export async function noteRefused(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
): Promise<void> {
  const refused = sql`select stage_row from ${stage.found} where outcome = 'rejected'`;
  await noteWishes(db, stage, shape, refused);
}

/** Lets what was noted hold; what names nobody has no effect. */
export async function keepWishes(
  db: SqliteDatabase,
  stage: SqliteStage,
  now: number,
): Promise<void> {
  if ((await db.get(sql`select 1 from ${stage.wishes} limit 1`)) === undefined) return;
  await layOutOddKeys(db, stage);
  await leaveOutWishes(db, stage);
  let lines = sql`select null as line where 0`;
  for (const [place, column] of stage.uniques.entries()) {
    stage.suppressed += await keepOfContacts(db, stage, place, now);
    stage.suppressed += await keepOfValues(db, stage, { place, column, now });
    lines = sql`${lines} union ${keptLines(stage, column, place)}`;
  }
  stage.consentKept = await db.value<number>(sql`select count(*) from (${lines})`);
}

const wishesAt = (stage: SqliteStage, place: number): SQL => sql`(
  select w.line, w.value, w.channel, w.reason, ${holderOf(stage, place, sql`w.key`)} as holder
  from ${stage.wishes} as w
  where w.place = ${place} and w.is_meant = 1
)`;

async function keepOfContacts(
  db: SqliteDatabase,
  stage: SqliteStage,
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
  if (column === 'id') return sql`0`;
  return column === 'email' ? sql`1` : isOfPerson(sql`said`);
}

async function keepOfValues(
  db: SqliteDatabase,
  stage: SqliteStage,
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
function keptLines(stage: SqliteStage, column: UniqueColumn, place: number): SQL {
  const isKept = sql`said.line is not null and (said.holder is not null or ${staysWith(column)})`;
  return sql`select said.line from ${wishesAt(stage, place)} as said where ${isKept}`;
}
