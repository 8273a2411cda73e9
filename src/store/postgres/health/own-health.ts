import { sql } from 'drizzle-orm';
import { UserError } from '../../../support/errors.ts';
import type { OddValues } from '../../health.ts';
import type { FieldType } from '../../rows.ts';
import type { OwnHealth } from '../../sql/health/own-health.ts';
import type { PostgresDatabase } from '../connection/database.ts';
import { isRunLocked } from '../connection/lock.ts';
import { inSavepoint } from '../connection/transactions.ts';
import { logHeldSince, logChecks } from './log-checks.ts';
import { schemaChecks } from './schema-checks.ts';
import { serverChecks } from './server-checks.ts';

/** What a schema and its server tell of themselves, in the snapshot that `db` stands in. */
export function ownHealth(db: PostgresDatabase): OwnHealth {
  return {
    damageIn,
    apart: async (look) => inSavepoint(db, look),
    columnsOf: async (table) =>
      db.all(sql`
        select attname as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped
        order by attnum`),
    hasIndex: async (table, index, isUnique) =>
      (await db.get(sql`
        select 1
        from pg_index
        join pg_class on pg_class.oid = indexrelid
        where indrelid = ${table}::regclass and relname = ${index} and indisvalid
          and indisunique = (${isUnique ? 1 : 0} = 1)`)) !== undefined,
    holds: ({ type: declared }, type) => COLUMN_TYPES[type].includes(declared),
    oddIds: async () => spentIds(db),
    logHeldSince: async () => logHeldSince(db),
    ownChecks: async (_isRunRecorded) => ({
      structure: schemaChecks(db),
      recording: logChecks(db),
      surroundings: serverChecks(db),
      isRunAtWork: await isRunLocked(db.session),
    }),
  };
}

const TEXT = ['text'];

/** In what columns values of the types of fields are. */
const COLUMN_TYPES: Readonly<Record<FieldType, readonly string[]>> = {
  number: ['double precision'],
  boolean: ['smallint'],
  datetime: ['bigint'],
  date: TEXT,
  text: TEXT,
  email: TEXT,
  phone: TEXT,
  url: TEXT,
  select: TEXT,
  multiselect: TEXT,
  tags: TEXT,
};

/** Tables, columns or pages that are not as rollcall and the server made them. */
function damageIn(error: unknown): string | undefined {
  return error instanceof UserError && error.code === 'DAMAGED' ? error.message : undefined;
}

/** Counters at the end of the ids within reach: the keys keep all others out. */
async function spentIds(db: PostgresDatabase): Promise<OddValues[]> {
  const spent = await db.all<{ table: string; last: number }>(sql`
    select relname as "table", last_value as last
    from pg_sequences
    join pg_depend on objid = format('%I.%I', schemaname, sequencename)::regclass
      and classid = 'pg_class'::regclass and deptype = 'i'
    join pg_class on pg_class.oid = refobjid
    where schemaname = current_schema and last_value >= max_value
    order by relname`);
  return spent.map(({ table, last }) => ({
    ...{ table, column: 'id', problem: 'noIdLeft', count: 1, remedy: undefined },
    examples: [{ last }],
  }));
}
