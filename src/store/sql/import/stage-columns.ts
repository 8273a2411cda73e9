import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { FieldType } from '../../rows.ts';
import type { StageShape } from '../../staging.ts';
import type { SqlDatabase } from '../database.ts';
import { type UniqueColumn, uniqueColumn } from '../tables/unique-columns.ts';
import type { ShapeColumns } from './record-rows.ts';
import { isOfRecords } from './stage-shape.ts';

/** What the columns of a stage are to the database. */
export interface ColumnsOfStage extends ShapeColumns {
  /** The types of the shape's `companyColumns`. */
  readonly companyTypes: readonly FieldType[];
}

export async function columnsOfStage(db: SqlDatabase, shape: StageShape): Promise<ColumnsOfStage> {
  const uniques = await uniqueColumnsOf(db, shape);
  if (!isOfRecords(shape)) return { uniques, types: [], companyTypes: [] };
  const object = shape.kind === 'contacts' ? 'contact' : 'company';
  return {
    uniques,
    types: await typesOf(db, object, shape.columns),
    companyTypes: await typesOf(db, 'company', shape.companyColumns ?? []),
  };
}

async function uniqueColumnsOf(db: SqlDatabase, shape: StageShape): Promise<UniqueColumn[]> {
  const table = shape.kind === 'companies' ? 'companies' : 'contacts';
  const others = isOfRecords(shape) ? shape.uniques : [];
  return inTurn([shape.key, ...others], async (column) => uniqueColumn(db, table, column));
}

async function typesOf(
  db: SqlDatabase,
  object: 'contact' | 'company',
  columns: readonly string[],
): Promise<FieldType[]> {
  const fields = await db.tuples<[string, FieldType]>(
    sql`select lower(alias), type from fields where object = ${object}`,
  );
  const types = new Map(fields);
  return columns.map((column) => types.get(column.toLowerCase()) ?? 'text');
}
