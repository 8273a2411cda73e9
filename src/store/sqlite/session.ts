import { SqliteDatabase } from './connection/database.ts';
import { sqliteWays } from './ways.ts';

/** A connection with all that statements ask of a database. */
export class SqliteSession extends SqliteDatabase {
  readonly ways = sqliteWays(this);
}
