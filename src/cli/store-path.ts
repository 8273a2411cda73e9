import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isDatabaseUrl, locationOf, requireNoPassword } from '../support/database-url.ts';
import type { Io } from './io.ts';

export interface StorePlace {
  /** The path of a file, or the URL of a database, which may hold a password. */
  readonly path: string;
  /** The same for messages, without secrets. */
  readonly location: string;
  /** Nobody named it. */
  readonly isDefault: boolean;
}

/**
 * Where the store is: `--db`, else ROLLCALL_DB, else `rollcall/rollcall.db` in the data folder of
 * the XDG specification.
 */
export function storePlace(flag: string | undefined, env: Io['env']): StorePlace {
  const named = flag ?? nonEmpty(env['ROLLCALL_DB']);
  if (named !== undefined) return placeOf(named);
  const xdg = nonEmpty(env['XDG_DATA_HOME']);
  const data =
    xdg !== undefined && isAbsolute(xdg)
      ? xdg
      : join(nonEmpty(env['HOME']) ?? homedir(), '.local', 'share');
  const path = join(data, 'rollcall', 'rollcall.db');
  return { path, location: path, isDefault: true };
}

/** The store that somebody named so. */
export function placeOf(named: string): StorePlace {
  return { path: named, location: shown(named), isDefault: false };
}

/** Refuses what must not be on a command line. `UserError` (2). */
export function requireNoSecret(flag: string | undefined): void {
  if (flag !== undefined && isDatabaseUrl(flag)) requireNoPassword(flag);
}

function shown(name: string): string {
  return isDatabaseUrl(name) ? locationOf(name) : name;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
