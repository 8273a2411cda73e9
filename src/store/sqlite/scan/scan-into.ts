import type Sqlite from 'better-sqlite3';

/** A statement that gives `id` and `anonymous` of matching contacts in key order, to be kept in the side file `file`. */
export interface ScanOrder {
  readonly segmentId: number;
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly file: string;
}

/** The watermark of the snapshot that was scanned, or why it was not. */
export type ScanReply = { readonly segmentId: number; readonly seen: number } | { readonly segmentId: number; readonly error: string };

/** Carries out one order on a connection of its own: one snapshot of the store, and a side file that is closed again. */
export function scanInto(raw: Sqlite.Database, { segmentId, sql, params, file }: ScanOrder): ScanReply {
  try {
    raw.prepare('attach ? as side').run(file);
    try {
      return { segmentId, seen: fillSideFile(raw, sql, params) };
    } finally {
      if (raw.inTransaction) raw.exec('rollback');
      raw.exec('detach side');
    }
  } catch (error) {
    return { segmentId, error: String(error) };
  }
}

function fillSideFile(raw: Sqlite.Database, sql: string, params: readonly unknown[]): number {
  raw.exec('pragma side.journal_mode = off; pragma side.synchronous = off'); // of no use after a crash
  raw.exec('begin; create table side.matching (contact_id integer primary key, anonymous integer not null) strict');
  const seen = raw.prepare('select epoch from capture').pluck().get() as number; // here the snapshot begins
  raw.prepare(`insert into side.matching (contact_id, anonymous) ${sql}`).run(...params);
  raw.exec('commit');
  return seen;
}
