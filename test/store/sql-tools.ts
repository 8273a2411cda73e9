import { execFileSync, spawnSync } from 'node:child_process';
import Sqlite from 'better-sqlite3';

/** A way to write to a store's file without rollcall, as people with SQL do. */
export interface SqlTool {
  readonly name: string;
  readonly installed: boolean;
  /**
   * Runs the statements on a connection of their own; gives the rows, their columns joined by `|`.
   * Throws when one is refused.
   */
  run(path: string, statements: string): string[];
}

const betterSqlite: SqlTool = {
  name: 'better-sqlite3',
  installed: true,
  run(path, statements) {
    const raw = new Sqlite(path);
    try {
      return statements
        .split(';\n')
        .filter((statement) => statement.trim() !== '')
        .flatMap((statement) => {
          const prepared = raw.prepare(statement);
          if (prepared.reader)
            return prepared
              .raw()
              .all()
              .map((row) => (row as unknown[]).join('|'));
          prepared.run();
          return [];
        });
    } finally {
      raw.close();
    }
  },
};

const shell: SqlTool = {
  name: 'the sqlite3 shell',
  installed: spawnSync('sqlite3', ['--version']).status === 0,
  run(path, statements) {
    const output = execFileSync('sqlite3', ['-batch', '-bail', path], {
      input: `${statements};\n`,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return output.split('\n').filter((line) => line !== '');
  },
};

export const SQL_TOOLS: readonly SqlTool[] = [betterSqlite, shell];
