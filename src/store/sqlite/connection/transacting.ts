import type Sqlite from 'better-sqlite3';

/**
 * Does the work in one transaction of a connection that nobody else uses meanwhile: all of it is
 * kept, or none when it throws.
 */
export async function transacting<T>(
  raw: Sqlite.Database,
  work: () => Promise<T>,
  begin: 'begin' | 'begin immediate' = 'begin immediate',
): Promise<T> {
  raw.exec(begin);
  try {
    const result = await work();
    raw.exec('commit');
    return result;
  } finally {
    // SQLite has rolled back by itself after some errors
    if (raw.inTransaction) raw.exec('rollback');
  }
}
