import { type SQL, sql } from 'drizzle-orm';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { SqliteDatabase } from './database.ts';
import { name } from './sql-parts.ts';

/*
 * JavaScript reads an id beyond 2^53 - 1 as that of a neighbour. Triggers refuse such ids
 * (drizzle/0004_bounds.sql). Rows that have one from before, or were written while the triggers were
 * off, stop whatever would read records until they have other ids.
 */

export const LARGEST_ID = Number.MAX_SAFE_INTEGER;

/**
 * The ids of these tables alone are looked at. A row elsewhere that names an id out of reach names a
 * row of these, or none at all, which an update puts right.
 */
const TABLES = ['contacts', 'companies', 'tags', 'events'];

interface Found {
  readonly place: string;
  /** Its digits: a number would be another one. */
  readonly id: string;
}

const FIRST_OUT_OF_REACH = sql`${sql.join(TABLES.flatMap(endsOf), sql` union all `)} limit 1`;

/** The ids out of reach at either end: two looks at a key, whatever the size of the table. */
function endsOf(table: string): SQL[] {
  return [sql`id < 1`, sql`id > ${sql.raw(String(LARGEST_ID))}`].map(
    (beyond) => sql`
      select place, id
      from (
        select ${`${table}.id`} as place, cast(id as text) as id
        from ${name(table)}
        where ${beyond}
        limit 1
      )`,
  );
}

/**
 * A check that costs next to nothing while nobody writes. It throws a `UserError` (69) that names a
 * record out of reach.
 */
export function reachGuard(db: SqliteDatabase): () => void {
  let checked: string | undefined;
  return () => {
    const version = db.versionNow();
    // rule: reach-again
    if (version === checked) return;
    const found = db.getNow<Found>(FIRST_OUT_OF_REACH);
    // rule: reach
    if (found !== undefined) throw outOfReach(db, found);
    checked = version;
  };
}

function outOfReach({ location }: SqliteDatabase, { place, id }: Found): UserError {
  const bounds = `ids lie between 1 and ${LARGEST_ID}, 2^53 - 1`;
  const message = `the store ${location} has an id out of reach: ${place} ${id} (${bounds})`;
  const doctor = `rollcall doctor --db ${shellQuoted(location)}`;
  const hint = `it can have another one, and nothing is lost: ${doctor}`;
  return new UserError('ID_OUT_OF_REACH', EXIT.noStore, message, { hint });
}

/** Gives the id back. `UserError` (69) where it is out of reach, and so not the one in the store. */
export function withinReach(db: SqliteDatabase, place: string, id: number): number {
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw outOfReach(db, { place, id: `near ${String(id)}` });
}
