import type { SQL } from 'drizzle-orm';
import { KeptTables } from '../sql/kept-tables.ts';
import { PostgresDatabase } from './connection/database.ts';
import { resolveMatched } from './resolve-matched.ts';
import { postgresWays } from './ways.ts';

/** A connection with all that statements ask of a database. */
export class PostgresSession extends PostgresDatabase {
  readonly kept = new KeptTables(this);
  readonly ways = postgresWays(this);

  /** Regular expressions are decided here, by the values that there are. */
  protected override async resolved(query: SQL): Promise<SQL> {
    return resolveMatched(this, query);
  }

  override undone(): void {
    super.undone();
    this.kept.forget();
  }
}
