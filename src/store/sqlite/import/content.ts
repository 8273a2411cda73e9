import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { companyOf } from './companies.ts';
import { cell, type RecordShape } from './stage-shape.ts';
import type { SqliteStage } from './staging.ts';

/*
 * What a record without any unique value is known by: its values in the columns of the file, as one
 * text. An empty cell, and one that clears, stand for an empty value.
 */

/** The content of the staged row `s`. */
export function sameContent(stage: SqliteStage, shape: RecordShape): SQL {
  const values = contentColumns(stage, shape).map((column) => {
    const index = shape.columns.indexOf(column);
    return written(column, stage.valueAt(index), sql`s.${cell(index)}`);
  });
  // a company that is not there yet is none that a record could have
  const company = sql`iif(typeof(s.company) = 'text', coalesce(${companyOf(stage)}, 'new'), '')`;
  return joined(shape.kind === 'contacts' && stage.said.companies ? [...values, company] : values);
}

/** The records without any unique value that no row is about yet, as `id` and `content`. */
export async function storedContent(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
): Promise<SQL> {
  const object = shape.kind === 'contacts' ? 'contact' : 'company';
  const uniques = await db.pluck<string>(sql`
    select alias from fields where object = ${object} and is_unique = 1 and alias <> 'id'`);
  const values = contentColumns(stage, shape).map((column) => {
    const value = sql`r.${name(column)}`;
    return written(column, value, value);
  });
  const company = sql`coalesce(r.company_id, '')`;
  const without = uniques.map((column) => sql`r.${name(column)} is null`);
  return sql`
    select r.id, ${joined(
      shape.kind === 'contacts' && stage.said.companies ? [...values, company] : values,
    )} as content
    from ${name(shape.kind)} as r
    where ${sql.join(without, sql` and `)}
      and r.id not in (select record_id from ${stage.found} where record_id is not null)`;
}

/** The columns of the file that are no unique ones: those are empty. */
function contentColumns(stage: SqliteStage, { columns }: RecordShape): string[] {
  const uniques = stage.uniques.map(({ column }) => column);
  return columns.filter((column) => !uniques.includes(column));
}

/** A value as text that no other has. What a new record gets by itself, an empty cell meets. */
function written(column: string, value: SQL, given: SQL): SQL {
  // rows that leave the instants to the store say nothing of them
  if (KEPT.includes(column)) return sql`''`;
  const known = column === 'points' ? sql`coalesce(${value}, 0)` : value;
  return sql`iif(typeof(${given}) = 'text', quote(${value}), quote(${known} * 1.0))`;
}

const KEPT = ['created_at', 'identified_at', 'last_active_at'];

function joined(values: readonly SQL[]): SQL {
  return values.length === 0 ? sql`''` : sql.join([...values], sql` || ',' || `);
}
