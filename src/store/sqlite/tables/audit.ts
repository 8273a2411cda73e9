import { type SQL, sql } from 'drizzle-orm';
import type { AuditEntry, AuditObject, AuditQuery, AuditRow, AuditWriter } from '../../audit.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { idsInOrder, isOneOf } from './in-order.ts';

export function auditTable(db: SqliteDatabase): AuditWriter {
  return {
    list: async (query) => listAudit(db, query),
    hasForgotten: async (since) => hasForgotten(db, since),
    order: async (query, { by, descends }) =>
      idsInOrder(db, chosen(query, sql`id, ${name(by)} as rank`), { descends }, query.limit),
    count: async (query) => db.value<number>(chosen(query, sql`count(*)`)),
    write: async (entries) => writeAudit(db, entries),
    async prune(before) {
      // rule: audit-pruned
      await db.run(sql`delete from audit where at < ${before}`);
    },
  };
}

export async function writeAudit(
  db: SqliteDatabase,
  entries: readonly AuditEntry[],
): Promise<void> {
  const rows = entries.map((entry) => ({ ...entry, detail: JSON.stringify(entry.detail) }));
  await db.run(sql`
    insert into audit (at, by, command, action, object, object_id, detail)
    select
      value ->> 'at', value ->> 'by', value ->> 'command', value ->> 'action',
      value ->> 'object', value ->> 'objectId', value ->> 'detail'
    from json_each(${JSON.stringify(rows)})
    order by key`);
}

/** What is kept no longer has the ids before the first. */
async function hasForgotten(
  db: SqliteDatabase,
  since = Number.NEGATIVE_INFINITY,
): Promise<boolean> {
  const given = await db.value<number>(
    sql`select coalesce((select seq from sqlite_sequence where name = 'audit'), 0)`,
  );
  const oldest = await db.get<{ id: number; at: number }>(
    sql`select id, at from audit order by id limit 1`,
  );
  return oldest === undefined ? given > 0 : oldest.id > 1 && oldest.at > since;
}

interface Stored extends Omit<AuditRow, 'detail' | 'object'> {
  readonly object: string;
  readonly detail: string | null;
}

type ListedAudit = AuditQuery & { readonly ids?: readonly number[] };

/** Something of the entries of a query, whatever their order and number. */
function chosen({ after, by, runId, since, object, ids }: ListedAudit, what: SQL): SQL {
  const conditions = [
    isOneOf(ids),
    ...(after === undefined ? [] : [sql`id < ${after}`]),
    ...(by === undefined ? [] : [isBy(by)]),
    ...(runId === undefined ? [] : [isOfRun(runId)]),
    ...(since === undefined ? [] : [sql`at >= ${since}`]),
    ...(object === undefined ? [] : [isAbout(object)]),
  ];
  return sql`select ${what} from audit where ${sql.join(conditions, sql` and `)}`;
}

const COLUMNS = sql`id, at, by, command, action, object, object_id as "objectId", detail`;

async function listAudit(db: SqliteDatabase, query: ListedAudit): Promise<AuditRow[]> {
  return (
    await db.all<Stored>(sql`${chosen(query, COLUMNS)} order by id desc limit ${query.limit ?? -1}`)
  ).map((row) => ({ ...row, object: row.object as AuditObject, detail: detailOf(row.detail) }));
}

/** What somebody did, and what was done in their name. */
function isBy(name: string): SQL {
  const inName = sql`json_valid(detail) and detail ->> '$.in_name_of' = ${name}`;
  // rule: audit-by
  return sql`(by = ${name} or ${inName})`;
}

const isOfRun = (id: number): SQL => sql`json_valid(detail) and detail ->> '$.run_id' = ${id}`;

function isAbout({ kind, id }: NonNullable<AuditQuery['object']>): SQL {
  if (id === undefined) return sql`object = ${kind}`;
  const itself = sql`(object = ${kind} and object_id = ${id})`;
  if (kind !== 'contact') return itself;
  return sql`(${itself} or json_valid(detail) and exists (
    select 1 from json_each(audit.detail, '$.contact_ids') where value = ${id}
  ))`;
}

/** Other programs may have written there. */
function detailOf(text: string | null): AuditRow['detail'] {
  try {
    const detail: unknown = JSON.parse(text ?? '{}');
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? (detail as AuditRow['detail'])
      : { text };
  } catch {
    return { text };
  }
}
