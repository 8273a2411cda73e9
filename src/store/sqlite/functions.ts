import type Sqlite from 'better-sqlite3';
import { fold } from '../../support/fold.ts';

/** Gives a connection the functions of ours that compiled filters may call. A missing value stays missing. */
export function registerFunctions(raw: Sqlite.Database): void {
  raw.function('fold', { deterministic: true }, (text: unknown) => (typeof text === 'string' ? fold(text) : null));
}
