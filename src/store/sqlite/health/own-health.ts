import { sql } from 'drizzle-orm';
import type { OwnHealth } from '../../sql/health/own-health.ts';
import { render } from '../../sql/render.ts';
import { columnDeclaration } from '../../sql/tables/field-columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { columnsOf } from './columns.ts';
import { damageIn } from './damage.ts';
import { oddIds } from './ids.ts';
import { ownChecks } from './own-checks.ts';

/** What a file and its triggers tell of themselves, in the snapshot that `db` stands in. */
export function ownHealth(db: SqliteDatabase): OwnHealth {
  return {
    damageIn,
    apart: async (look) => look(),
    columnsOf: async (table) => columnsOf(db, table),
    hasIndex: async (table, index, isUnique) =>
      (await db.get(sql`
        select 1
        from pragma_index_list(${table})
        where name = ${index} and "unique" = ${isUnique ? 1 : 0}`)) !== undefined,
    holds: ({ type: declared }, type) =>
      render(columnDeclaration(type)).sql.startsWith(declared.toLowerCase()),
    oddIds: async () => oddIds(db),
    logHeldSince: async () => undefined,
    ownChecks: async (isRunRecorded) => ownChecks(db, isRunRecorded),
  };
}
