import Sqlite from 'better-sqlite3';

/** All rows of all tables of an SQLite file: two equal dumps mean that nothing was changed. */
export function dumpStore(path: string): Record<string, unknown[]> {
  const db = new Sqlite(path, { readonly: true });
  try {
    const tables = db
      .prepare<[], { name: string }>(
        `select name from sqlite_schema where type = 'table' order by name`,
      )
      .all();
    return Object.fromEntries(
      tables.map(({ name }) => [name, db.prepare(`select * from "${name}"`).raw().all()]),
    );
  } finally {
    db.close();
  }
}
