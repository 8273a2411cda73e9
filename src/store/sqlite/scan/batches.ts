import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';

/** So many contacts are read at once at most, whose columns take some 10 MB. */
export const MOST_CONTACTS_A_BATCH = 10_000;

/** Contacts whose ids are above `after`, up to `until` and with it. */
export interface IdRange {
  readonly after: number;
  readonly until: number;
}

export const ALL_IDS: IdRange = {
  after: Number.MIN_SAFE_INTEGER,
  until: Number.MAX_SAFE_INTEGER,
};

/**
 * Cuts all contacts, or another table, into ranges of `size` rows at most. The last one has no end,
 * for contacts that are yet to come.
 */
export function rangesOf(db: SqliteDatabase, size: number, table = CONTACTS): IdRange[] {
  return rangesByNumber(db, size, table) ?? rangesByKey(db, size, table);
}

/** Of all ids between the lowest and the highest, no fewer are in use. */
const DENSE = 1 / 2;

/**
 * By arithmetic, for which no row is read; undefined where ids are so sparse that ranges would have
 * few rows each.
 */
function rangesByNumber(db: SqliteDatabase, size: number, table: SQL): IdRange[] | undefined {
  const [lowest = null, highest = null, rows] = db.rowNow<number | null>(sql`
    select
      (select min(id) from ${table}), (select max(id) from ${table}),
      (select count(*) from ${table})`);
  // rule: ranges-dense
  if (lowest === null || highest === null || (rows ?? 0) < (highest - lowest) * DENSE)
    return undefined;
  const ranges: IdRange[] = [];
  let { after } = ALL_IDS;
  for (let until = lowest + size - 1; until < highest; until += size) {
    ranges.push({ after, until });
    after = until;
  }
  return [...ranges, { ...ALL_IDS, after }];
}

function rangesByKey(db: SqliteDatabase, size: number, table: SQL): IdRange[] {
  const ranges: IdRange[] = [];
  let { after } = ALL_IDS;
  for (let end = endOf(db, { ...ALL_IDS, after }, size, table); end !== undefined;) {
    ranges.push({ after, until: end });
    after = end;
    end = endOf(db, { ...ALL_IDS, after }, size, table);
  }
  return [...ranges, { ...ALL_IDS, after }];
}

const CONTACTS = sql`contacts`;

/** The id of the last of the first `size` rows of a range; undefined if it has no more. */
export function endOf(
  db: SqliteDatabase,
  { after, until }: IdRange,
  size: number,
  table = CONTACTS,
): number | undefined {
  const [end] = db.pluckNow<number>(sql`
    select id
    from ${table} not indexed
    where id > ${after} and id <= ${until}
    order by id
    limit 1 offset ${size - 1}`);
  return end === undefined || isLast(db, table, { after: end, until }) ? undefined : end;
}

function isLast(db: SqliteDatabase, table: SQL, { after, until }: IdRange): boolean {
  const next = sql`select 1 from ${table} where id > ${after} and id <= ${until} limit 1`;
  return db.getNow(next) === undefined;
}
