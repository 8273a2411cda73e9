import type Sqlite from 'better-sqlite3';
import { SQL_FUNCTIONS } from '../../../sql/functions.ts';
import { personHash } from '../../../sql/person-hash.ts';

/** Gives a connection the functions of ours that compiled filters may call. */
export function registerFunctions(raw: Sqlite.Database): void {
  for (const [name, implementation] of Object.entries(SQL_FUNCTIONS))
    raw.function(
      name,
      { deterministic: true },
      implementation as (...values: unknown[]) => unknown,
    );
  raw.function(
    'person_hash',
    { deterministic: true },
    personHash as (...values: unknown[]) => unknown,
  );
}
