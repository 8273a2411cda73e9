import { sql } from 'drizzle-orm';
import { name, type SqliteDatabase } from './database.ts';
import { sweepDeleted } from './memberships-of-contacts.ts';

/*
 * Change capture: triggers that log, inside the database, which contacts a committed write may matter to, so that rows edited
 * with any SQL tool count too. docs/delta.md explains the rules; each was needed:
 * - Bodies are plain inserts with `on conflict do nothing`: an INSERT OR REPLACE would bow to the outer statement's own
 *   conflict clause and lose the change.
 * - BEFORE triggers log the rows that a REPLACE is about to remove, found by every unique key: delete triggers stay silent then.
 * - Key columns only, for DROP COLUMN must not fail; conditions on ids alone, for an edit of the case alone counts.
 * They run for each row that anybody writes, so a trigger is one statement wherever one is enough, and whom an INSERT meets by a key
 * is logged as changed: for an upsert that is the entry which its update makes, too. `deletedContacts` knows those that went.
 */

interface CapturedTable {
  readonly table: string;
  /** Logged when a row changes, and when rows come, go or change their id. */
  readonly changed: string;
  readonly lives: string;
  /** What is logged of a row: the kind's id, and the segment's for a pin. */
  readonly logged: readonly ['id' | 'contact_id', 'segment_id'?];
  /** Unique keys under which a REPLACE may remove a row that is logged under another id. */
  readonly keys: readonly string[];
}

function capturedTables(uniqueColumns: { readonly contact: readonly string[]; readonly company: readonly string[] }): CapturedTable[] {
  return [
    { table: 'contacts', changed: 'profile', lives: 'exists', logged: ['id'], keys: ['email', ...uniqueColumns.contact] },
    { table: 'companies', changed: 'company', lives: 'company', logged: ['id'], keys: ['name', ...uniqueColumns.company] },
    { table: 'tags', changed: 'tag', lives: 'tag', logged: ['id'], keys: ['name'] },
    { table: 'contact_tags', changed: 'tags', lives: 'tags', logged: ['contact_id'], keys: [] },
    { table: 'events', changed: 'events', lives: 'events', logged: ['contact_id'], keys: ['id', 'external_id'] },
    { table: 'suppressions', changed: 'consent', lives: 'consent', logged: ['contact_id'], keys: [] },
    { table: 'pins', changed: 'pin', lives: 'pin', logged: ['contact_id', 'segment_id'], keys: [] },
  ];
}

/** The triggers that a store with these unique custom columns must have: name → statement. */
export function captureTriggers(uniqueColumns: { readonly contact: readonly string[]; readonly company: readonly string[] }): Map<string, string> {
  return new Map(capturedTables(uniqueColumns).flatMap((captured) => [...replacing(captured), ...writing(captured)]));
}

/** What a REPLACE removes. Column lists keep the look-ups from updates of other columns; an `id` has more names than a list can hold. */
function replacing({ table, changed, lives, logged: [id], keys }: CapturedTable): [string, string][] {
  if (keys.length === 0) return [];
  const found = (kind: string, more = ''): string[] =>
    keys.map((key) => insertChange(kind, `${table}.${id}, 0`, `capture, ${table}`, ` and ${table}.${quoted(key)} = new.${quoted(key)}${more}`));
  const columns = keys.includes('id') ? '' : ` of ${keys.map(quoted).join(', ')}`;
  return [
    createTrigger(table, 'before_insert', 'before insert', found(changed)),
    createTrigger(table, 'before_update', `before update${columns}`, found(lives, ` and ${table}.id <> old.id`)),
  ];
}

/** What comes, goes and changes. A row that is moved from one id to another is gone here and new there. */
function writing({ table, changed, lives, logged }: CapturedTable): [string, string][] {
  const log = (kind: string, row: 'new' | 'old'): string => insertChange(kind, `${row}.${logged[0]}, ${logged[1] === undefined ? '0' : `${row}.${logged[1]}`}`);
  const isMoved = logged.map((column) => `old.${String(column)} <> new.${String(column)}`).join(' or ');
  return [
    createTrigger(table, 'insert', 'after insert', [log(lives, 'new')]),
    createTrigger(table, 'update', 'after update', [log(changed, 'new')]),
    createTrigger(table, 'move', 'after update', [log(lives, 'old'), ...(lives === changed ? [] : [log(lives, 'new')])], ` when ${isMoved}`),
    createTrigger(table, 'delete', 'after delete', [log(lives, 'old')]),
  ];
}

