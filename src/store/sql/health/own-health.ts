import type { HealthReader, OddValues } from '../../health.ts';
import type { FieldType } from '../../rows.ts';

/** A column as the database declares it. */
export interface Column {
  readonly name: string;
  /** In the database's words. */
  readonly type: string;
}

/** What each database tells of itself in its own way. */
export interface OwnHealth extends Pick<
  HealthReader,
  'damageIn' | 'apart' | 'ownChecks' | 'logHeldSince'
> {
  /** In their order. */
  columnsOf(table: string): Promise<readonly Column[]>;
  hasIndex(table: string, index: string, isUnique: boolean): Promise<boolean>;
  /** Whether values of this type of field are at home in a column of this type. */
  holds(column: Column, type: FieldType): boolean;
  /** Ids out of reach, and counters that would give such. */
  oddIds(): Promise<readonly OddValues[]>;
}
