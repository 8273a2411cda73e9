import type Sqlite from 'better-sqlite3';
import type { ScanBy, ScanWork } from '../../scans.ts';
import { SqliteSession } from '../session.ts';
import { SqliteDesk } from './desk.ts';
import { MatchTable } from './match-table.ts';
import { type SharedRanges, takeEach } from './shared-ranges.ts';

/** A share of a scan, and the empty side file that it is to fill. */
export interface ScanOrder {
  readonly file: string;
  readonly work: ScanWork;
  /** All ranges of the scan. */
  readonly shared: SharedRanges;
  /** The number of the thread that carries it out, from 1 on. */
  readonly taker: number;
}

/** The epoch of the snapshot that was scanned, or why it was not. */
export type ScanReply =
  | { readonly file: string; readonly seen: number }
  | { readonly file: string; readonly error: string };

/**
 * Carries out one order on a connection of its own: one snapshot of the store, and a side file that
 * is closed again.
 */
export async function scanInto(
  raw: Sqlite.Database,
  order: ScanOrder,
  scanBy: ScanBy,
): Promise<ScanReply> {
  const { file } = order;
  try {
    raw.prepare('attach ? as side').run(file);
    try {
      return { file, seen: await fillSideFile(raw, order, scanBy) };
    } finally {
      if (raw.inTransaction) raw.exec('rollback');
      raw.exec('detach side');
    }
  } catch (error) {
    return { file, error: String(error) };
  }
}

/** Rows are added at the end, and read again once, for their index. */
const SIDE_CACHE_KIB = 1024;

async function fillSideFile(
  raw: Sqlite.Database,
  { work, shared, taker }: ScanOrder,
  scanBy: ScanBy,
): Promise<number> {
  prepareSideFile(raw);
  raw.exec('begin');
  // here the snapshot begins
  const seen = raw.prepare('select epoch from capture').pluck().get() as number;
  const db = new SqliteSession(raw);
  const segmentIds = work.jobs.map(({ segmentId }) => segmentId);
  const desk = new SqliteDesk(db, takeEach(shared, taker), new MatchTable(db, 'side', segmentIds));
  await scanBy(desk, work);
  await desk.finish();
  raw.exec('commit');
  return seen;
}

/**
 * The file is of no use after a crash. The size of its cache is set after that of its pages: until
 * then SQLite counts these by the size that they had before, and keeps 256 MB.
 */
function prepareSideFile(raw: Sqlite.Database): void {
  raw.exec(
    'pragma side.page_size = 65536; pragma side.journal_mode = memory; pragma side.synchronous = off',
  );
  // rule: scan-cache
  raw.exec(`pragma side.cache_size = -${SIDE_CACHE_KIB}`);
}
