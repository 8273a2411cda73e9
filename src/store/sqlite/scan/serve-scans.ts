import { parentPort, workerData } from 'node:worker_threads';
import type { ScanBy } from '../../scans.ts';
import { connect } from '../connection/connect.ts';
import { requireFile } from '../file/file-guard.ts';
import { type ScanOrder, scanInto } from './scan-into.ts';
import type { ScannerOptions } from './scanner.ts';

/**
 * Serves as a thread that scans: `workerData` names the store, every message is a `ScanOrder`,
 * every answer a `ScanReply`. Orders are carried out one after the other.
 */
export function serveScans(scanBy: ScanBy): void {
  const { realPath, file, cacheKib } = workerData as ScannerOptions;
  requireFile(realPath, file);
  const raw = connect(realPath);
  requireFile(realPath, file); // it stood there before and after, so this is what was opened
  raw.pragma(`cache_size = -${cacheKib}`);
  let last = Promise.resolve();
  parentPort?.on('message', (order: ScanOrder) => {
    last = last.then(async () => parentPort?.postMessage(await scanInto(raw, order, scanBy)));
  });
  parentPort?.on('close', () => raw.close());
}
