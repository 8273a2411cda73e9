import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { spelled } from '../words.ts';
import { companyOf } from './companies.ts';
import { COMPANY } from './cells.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';

/*
 * What a record without any unique value is known by: its values in the columns of the file, as one
 * text. An empty cell, and one that clears, stand for an empty value.
 */

/** The content of the staged row `s`. */
export function sameContent(stage: SqlStage, shape: RecordShape): SQL {
  const values = contentColumns(stage, shape).map((column) => {
    return written(column, stage.cells.value(shape.columns.indexOf(column)));
  });
  // a company that is not there yet is none that a record could have
  const company = sql`
    case
      when ${stage.cells.isFilled(COMPANY)} then coalesce(cast(${companyOf(stage)} as text), 'new')
      else ''
    end`;
  return joined(shape.kind === 'contacts' && stage.said.companies ? [...values, company] : values);
}

/** The records without any unique value that no row is about yet, as `id` and `content`. */
export async function storedContent(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
): Promise<SQL> {
  const object = shape.kind === 'contacts' ? 'contact' : 'company';
  const uniques = await db.pluck<string>(sql`
    select alias from fields where object = ${object} and is_unique = 1 and alias <> 'id'`);
  const values = contentColumns(stage, shape).map((column) =>
    written(column, sql`r.${name(column)}`),
  );
  const company = sql`coalesce(cast(r.company_id as text), '')`;
  const without = uniques.map((column) => sql`r.${name(column)} is null`);
  return sql`
    select r.id, ${joined(
      shape.kind === 'contacts' && stage.said.companies ? [...values, company] : values,
    )} as content
    from ${name(shape.kind)} as r
    where ${sql.join(without, sql` and `)}
      and not exists (select 1 from ${stage.found} as f where f.record_id = r.id)`;
}

/** The columns of the file that are no unique ones: those are empty. */
function contentColumns(stage: SqlStage, { columns }: RecordShape): string[] {
  const uniques = stage.uniques.map(({ column }) => column);
  return columns.filter((column) => !uniques.includes(column));
}

/** A value as text that no other has. What a new record gets by itself, an empty cell meets. */
function written(column: string, value: SQL): SQL {
  // rows that leave the instants to the store say nothing of them
  if (KEPT.includes(column)) return sql`''`;
  const known = column === 'points' ? sql`coalesce(${value}, 0)` : value;
  return spelled(
    sql`iif(typeof(${value}) = 'text', quote(${value}), quote(${known} * 1.0))`,
    sql`quote_nullable(${known})`,
  );
}

const KEPT = ['created_at', 'identified_at', 'last_active_at'];

function joined(values: readonly SQL[]): SQL {
  return values.length === 0 ? sql`''` : sql.join([...values], sql` || ',' || `);
}
