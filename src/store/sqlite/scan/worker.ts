/**
 * The entrance of a thread that scans: `workerData` names the store, every message is a
 * `ScanOrder`, every answer a `ScanReply`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '../connection/connect.ts';
import { requireFile } from '../file/file-guard.ts';
import { type ScanOrder, scanInto } from './scan-into.ts';
import type { ScannerOptions } from './scanner.ts';

const { realPath, file, cacheKib } = workerData as ScannerOptions;
requireFile(realPath, file);
const raw = connect(realPath);
requireFile(realPath, file); // it stood there before and after, so this is what was opened
raw.pragma(`cache_size = -${cacheKib}`);
parentPort?.on('message', (order: ScanOrder) => parentPort?.postMessage(scanInto(raw, order)));
parentPort?.on('close', () => raw.close());
