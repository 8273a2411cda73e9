/** The entrance of a thread that scans: `workerData` names the store, every message is a `ScanOrder`, every answer a `ScanReply`. */
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '../connect.ts';
import { type ScanOrder, scanInto } from './scan-into.ts';
import type { ScannerOptions } from './scanner.ts';

const { realPath, cacheKib } = workerData as ScannerOptions;
const raw = connect(realPath);
raw.pragma(`cache_size = -${cacheKib}`);
parentPort?.on('message', (order: ScanOrder) => parentPort?.postMessage(scanInto(raw, order)));
parentPort?.on('close', () => raw.close());
