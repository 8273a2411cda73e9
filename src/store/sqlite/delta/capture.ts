import { sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import { type CapturedFields, captureTriggers } from './capture-triggers.ts';
import { LOGS } from './capture-row.ts';
import { EVERY_CONTACT, suppressErased, uniqueValues } from '../../sql/delta/erased.ts';
import { formerTriggers } from './former-values.ts';
import { sweepDeleted } from '../../sql/delta/memberships-of-contacts.ts';
import { heedWishes, noteWishes, wishedFields } from '../../sql/delta/wishes.ts';
import { wishTriggers } from './wish-triggers.ts';

/**
 * Makes the triggers exactly what the fields of today ask for, then notes the schema's version and
 * forgets the log: whatever was changed in the schema, the next builds are full ones. What triggers
 * did not see that keep wishes is noted. Ends all DDL of ours, in its transaction.
 */
export async function restoreCapture(db: SqliteDatabase): Promise<void> {
  const { wanted, standing } = await triggersOf(db);
  for (const trigger of standing.keys()) {
    if (standing.get(trigger) !== wanted.get(trigger))
      await db.run(sql`drop trigger ${name(trigger)}`);
  }
  for (const [trigger, statement] of wanted) {
    if (standing.get(trigger) !== statement) await db.run(sql.raw(statement));
  }
  if (WISHES_NOTED.some((trigger) => standing.get(trigger) !== wanted.get(trigger))) {
    await noteWishes(db);
    await heedWishes(db, { contactIds: EVERY_CONTACT });
  }
  await forgetChanges(db);
  await noteSchema(db);
}

/** The triggers without which what is said, and who comes, goes by unseen. */
const WISHES_NOTED = ['capture_wishes_noted', 'capture_wishes_come', 'capture_wishes_moved'];

/** The triggers made with fields that a store must have and those that it has: name → statement. */
export async function triggersOf(db: SqliteDatabase): Promise<{
  readonly wanted: ReadonlyMap<string, string>;
  readonly standing: ReadonlyMap<string, string>;
}> {
  const wanted = new Map([
    ...captureTriggers(await capturedFields(db)),
    ...wishTriggers(await wishedFields(db)),
    ...formerTriggers(await uniqueValues(db)),
  ]);
  return { wanted, standing: await presentTriggers(db) };
}

/**
 * Whether the triggers are what they have to be: they may not be after somebody edited the fields
 * with SQL.
 */
export async function isCaptureWhole(db: SqliteDatabase): Promise<boolean> {
  const { wanted, standing } = await triggersOf(db);
  return (
    standing.size === wanted.size &&
    [...wanted].every(([trigger, statement]) => standing.get(trigger) === statement)
  );
}

/** Takes the schema as it stands for known: the next run will not suspect it. */
export async function noteSchema(db: SqliteDatabase): Promise<void> {
  await db.run(
    sql`update capture set schema_version = (select schema_version from pragma_schema_version)`,
  );
}

/**
 * Whether anything was logged under the epoch of now, or members of a segment changed under it
 * without being logged.
 */
// rule: epoch-unread
export const logsEpoch = sql`(
  exists (select 1 from contact_changes where contact_changes.epoch = capture.epoch)
  or exists (select 1 from segments where segments.bulk_epoch = capture.epoch)
)`;

/**
 * Drops the log and makes every segment's next build a full one. Sweeps first: nothing else
 * remembers who was deleted.
 */
export async function forgetChanges(db: SqliteDatabase): Promise<void> {
  await sweepDeleted(db);
  // rule: erased-before-forgotten
  await suppressErased(db);
  // rule: wishes-before-forgotten
  await heedWishes(db);
  await db.run(sql`update capture set epoch = epoch + 1`);
  await db.run(sql`update capture_kinds set pruned_before = (select epoch from capture)`);
  for (const log of LOGS)
    await db.run(sql`delete from ${log} where epoch < (select epoch from capture)`);
}

/**
 * Notes that who changed until now has all that stands for them: nobody is to look at them again for
 * that, who may be many after an import.
 */
export async function markSettled(db: SqliteDatabase): Promise<void> {
  await db.run(sql`update capture set epoch = epoch + 1 where ${logsEpoch}`);
  // rule: settled-marked
  await db.run(sql`
    insert into capture_kinds (kind, pruned_before)
    select 'settled', epoch from capture where 1
    on conflict (kind) do update set pruned_before = excluded.pruned_before`);
}

/**
 * The share of all records above which a change is a bulk load: logging each row would cost more
 * than it saves.
 */
const BULK_SHARE = 0.2;

/**
 * Runs `work`, which will touch `touched` of `total` contacts, and tells it whether that is a bulk
 * load: such a one is not logged row by row but forgotten about.
 */
export async function capturing(
  db: SqliteDatabase,
  touched: number,
  total: number,
  work: (isBulk: boolean) => Promise<void>,
): Promise<void> {
  if (touched <= total * BULK_SHARE) {
    await work(false);
    return;
  }
  await db.run(sql`update capture set bulk = 1`);
  await work(true);
  // rule: bulk-forgotten
  await db.run(sql`update capture set bulk = 0`);
  await forgetChanges(db);
}

async function presentTriggers(db: SqliteDatabase): Promise<Map<string, string>> {
  const rows = await db.all<{ name: string; sql: string }>(sql`
    select name, 'create trigger ' || substr(sql, length('create trigger ') + 1) as sql
    from sqlite_schema
    where type = 'trigger' and name glob 'capture_*'
    order by name`);
  return new Map(rows.map((row) => [row.name, row.sql]));
}

async function capturedFields(db: SqliteDatabase): Promise<CapturedFields> {
  const ids = await fieldsByColumn(db);
  const columns = await db.pluck<string>(
    sql`select name from pragma_table_xinfo('contacts') order by cid`,
  );
  const contact = columns.flatMap((column) => {
    const made = ids.get(column.toLowerCase());
    return made === undefined ? [] : [{ column, ids: made }];
  });
  return { unique: await moreUniqueColumns(db), contact };
}

/**
 * The ids of the fields of contacts by the column that makes them, in lower case. Joining them to
 * the columns here reads each once; in SQL the pragma would run, over all columns, for each field.
 */
async function fieldsByColumn(db: SqliteDatabase): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = await db.all<{ id: number; column: string }>(sql`
    select id, case alias when 'company' then 'company_id' when 'email_domain' then 'email' else alias end as column
    from fields
    where object = 'contact' and alias <> 'id'
    order by id`);
  const ids = new Map<string, number[]>();
  for (const { id, column } of rows) {
    // rule: column-case
    const made = ids.get(column.toLowerCase());
    if (made === undefined) ids.set(column.toLowerCase(), [id]);
    else made.push(id);
  }
  return ids;
}

/** The unique columns of fields but for those that every store has. */
async function moreUniqueColumns(db: SqliteDatabase): Promise<CapturedFields['unique']> {
  // rule: replace-unique
  const rows = await db.all<{ object: 'contact' | 'company'; alias: string }>(sql`
    select object, alias
    from fields
    where is_unique = 1 and alias not in ('id', case object when 'contact' then 'email' else 'name' end)
    order by id`);
  const of = (object: string): string[] =>
    rows.filter((row) => row.object === object).map((row) => row.alias);
  return { contact: of('contact'), company: of('company') };
}
