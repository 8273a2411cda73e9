import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../../sql/database.ts';
import { EVERY_CONTACT } from '../../sql/delta/erased.ts';
import { heedWishes, noteWishes } from '../../sql/delta/wishes.ts';
import { capturedFields } from './captured-fields.ts';
import { captureTriggers } from './capture-triggers.ts';
import { WIDE_KIND } from './kinds.ts';
import { notePrint } from './print.ts';
import { type CaptureTrigger, createFunction, createTrigger } from './trigger-text.ts';

/*
 * Change capture: triggers that log, inside the database, which contacts a committed write may
 * matter to, so that rows edited with any SQL tool count too. docs/delta.md explains the rules.
 */

/** A trigger as it stands. */
interface Standing {
  readonly name: string;
  readonly table: string;
  readonly body: string;
  /** It is enabled, has the rights and the search_path that it needs, and nobody else has it. */
  readonly isSound: number;
}

/**
 * Makes the triggers exactly what the fields of today ask for, then notes how the schema stands and
 * forgets the log: whatever was changed in the schema, the next builds are full ones. Ends all DDL of
 * ours, in its transaction. What triggers did not see that keep wishes is noted.
 */
export async function restoreCapture(db: SqlDatabase): Promise<void> {
  const { wanted, standing } = await triggersOf(db);
  const schema = await db.value<string>(sql`select current_schema`);
  for (const [name, { table }] of standing) if (!wanted.has(name)) await drop(db, name, table);
  for (const [name, trigger] of wanted) {
    const before = standing.get(name);
    if (before === undefined || before.isSound === 0)
      await execute(db, [
        ...createFunction(name, schema, trigger.body),
        ...createTrigger(name, trigger),
      ]);
    else if (before.body !== trigger.body)
      await execute(db, createFunction(name, schema, trigger.body));
  }
  if (WISHES_NOTED.some((name) => standing.get(name)?.body !== wanted.get(name)?.body)) {
    await noteWishes(db);
    await heedWishes(db, { contactIds: EVERY_CONTACT });
  }
  await forgetChanges(db);
  await notePrint(db);
}

/** The triggers without which what is said, and who comes, goes by unseen. */
const WISHES_NOTED = ['capture_suppressions_insert', 'capture_contacts_insert'];

async function drop(db: SqlDatabase, name: string, table: string): Promise<void> {
  await db.run(sql`drop trigger ${sql.identifier(name)} on ${sql.identifier(table)}`);
  await db.run(sql`drop function if exists ${sql.identifier(name)}()`);
}

async function execute(db: SqlDatabase, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await db.run(sql.raw(statement));
}

/** The triggers that a store must have and those that it has, by their names. */
export async function triggersOf(db: SqlDatabase): Promise<{
  readonly wanted: ReadonlyMap<string, CaptureTrigger>;
  readonly standing: ReadonlyMap<string, Standing>;
}> {
  const wanted = captureTriggers(await capturedFields(db));
  const rows = await db.all<Standing>(STANDING);
  return { wanted, standing: new Map(rows.map((row) => [row.name, row])) };
}

/** Bits of `tgtype`: 2 is before, 4 insert, 8 delete, 16 update, 32 truncate. */
const STANDING: SQL = sql`
  select
    tgname as name, relname as "table", prosrc as body,
    tgenabled = 'A' and prosecdef and proname = tgname and tgqual is null
      and proconfig = array[format('search_path=%I, pg_temp', current_schema), 'jit=off']
      and not has_function_privilege('public', pg_proc.oid, 'execute')
      and tgname = format('capture_%s_%s', relname, case tgtype
        when 4 then 'insert' when 16 then 'update' when 8 then 'delete' when 34 then 'truncate'
      end) as "isSound"
  from pg_trigger
  join pg_class on pg_class.oid = tgrelid
  join pg_proc on pg_proc.oid = tgfoid
  where relnamespace = current_schema::regnamespace and not tgisinternal and starts_with(tgname, 'capture_')
  order by tgname`;

/** Whether the triggers are what they have to be: not after SQL has edited the fields. */
export async function isCaptureWhole(db: SqlDatabase): Promise<boolean> {
  const { wanted, standing } = await triggersOf(db);
  return (
    standing.size === wanted.size &&
    [...wanted].every(([name, { body, table }]) => {
      const present = standing.get(name);
      return present?.isSound === 1 && present.body === body && present.table === table;
    })
  );
}

/**
 * Makes every segment's next build a full one: for those that did not see this transaction, the log
 * does not reach back. Nobody waits for it, and what is logged stays until all have seen it.
 */
export async function forgetChanges(db: SqlDatabase): Promise<void> {
  // rule: pg-forgotten
  await db.run(
    sql`insert into wide_changes (id, kind) values (0, ${sql.raw(`'${WIDE_KIND.forgotten}'`)})`,
  );
}

/** The share of all records above which a change is a bulk load, as in a file. */
const BULK_SHARE = 0.2;

/**
 * Runs `work`, which will touch `touched` of `total` contacts, and tells it whether that is a bulk
 * load: such a one is not logged row by row but forgotten about. Others' writes are logged meanwhile.
 */
export async function capturing(
  db: SqlDatabase,
  touched: number,
  total: number,
  work: (isBulk: boolean) => Promise<void>,
): Promise<void> {
  if (touched <= total * BULK_SHARE) {
    await work(false);
    return;
  }
  await db.run(sql`select set_config('rollcall.bulk', '1', true)`);
  await work(true);
  await db.run(sql`select set_config('rollcall.bulk', '', true)`);
  await forgetChanges(db);
}
