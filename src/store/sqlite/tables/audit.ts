import { type SQL, sql } from 'drizzle-orm';
import type { AuditEntry, AuditObject, AuditQuery, AuditRow, AuditWriter } from '../../audit.ts';
import type { SqliteDatabase } from '../connection/database.ts';

export function auditTable(db: SqliteDatabase): AuditWriter {
  return {
    list: async (query) => listAudit(db, query),
    hasForgotten: async (since) => hasForgotten(db, since),
    write: async (entries) => writeAudit(db, entries),
    async prune(before) {
      // rule: audit-pruned
      db.run(sql`delete from audit where at < ${before}`);
    },
  };
}

export function writeAudit(db: SqliteDatabase, entries: readonly AuditEntry[]): void {
  const rows = entries.map((entry) => ({ ...entry, detail: JSON.stringify(entry.detail) }));
  db.run(sql`
    insert into audit (at, by, command, action, object, object_id, detail)
    select
      value ->> 'at', value ->> 'by', value ->> 'command', value ->> 'action',
      value ->> 'object', value ->> 'objectId', value ->> 'detail'
    from json_each(${JSON.stringify(rows)})
    order by key`);
}

/** What is kept no longer has the ids before the first. */
function hasForgotten(db: SqliteDatabase, since = Number.NEGATIVE_INFINITY): boolean {
  const given = db.value<number>(
    sql`select coalesce((select seq from sqlite_sequence where name = 'audit'), 0)`,
  );
  const oldest = db.get<{ id: number; at: number }>(
    sql`select id, at from audit order by id limit 1`,
  );
  return oldest === undefined ? given > 0 : oldest.id > 1 && oldest.at > since;
}

interface Stored extends Omit<AuditRow, 'detail' | 'object'> {
  readonly object: string;
  readonly detail: string | null;
}

function listAudit(db: SqliteDatabase, query: AuditQuery): AuditRow[] {
  const { after, limit } = query;
  const conditions = [
    ...(after === undefined ? [] : [sql`id < ${after}`]),
    ...(query.by === undefined ? [] : [isBy(query.by)]),
    ...(query.runId === undefined ? [] : [isOfRun(query.runId)]),
    ...(query.since === undefined ? [] : [sql`at >= ${query.since}`]),
    ...(query.object === undefined ? [] : [isAbout(query.object)]),
  ];
  const which = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
  return db
    .all<Stored>(
      sql`
      select id, at, by, command, action, object, object_id as "objectId", detail
      from audit
      ${which}
      order by id desc
      limit ${limit ?? -1}`,
    )
    .map((row) => ({ ...row, object: row.object as AuditObject, detail: detailOf(row.detail) }));
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
