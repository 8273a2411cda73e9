import type { FieldRow, Value } from './rows.ts';

export interface FieldsReader {
  /**
   * Every field of both objects, standard ones first, by id: the same list as before while none of
   * them changed.
   */
  list(): Promise<readonly FieldRow[]>;
  /** How many records have a value in this field. */
  countFilled(field: FieldRow): Promise<number>;
  /** How many suppressions stand for values of this field, whether a contact has these or not. */
  countWishes(field: FieldRow): Promise<number>;
  /** How many records have this option in this select or multiselect field. */
  countOption(field: FieldRow, option: string): Promise<number>;
  /**
   * Records that have the same value in this field, as a unique field would see it: of each value
   * the first two, at most `limit` values, by id.
   */
  equalValues(field: FieldRow, limit: number): Promise<readonly EqualValues[]>;
}

/** Two records with one value. */
export interface EqualValues {
  readonly ids: readonly [number, number];
  /** As each of them has it. */
  readonly values: readonly [Value, Value];
}

export type NewField = Omit<FieldRow, 'id' | 'origin'>;
export interface FieldsWriter extends FieldsReader {
  /** Adds a custom field and its column; gives its id. */
  add(field: NewField, now: number): Promise<number>;
  /**
   * Changes what may change: label, options, unique and indexed. A unique field over equal values:
   * `UserError` (1).
   */
  update(field: FieldRow): Promise<void>;
  /** Removes a custom field, its column and all its values. */
  delete(field: FieldRow): Promise<void>;
}
