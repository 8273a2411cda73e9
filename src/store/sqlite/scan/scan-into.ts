import type Sqlite from 'better-sqlite3';
import { packedTables, PARTS, type Pass } from './pass.ts';

/** A pass, and the empty side file that it is to fill. */
export interface ScanOrder extends Pass {
  readonly file: string;
}

/** The watermark of the snapshot that was scanned, or why it was not. */
export type ScanReply =
  | { readonly file: string; readonly seen: number }
  | { readonly file: string; readonly error: string };

/**
 * Carries out one order on a connection of its own: one snapshot of the store, and a side file that
 * is closed again.
 */
export function scanInto(raw: Sqlite.Database, order: ScanOrder): ScanReply {
  const { file } = order;
  try {
    raw.prepare('attach ? as side').run(file);
    try {
      return { file, seen: fillSideFile(raw, order) };
    } finally {
      if (raw.inTransaction) raw.exec('rollback');
      raw.exec('detach side');
    }
  } catch (error) {
    return { file, error: String(error) };
  }
}

function fillSideFile(
  raw: Sqlite.Database,
  { segmentIds, gathered, statements }: ScanOrder,
): number {
  raw.exec(
    'pragma side.page_size = 65536; pragma side.journal_mode = off; pragma side.synchronous = off',
  ); // of no use after a crash
  raw.exec(`begin; ${packedTables(segmentIds)}`);
  // here the snapshot begins
  const seen = raw.prepare('select epoch from capture').pluck().get() as number;
  raw.exec(PARTS);
  for (const table of gathered)
    raw.exec(`create table temp.${table} (id integer primary key, answers integer not null)`);
  for (const { sql, params } of statements) raw.prepare(sql).run(...params);
  for (const table of gathered) raw.exec(`drop table temp.${table}`);
  raw.exec('commit');
  return seen;
}
