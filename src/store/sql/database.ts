import type { SQL } from 'drizzle-orm';
import type { KeptTables } from './kept-tables.ts';
import type { Ways } from './ways.ts';

/**
 * One connection to a store, as statements use it that are the same for all databases. Values are
 * bound; what a user can put right is thrown as `UserError`.
 */
export interface SqlDatabase {
  /** To be asked rarely: words come first. */
  readonly kind: 'sqlite' | 'postgres';
  /** Where the store is, for messages. */
  readonly location: string;
  readonly ways: Ways;
  /** Small tables of definitions as they were read last. */
  readonly kept: KeptTables;
  /** When the present transaction had begun, by the system's clock (epoch ms). */
  readonly beganAt: number;
  /** Rows as objects. */
  all<T>(query: SQL): Promise<T[]>;
  /** Rows as arrays, in the order of the columns. */
  tuples<T extends readonly unknown[]>(query: SQL): Promise<T[]>;
  get<T>(query: SQL): Promise<T | undefined>;
  /** The first column of each row. */
  pluck<T>(query: SQL): Promise<T[]>;
  /** The first column of the only row. */
  value<T>(query: SQL): Promise<T>;
  /** The columns of the only row. */
  row<T>(query: SQL): Promise<T[]>;
  /** Gives how many rows the statement itself changed. */
  run(query: SQL): Promise<number>;
  /** What was made under this name first since the transaction began. */
  onceInTransaction<T>(key: string, make: () => T): T;
  /** The next `onceInTransaction` of this name makes it anew. */
  forgetOnce(key: string): void;
  /** Another one after every write to the store that this connection made or sees. */
  version(): Promise<string>;
}

/** What has to be done before a table is read, whatever reads it. */
export interface TableWatch {
  /** What statements say that name the table. */
  readonly named: RegExp;
  readonly prepare: () => Promise<void>;
}
