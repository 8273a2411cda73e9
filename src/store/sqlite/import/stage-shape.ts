import { type SQL, sql } from 'drizzle-orm';
import type { StageShape } from '../../staging.ts';

export type RecordShape = Extract<StageShape, { kind: 'contacts' | 'companies' }>;

export function isOfRecords(shape: StageShape): shape is RecordShape {
  return 'columns' in shape;
}

/** The shape with its key among the columns, where that is one that can be written. */
export function withKey(shape: RecordShape): RecordShape {
  return shape.key === 'id' || shape.columns.includes(shape.key)
    ? shape
    : { ...shape, columns: [...shape.columns, shape.key] };
}

/** The staged cell of the shape's column number `index`. */
export function cell(index: number): SQL {
  return sql.raw(`c${index}`);
}

/** The staged cell of a column. */
export function cellOf({ columns }: RecordShape, column: string): SQL {
  return cell(columns.indexOf(column));
}

/** Whether a staged cell has a value: it neither is empty nor clears. */
export function isFilled(value: SQL): SQL {
  return sql`(${value} is not null and ${value} <> x'')`;
}
