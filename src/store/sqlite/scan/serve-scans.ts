import { parentPort, workerData } from 'node:worker_threads';
import type { ScanBy } from '../../scans.ts';
import { type ScanOrder, scanInto } from './scan-into.ts';
import { connectToScan, type ScannerOptions } from './scanner.ts';

/**
 * Serves as a thread that scans: `workerData` names the store, every message is a `ScanOrder`,
 * every answer a `ScanReply`. Orders are carried out one after the other.
 */
export function serveScans(scanBy: ScanBy): void {
  const raw = connectToScan(workerData as ScannerOptions);
  let last = Promise.resolve();
  parentPort?.on('message', (order: ScanOrder) => {
    last = last.then(async () => parentPort?.postMessage(await scanInto(raw, order, scanBy)));
  });
  parentPort?.on('close', () => raw.close());
}
