import { sql } from 'drizzle-orm';
import { EXIT, UserError } from '../../support/errors.ts';
import type { CopySource, CopyTarget, Stored, StoredRow } from '../sql/copying/side.ts';
import { name } from '../sql/sql-parts.ts';
import type { PostgresDatabase } from './connection/database.ts';
import { serverErrorIn } from './connection/errors.ts';
import { quotedName } from './connection/render.ts';
import { initStore } from './init.ts';
import { connectStore } from './open.ts';

/** Rows that a cursor gives at once. */
const PAGE = 5_000;

/** `UserError`: see `openStore`. */
export async function copySource(url: string): Promise<CopySource> {
  const { db, store } = await connectStore(url);
  return {
    ...sideOf(db, async () => store.close()),
    lockRuns: async () => store.lockRuns(0),
    reading: async (work) => store.read(async () => work()),
    rowsOf: (table, columns) => rowsOf(db, table, columns),
    counters: async () => countersOf(db),
  };
}

/** Makes the store unless it is there. `UserError`: see `initStore` and `openStore`. */
export async function copyTarget(url: string): Promise<CopyTarget> {
  const { created } = await initStore(url);
  const { db, store } = await connectStore(url);
  const side = sideOf(db, async () => store.close());
  return {
    ...side,
    writing: async (work) =>
      store.write(async () => {
        await dropTriggers(db);
        return work();
      }),
    fill: async (table, columns, rows) => fill(db, { table, columns }, rows),
    setCounters: async (counters) => setCounters(db, counters),
    // the next run finds that the schema is not as it was noted
    doubt: async () => {
      await db.run(sql`update capture set print = ''`);
    },
    discard: async () => {
      try {
        if (created) await db.define(sql`drop schema ${name(db.session.place.schema)} cascade`);
      } finally {
        await store.close();
      }
    },
  };
}

function sideOf(
  db: PostgresDatabase,
  close: () => Promise<void>,
): Pick<CopySource, 'db' | 'tables' | 'columnsOf' | 'close'> {
  return {
    db,
    tables: async () =>
      db.pluck<string>(sql`
        select relname from pg_class
        where relnamespace = current_schema::regnamespace and relkind = 'r'
        order by relname`),
    columnsOf: async (table) =>
      db.pluck<string>(sql`
        select attname from pg_attribute
        where attrelid = format('%I', ${table})::regclass and attnum > 0 and not attisdropped
          and attgenerated = ''
        order by attnum`),
    close,
  };
}

/** `restoreCapture` makes them again. */
async function dropTriggers(db: PostgresDatabase): Promise<void> {
  const triggers = await db.all<{ name: string; table: string }>(sql`
    select tgname as name, relname as "table"
    from pg_trigger
    join pg_class on pg_class.oid = tgrelid
    where relnamespace = current_schema::regnamespace and not tgisinternal`);
  for (const trigger of triggers)
    await db.define(sql`drop trigger ${name(trigger.name)} on ${name(trigger.table)}`);
}

async function* rowsOf(
  db: PostgresDatabase,
  table: string,
  columns: readonly string[],
): AsyncIterable<StoredRow> {
  const names = sql.join(columns.map(name), sql`, `);
  await db.define(sql`declare copied no scroll cursor for select ${names} from ${name(table)}`);
  const page = sql`fetch ${sql.raw(String(PAGE))} from copied`;
  for (let rows = await db.tuples<Stored[]>(page); rows.length > 0; rows = await db.tuples(page))
    yield* rows;
  await db.define(sql`close copied`);
}

async function fill(
  db: PostgresDatabase,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  rows: AsyncIterable<StoredRow>,
): Promise<void> {
  const names = sql.join(columns.map(name), sql`, `);
  try {
    await db.copy(
      sql`${name(table)} (${names})`,
      rows as AsyncIterable<readonly (string | number | null)[]>,
    );
  } catch (error) {
    throw refusedValue(error, table);
  }
}

/** A value of a wrong form (22…) or against a rule of its table (23…), of which nothing is told. */
function refusedValue(error: unknown, table: string): unknown {
  const cause = serverErrorIn(error);
  if (cause === undefined || !/^2[23]/.test(cause.code)) return error;
  const rule = cause.constraint === undefined ? '' : ` (${cause.constraint})`;
  const message = `${quotedName(table)} has a value that PostgreSQL does not take${rule}: ${cause.message}`;
  return new UserError('BAD_VALUE', EXIT.badInput, message, {
    hint: 'what is odd where it comes from: rollcall doctor --deep',
    cause,
  });
}

interface Counter {
  readonly table: string;
  readonly sequence: string;
  readonly last: number;
}

async function listCounters(db: PostgresDatabase): Promise<Counter[]> {
  return db.all<Counter>(sql`
    select
      relname as "table", format('%I.%I', schemaname, sequencename) as sequence,
      coalesce(last_value, 0) as last
    from pg_sequences
    join pg_depend on objid = format('%I.%I', schemaname, sequencename)::regclass
      and classid = 'pg_class'::regclass and deptype = 'i'
    join pg_class on pg_class.oid = refobjid
    where schemaname = current_schema
    order by relname`);
}

async function countersOf(db: PostgresDatabase): Promise<ReadonlyMap<string, number>> {
  return new Map((await listCounters(db)).map(({ table, last }) => [table, last]));
}

async function setCounters(
  db: PostgresDatabase,
  counters: ReadonlyMap<string, number>,
): Promise<void> {
  for (const { table, sequence } of await listCounters(db)) {
    const highest = await db.value<number>(sql`select coalesce(max(id), 0) from ${name(table)}`);
    const last = Math.max(highest, counters.get(table) ?? 0);
    if (last > 0) await db.run(sql`select setval(${sequence}::regclass, ${last})`);
  }
}