function insertChange(kind: string, ids: string, from = 'capture', condition = ''): string {
  return `  insert into contact_changes (epoch, kind, id, segment_id) select epoch, '${kind}', ${ids} from ${from} where bulk = 0${condition} on conflict do nothing;`;
}

function createTrigger(table: string, suffix: string, event: string, body: readonly string[], condition = ''): [string, string] {
  const trigger = `capture_${table}_${suffix}`;
  return [trigger, `create trigger ${trigger} ${event} on ${table}${condition} begin\n${body.join('\n')}\nend`];
}

/**
 * Makes the capture triggers exactly what the unique columns of today ask for, then notes the schema's version and forgets
 * the log: whatever was changed in the schema, the next builds are full ones. Ends all DDL of ours, in its transaction.
 */
export function restoreCapture(db: SqliteDatabase): void {
  const wanted = captureTriggers(uniqueCustomColumns(db));
  const standing = new Map(presentTriggers(db).map((row) => [row.name, row.sql]));
  for (const trigger of standing.keys()) {
    if (standing.get(trigger) !== wanted.get(trigger)) db.run(sql`drop trigger ${name(trigger)}`);
  }
  for (const [trigger, statement] of wanted) {
    if (standing.get(trigger) !== statement) db.run(sql.raw(statement));
  }
  forgetChanges(db);
  noteSchema(db);
}

/** Takes the schema as it stands for known: the next run will not suspect it. */
export function noteSchema(db: SqliteDatabase): void {
  db.run(sql`update capture set schema_version = (select schema_version from pragma_schema_version)`);
}

/** Whether anything was logged under the epoch of now. */
export const logsEpoch = sql`exists (select 1 from contact_changes where contact_changes.epoch = capture.epoch)`;

/** Drops the log and makes every segment's next build a full one. Sweeps first: nothing else remembers who was deleted. */
export function forgetChanges(db: SqliteDatabase): void {
  sweepDeleted(db);
  db.run(sql`update capture set epoch = epoch + 1`);
  db.run(sql`update capture_kinds set pruned_before = (select epoch from capture)`);
  db.run(sql`delete from contact_changes where epoch < (select epoch from capture)`);
}

/** The share of all records above which a change is a bulk load: logging each row would cost more than it saves. */
const BULK_SHARE = 0.2;

/** Runs `work`, which will touch `touched` of `total` contacts; a bulk load is not logged row by row but forgotten about. */
export function capturing(db: SqliteDatabase, touched: number, total: number, work: () => void): void {
  if (touched <= total * BULK_SHARE) {
    work();
    return;
  }
  db.run(sql`update capture set bulk = 1`);
  work();
  db.run(sql`update capture set bulk = 0`);
  forgetChanges(db);
}

export function presentTriggers(db: SqliteDatabase): { name: string; sql: string }[] {
  return db.all(sql`
    select name, 'create trigger ' || substr(sql, length('create trigger ') + 1) as sql
    from sqlite_schema
    where type = 'trigger' and name glob 'capture_*'
    order by name`);
}

export function uniqueCustomColumns(db: SqliteDatabase): { readonly contact: string[]; readonly company: string[] } {
  const rows = db.all<{ object: 'contact' | 'company'; alias: string }>(sql`
    select object, alias
    from fields
    where is_unique = 1 and origin = 'custom'
    order by id`);
  const of = (object: string): string[] => rows.filter((row) => row.object === object).map((row) => row.alias);
  return { contact: of('contact'), company: of('company') };
}

function quoted(column: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(column) ? `"${column}"` : `"${column.replaceAll('"', '""')}"`;
}
