import { Worker } from 'node:worker_threads';
import type Sqlite from 'better-sqlite3';
import { connect } from '../connection/connect.ts';
import { type FileIdentity, requireFile } from '../file/file-guard.ts';
import type { ScanOrder, ScanReply } from './scan-into.ts';

export interface ScannerOptions {
  readonly realPath: string;
  /** What has to stand there: the file that the run has open. */
  readonly file: FileIdentity;
}

/** Each page is read once. */
const CACHE_KIB = 4 * 1024;

/** A connection of its own to the file that the run has open; the caller closes it. */
export function connectToScan({ realPath, file }: ScannerOptions): Sqlite.Database {
  requireFile(realPath, file);
  const raw = connect(realPath);
  try {
    requireFile(realPath, file); // it stood there before and after, so this is what was opened
    raw.pragma(`cache_size = -${CACHE_KIB}`);
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** Carries out orders one after the other. */
export interface Scanner {
  post(order: ScanOrder): void;
  stop(): Promise<void>;
}

/**
 * `onReply` hears once of every order; `onEnd` when the scanner can do no more, for whatever
 * reason: with an error, where it died of one.
 */
export type StartScanner = (
  options: ScannerOptions,
  listener: {
    readonly onReply: (reply: ScanReply) => void;
    readonly onEnd: (error?: unknown) => void;
  },
) => Scanner;

/** In the package, beside the file that this code is bundled into. */
const BUNDLED = new URL('./scan-worker.js', import.meta.url);

/** Else what a batch leaves behind stays for several more, and two threads hold 100 MB each. */
const LIMITS = { maxYoungGenerationSizeMb: 32 };

/** A thread that serves scans (serve-scans.ts), bundled as `script`. */
export const startThread = (
  options: ScannerOptions,
  { onReply, onEnd }: Parameters<StartScanner>[1],
  script: URL = BUNDLED,
): Scanner => {
  const worker = new Worker(script, { workerData: options, resourceLimits: LIMITS });
  worker.on('message', onReply);
  worker.on('error', onEnd);
  worker.on('exit', () => onEnd());
  return {
    post: (order) => worker.postMessage(order),
    async stop() {
      await worker.terminate();
    },
  };
};
