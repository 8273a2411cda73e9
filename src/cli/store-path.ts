import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Io } from './io.ts';

export interface StorePlace {
  readonly path: string;
  /** Nobody named it. */
  readonly isDefault: boolean;
}

/**
 * Where the store is: `--db`, else ROLLCALL_DB, else `rollcall/rollcall.db` in the data folder of
 * the XDG specification.
 */
export function storePlace(flag: string | undefined, env: Io['env']): StorePlace {
  const named = flag ?? nonEmpty(env['ROLLCALL_DB']);
  if (named !== undefined) return { path: named, isDefault: false };
  const xdg = nonEmpty(env['XDG_DATA_HOME']);
  const data =
    xdg !== undefined && isAbsolute(xdg)
      ? xdg
      : join(nonEmpty(env['HOME']) ?? homedir(), '.local', 'share');
  return { path: join(data, 'rollcall', 'rollcall.db'), isDefault: true };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
