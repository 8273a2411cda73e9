import type { Scan, ScanBy, ScanWork } from '../../scans.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { watermark } from '../delta/changes.ts';
import { AttachedScan } from './attached-scan.ts';
import { ALL_IDS, endOf, type IdRange, MOST_CONTACTS_A_BATCH } from './batches.ts';
import { type NextRange, SqliteDesk } from './desk.ts';
import { MatchTable } from './match-table.ts';

/**
 * Scans on the connection of a transaction, `batch` contacts at a time, and leaves who matches in
 * its temporary tables. What is found is as the transaction sees it now.
 */
export async function scanInPlace(
  db: SqliteDatabase,
  work: ScanWork,
  scanBy: ScanBy,
  batch = MOST_CONTACTS_A_BATCH,
): Promise<Scan> {
  const segmentIds = work.jobs.map(({ segmentId }) => segmentId);
  const seen = await watermark(db);
  const desk = new SqliteDesk(db, nextOf(db, batch), new MatchTable(db, 'temp', segmentIds));
  try {
    await scanBy(desk, work);
    await desk.finish();
  } finally {
    desk.close();
  }
  return new AttachedScan({ segmentIds, seen, schemas: ['temp'] }, async () => undefined);
}

/** One range after the other, each found when it is asked for. */
function nextOf(db: SqliteDatabase, batch: number): NextRange {
  let rest: IdRange | undefined = ALL_IDS;
  return async () => {
    const range = rest;
    if (range === undefined) return undefined;
    const end = endOf(db, range, batch);
    rest = end === undefined ? undefined : { ...range, after: end };
    return end === undefined ? range : { ...range, until: end };
  };
}
