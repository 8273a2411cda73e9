import { type SQL, sql } from 'drizzle-orm';
import { BY_KEY, INTEGER, TEXT, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import {
  hasPlainKey,
  keyOf,
  oddKeys,
  oddValues,
  type UniqueColumn,
} from '../tables/unique-columns.ts';
import { outcomeOf } from './compare.ts';
import { sameContent, storedContent } from './content.ts';
import { keyFor, OF_ANY } from './keys.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';

/**
 * Finds the record that each row is about, and says whether the row inserts it, updates it or
 * changes nothing, before anything is written: `found` has the row, its record and its outcome.
 */
export async function findRecords(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
): Promise<void> {
  await db.run(sql`
    create temp table ${stage.tableName('found')} (
      stage_row ${INTEGER} primary key, record_id ${INTEGER}, outcome ${TEXT} not null
    )`);
  await layOutOddKeys(db, stage);
  await findByKey(db, stage, shape);
  await findByOddKey(db, stage, shape);
  await adopt(db, stage, shape);
  if (!stage.said.keyless) return;
  await stage.index('found', sql`record_id`);
  await findByOthers(db, stage, shape);
  await findByContent(db, stage, shape);
}

/**
 * Computes once what the odd values of each unique column compare by: `odd` has the place of the
 * column among the unique ones, the key and the record.
 */
export async function layOutOddKeys(db: SqlDatabase, stage: SqlStage): Promise<void> {
  await db.run(sql`drop table if exists ${stage.table('odd')}`);
  await db.run(sql`
    create temp table ${stage.tableName('odd')} (
      place ${INTEGER} not null, key ${OF_ANY} not null, id ${INTEGER} not null,
      primary key (place, key, id)
    ) ${BY_KEY}`);
  for (const [place, column] of stage.uniques.entries()) {
    if (oddValues(column) === undefined) continue;
    await db.run(sql`
      insert into ${stage.table('odd')} (place, key, id)
      select ${place}, key, id from ${oddKeys(column)} as odd`);
  }
  await stage.analyze('odd');
}

/** One pass, in which most rows of most files are done with. */
async function findByKey(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  const [key] = stage.uniques;
  const record = sql`(
    select min(h.id)
    from ${name(shape.kind)} as h
    where ${hasPlainKey(key, 'h', keyFor(key, sql`s.key`))}
  )`;
  await db.run(sql`
    insert into ${stage.found} (stage_row, record_id, outcome)
    select s.stage_row, r.id,
      case when r.id is null then 'inserted' else ${outcomeOf(stage, shape)} end
    from ${stage.rows} as s
    left join ${name(shape.kind)} as r
      on r.id = ${stage.said.keyless ? sql`case when s.found_by is null then ${record} end` : record}
    order by s.stage_row`);
  await stage.analyze('found');
}

/** Those whose key the unique index does not find. */
async function findByOddKey(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  if (
    (await db.get(sql`select 1 from ${stage.table('odd')} where place = 0 limit 1`)) === undefined
  )
    return;
  await stage.index('rows', sql`key, found_by`);
  await assign(
    db,
    stage,
    shape,
    sql`
      select s.stage_row, odd.id
      from (
        select min(id) as id, key from ${stage.table('odd')} where place = 0 group by key
      ) as odd
      ${THEN_JOIN} ${stage.rows} as s on s.key = odd.key
      where s.found_by is null`,
  );
}

/** Gives rows that have no record yet one: `pairs` selects the row and the record's id. */
async function assign(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  pairs: SQL,
): Promise<void> {
  await db.run(sql`
    insert into ${stage.found} (stage_row, record_id, outcome)
    select s.stage_row, r.id, ${outcomeOf(stage, shape)}
    from (${pairs}) as pair
    ${THEN_JOIN} ${stage.found} as f on f.stage_row = pair.stage_row and f.record_id is null
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = pair.stage_row
    ${THEN_JOIN} ${name(shape.kind)} as r on r.id = pair.id
    where true
    on conflict (stage_row)
    do update set record_id = excluded.record_id, outcome = excluded.outcome`);
}

/** The first record that has a key, as `keyOf` makes it, in the unique column at this place. */
export function holderOf(stage: SqlStage, place: number, key: SQL): SQL {
  const column = columnAt(stage, place);
  const plain = sql`
    (select min(h.id) from ${name(column.table)} as h where ${hasPlainKey(column, 'h', key)})`;
  if (oddValues(column) === undefined) return plain;
  return sql`coalesce(
    ${plain},
    (
      select min(odd.id)
      from ${stage.table('odd')} as odd
      where odd.place = ${place} and odd.key = ${key}
    )
  )`;
}

export function columnAt({ uniques }: SqlStage, place: number): UniqueColumn {
  const column = uniques[place];
  if (column === undefined) throw new Error(`no unique column ${place}`);
  return column;
}

/**
 * A row of an unknown key is about the record that has all its other unique values and no value for
 * the key: the record gains the key. Of several such rows the first.
 */
async function adopt(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  const [key, ...others] = stage.uniques;
  if (key.column === 'id' || others.length === 0) return;
  const keyless = sql`select 1 from ${name(shape.kind)} where ${name(key.column)} is null limit 1`;
  if ((await db.get(keyless)) === undefined) return;
  // rule: adopted-keyless
  await assign(
    db,
    stage,
    shape,
    sql`
      select min(held.stage_row) as stage_row, held.holder as id
      from (
        select stage_row, min(holder) as holder
        from (${sql.join(
          others.map((column, at) => holders(stage, shape, column, at + 1)),
          sql` union all `,
        )}) as each
        group by stage_row
        having count(holder) = count(*) and min(holder) = max(holder)
      ) as held
      ${THEN_JOIN} ${name(shape.kind)} as r on r.id = held.holder
      where r.${name(key.column)} is null
      group by held.holder`,
  );
}

/** Who has the other unique values of keyed rows without a record. */
function holders(stage: SqlStage, shape: RecordShape, column: UniqueColumn, place: number): SQL {
  const at = shape.columns.indexOf(column.column);
  return sql`
    select s.stage_row, ${holderOf(stage, place, keyOf(column, stage.cells.value(at)))} as holder
    from ${stage.found} as f
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = f.stage_row
    where f.record_id is null and s.key is not null and s.found_by is null
      and ${stage.cells.isFilled(at)}`;
}

/**
 * A row without a key is about the record that has its first other unique value, unless another row
 * is about that one. Of several such rows the first.
 */
async function findByOthers(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  const [, ...others] = stage.uniques;
  if (others.length === 0) return;
  const held = others.map(
    (column, at) => sql`
      select s.stage_row, ${holderOf(stage, at + 1, keyFor(column, sql`s.key`))} as holder
      from ${stage.rows} as s
      where s.found_by = ${at}`,
  );
  await assign(
    db,
    stage,
    shape,
    sql`
      select min(held.stage_row) as stage_row, held.holder as id
      from (${sql.join(held, sql` union all `)}) as held
      where held.holder is not null
        and not exists (select 1 from ${stage.found} as f where f.record_id = held.holder)
      group by held.holder`,
  );
}

/**
 * A row without any unique value is about the record without any that has the same values in the
 * columns of the file: one for each equal row, the first for the first.
 */
async function findByContent(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  const content = sameContent(stage, shape);
  await assign(
    db,
    stage,
    shape,
    sql`
      with given as materialized (
        select stage_row, content, row_number() over (partition by content order by stage_row) as nth
        from (
          select s.stage_row, ${content} as content from ${stage.rows} as s where s.key is null
        ) as keyless
      ),
      stored as materialized (
        select id, content, row_number() over (partition by content order by id) as nth
        from (${await storedContent(db, stage, shape)}) as known
      )
      select given.stage_row, stored.id
      from given
      join stored on stored.content = given.content and stored.nth = given.nth`,
  );
}
