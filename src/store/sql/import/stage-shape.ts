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
