import { type SQL, sql } from 'drizzle-orm';
import type { AuditEntry, AuditObject, AuditQuery, AuditRow, AuditWriter } from '../../audit.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, jsonOf, name, rowsOf, upTo } from '../sql-parts.ts';
import { spelled } from '../words.ts';
import { idsInOrder, isOneOf } from './in-order.ts';

export function auditTable(db: SqlDatabase): AuditWriter {
  return {
    list: async (query) => listAudit(db, query),
    hasForgotten: async (since) => hasForgotten(db, since),
    order: async (query, { by, descends }) =>
      idsInOrder(db, chosen(query, sql`id, ${name(by)} as rank`), { descends }, query.limit),
    count: async (query) => db.value<number>(chosen(query, sql`count(*)`)),
    write: async (entries) => writeAudit(db, entries),
    async prune(before) {
      await db.run(prune(before));
    },
  };
}

export async function writeAudit(db: SqlDatabase, entries: readonly AuditEntry[]): Promise<void> {
  const rows = entries.map(({ detail, objectId, ...entry }) => ({
    ...entry,
    ...{ object_id: objectId, detail: jsonOf(detail) },
  }));
  await db.run(sql`
    insert into audit (at, by, command, action, object, object_id, detail)
    select at, by, command, action, object, object_id, detail
    from ${rowsOf(rows, WRITTEN_COLUMNS)} as written
    order by key`);
}

const WRITTEN_COLUMNS = {
  at: 'bigint',
  by: 'text',
  command: 'text',
  action: 'text',
  object: 'text',
  object_id: 'bigint',
  detail: 'text',
} as const;

/** PostgreSQL keeps up to which id they are gone: ids that were never written are missing there too. */
function prune(before: number): SQL {
  // rule: audit-pruned
  const gone = sql`delete from audit where at < ${before}`;
  return spelled(
    gone,
    sql`
      with gone as (${gone} returning id)
      update capture set audit_from = greatest(audit_from, (select max(id) from gone))`,
  );
}

/** The last id of those that are kept no longer: in a file, all before the first that is. */
const FORGOTTEN = spelled(
  sql`
    coalesce(
      (select min(id) - 1 from audit), (select seq from sqlite_sequence where name = 'audit'), 0
    )`,
  sql`(select audit_from from capture)`,
);

async function hasForgotten(db: SqlDatabase, since = Number.NEGATIVE_INFINITY): Promise<boolean> {
  const [forgotten, oldest] = await db.row<number | null>(
    sql`select ${FORGOTTEN}, (select at from audit order by id limit 1)`,
  );
  return (forgotten ?? 0) > 0 && (oldest ?? Number.POSITIVE_INFINITY) > since;
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

async function listAudit(db: SqlDatabase, query: ListedAudit): Promise<AuditRow[]> {
  return (
    await db.all<Stored>(sql`${chosen(query, COLUMNS)} order by id desc ${upTo(query.limit)}`)
  ).map((row) => ({ ...row, object: row.object as AuditObject, detail: detailOf(row.detail) }));
}

/** What somebody did, and what was done in their name. */
function isBy(name: string): SQL {
  const inName = sql`${detailText('in_name_of')} = ${name}`;
  // rule: audit-by
  return sql`(by = ${name} or ${inName})`;
}

const isOfRun = (id: number): SQL => sql`${detailText('run_id')} = ${String(id)}`;

/** What a detail has under this name, as text. What other programs wrote need not be JSON in a file. */
function detailText(key: 'in_name_of' | 'run_id'): SQL {
  const literal = sql.raw(`'${key}'`);
  return spelled(
    sql`case when json_valid(detail) then cast(detail ->> ${literal} as text) end`,
    sql`(detail::jsonb ->> ${literal})`,
  );
}

/** Whether the detail names one of these contacts, a set as of `idSet`. */
export function namesContact(ids: SQL): SQL {
  return spelled(
    sql`(
      json_valid(detail) and exists (
        select 1 from json_each(audit.detail, '$.contact_ids') as named where named.value in ${ids}
      )
    )`,
    sql`exists (
      select from jsonb_path_query(detail::jsonb, '$.contact_ids[*]') as named (value)
      where named.value in (select to_jsonb(wanted.id) from ${ids} as wanted)
    )`,
  );
}

function isAbout({ kind, id }: NonNullable<AuditQuery['object']>): SQL {
  if (id === undefined) return sql`object = ${kind}`;
  const itself = sql`(object = ${kind} and object_id = ${id})`;
  if (kind !== 'contact') return itself;
  return sql`(${itself} or ${namesContact(idSet([id]))})`;
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
