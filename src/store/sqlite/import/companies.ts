import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { COMPANY_NAME, hasPlainKey, keyOf, oddKeys } from '../tables/unique-columns.ts';
import type { SqliteStage } from './staging.ts';

/**
 * Lists the companies that contact rows name, each way in which a name is written, with what it
 * compares by and the company that it is, as far as there is one.
 */
export async function layOutCompanies(db: SqliteDatabase, stage: SqliteStage): Promise<void> {
  const companies = stage.table('companies');
  await db.run(sql`
    create temp table ${stage.tableName('companies')} (
      name text primary key, key text not null, company_id integer
    ) without rowid`);
  await db.run(sql`
    insert into ${companies} (name, key)
    select distinct company, ${keyOf(COMPANY_NAME, sql`company`)}
    from ${stage.rows}
    where typeof(company) = 'text'`);
  await findCompanies(db, stage);
}

async function findCompanies(db: SqliteDatabase, stage: SqliteStage): Promise<void> {
  const companies = stage.table('companies');
  await db.run(sql`
    update ${companies} as given
    set company_id = (
      select min(r.id) from companies as r where ${hasPlainKey(COMPANY_NAME, 'r', sql`given.key`)}
    )`);
  await db.run(sql`
    with odd as materialized (
      select min(id) as id, key from ${oddKeys(COMPANY_NAME)} group by key
    )
    update ${companies} as given
    set company_id = odd.id
    from odd
    where given.company_id is null and odd.key = given.key`);
}

/** Makes the companies that are missing, once each, as the first row that names it writes it. */
export async function addCompanies(
  db: SqliteDatabase,
  stage: SqliteStage,
  now: number,
): Promise<void> {
  const added = await db.run(sql`
    insert into companies (name, created_at, updated_at)
    select name, ${now}, ${now}
    from (
      select given.name, min(s.line) as line
      from ${stage.found} as f
      cross join ${stage.rows} as s on s.stage_row = f.stage_row
      cross join ${stage.table('companies')} as given on given.name = s.company
      where f.outcome <> 'rejected' and given.company_id is null
      group by given.key
    )
    order by line`);
  if (added > 0) await findCompanies(db, stage);
}

/** The company that the staged row `s` names. */
export function companyOf(stage: SqliteStage): SQL {
  return sql`(
    select named.company_id from ${stage.table('companies')} as named where named.name = s.company
  )`;
}
