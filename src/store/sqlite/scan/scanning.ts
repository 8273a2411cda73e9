import { sql } from 'drizzle-orm';
import type { ScannedRun, Scans } from '../../scans.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import type { FileIdentity } from '../file/file-guard.ts';
import { MOST_CONTACTS_A_BATCH } from './batches.ts';
import { processors } from './processors.ts';
import type { StartScanner } from './scanner.ts';
import { removeStaleSideFiles, SideFiles } from './side-file.ts';
import type { Turn } from './sqlite-scans.ts';

/** When and by whom a store scans; what is left out is decided by measurement. */
export interface Scanning {
  /** From so many evaluations on: contacts times segments to be built in full. */
  readonly scanFrom?: number | undefined;
  readonly startScanner?: StartScanner | undefined;
  /** How many scan, the run's own thread among them. */
  readonly scanners?: number | undefined;
  /** How many contacts are read at once. */
  readonly batch?: number | undefined;
}

/**
 * A thread takes 60 to 80 ms to start; a million evaluations take 100 to 250 ms by one statement, and
 * three times as much processor time where others find who matches and hand it over.
 */
const SCAN_FROM = 2_000_000;
/** More scan faster than one writer can take it in. */
const MOST_SCANNERS = 4;

const FEWEST_CONTACTS_A_BATCH = 1_000;
/** So many batches each scanner gets at least, so that all end at about the same time. */
const BATCHES_A_SCANNER = 4;

function batchFor(contacts: number, scanners: number): number {
  const shared = Math.ceil(contacts / (scanners * BATCHES_A_SCANNER));
  return Math.max(FEWEST_CONTACTS_A_BATCH, Math.min(MOST_CONTACTS_A_BATCH, shared));
}

interface Place {
  readonly db: SqliteDatabase;
  readonly realPath: string;
  readonly file: FileIdentity;
  readonly turn: Turn;
}

/**
 * Scanners for one run, if it is worth it. What an earlier run left beside the store is removed in
 * any case.
 */
export async function openScans(
  { db, realPath, file, turn }: Place,
  { runId, contacts, segments }: ScannedRun,
  options: Scanning,
): Promise<Scans | undefined> {
  // rule: scan-remains
  removeStaleSideFiles(realPath);
  const {
    scanFrom = SCAN_FROM,
    startScanner,
    scanners = Math.min(processors(), MOST_SCANNERS),
    batch = batchFor(contacts, scanners),
  } = options;
  const pays = (some: number): boolean => contacts * some >= scanFrom;
  if (!pays(segments)) return undefined;
  const timeline = await db.value<string>(sql`select timeline from capture`);
  const files = new SideFiles({ realPath, timeline, runId });
  const [{ SqliteScans }, { Crew }, { startThread }] = [
    await import('./sqlite-scans.ts'),
    await import('./crew.ts'),
    await import('./scanner.ts'),
  ]; // threads take time to load, and few updates are worth them
  const crew = new Crew(db, files, {
    realPath,
    file,
    startScanner: startScanner ?? startThread,
    threads: scanners - 1,
    batch,
  });
  return new SqliteScans(db, turn, { files, crew, pays });
}
