import { type SQL, sql } from 'drizzle-orm';
import { firstOfEach } from '../sql-parts.ts';
import { BY_KEY, INTEGER, TEXT, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { COMPANY_NAME, hasPlainKey, keyOf, oddKeys } from '../tables/unique-columns.ts';
import type { SqlStage } from './staging.ts';

/**
 * Lists the companies that contact rows name, each way in which a name is written, with what it
 * compares by and the company that it is, as far as there is one.
 */
export async function layOutCompanies(db: SqlDatabase, stage: SqlStage): Promise<void> {
  const companies = stage.table('companies');
  await db.run(sql`
    create temp table ${stage.tableName('companies')} (
      name ${TEXT} primary key, key ${TEXT} not null, company_id ${INTEGER}
    ) ${BY_KEY}`);
  await db.run(sql`
    insert into ${companies} (name, key)
    select distinct company, ${keyOf(COMPANY_NAME, sql`company`)}
    from ${stage.rows}
    where company is not null`);
  await stage.analyze('companies');
  await findCompanies(db, stage);
}

async function findCompanies(db: SqlDatabase, stage: SqlStage): Promise<void> {
  const companies = stage.table('companies');
  await db.run(sql`
    update ${companies} as given
    set company_id = (
      select min(r.id) from companies as r where ${hasPlainKey(COMPANY_NAME, 'r', sql`given.key`)}
    )`);
  await db.run(sql`
    with odd as materialized (
      select min(id) as id, key from ${oddKeys(COMPANY_NAME)} as odd group by key
    )
    update ${companies} as given
    set company_id = odd.id
    from odd
    where given.company_id is null and odd.key = given.key`);
}

/** Makes the companies that are missing, once each, as the first row that names it writes it. */
export async function addCompanies(db: SqlDatabase, stage: SqlStage, now: number): Promise<void> {
  const added = await db.run(sql`
    insert into companies (name, created_at, updated_at)
    select name, ${now}, ${now}
    from ${firstOfEach(sql`given.key`, sql`s.line`, {
      columns: sql`given.name`,
      from: sql`
        ${stage.found} as f
        ${THEN_JOIN} ${stage.rows} as s on s.stage_row = f.stage_row
        ${THEN_JOIN} ${stage.table('companies')} as given on given.name = s.company
        where f.outcome <> 'rejected' and given.company_id is null`,
    })} as new
    order by first`);
  if (added > 0) await findCompanies(db, stage);
}

/** The company that the staged row `s` names. */
export function companyOf(stage: SqlStage): SQL {
  return sql`(
    select named.company_id from ${stage.table('companies')} as named where named.name = s.company
  )`;
}
