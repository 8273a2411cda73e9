import { Worker } from 'node:worker_threads';
import type { ScanOrder, ScanReply } from './scan-into.ts';

export interface ScannerOptions {
  readonly realPath: string;
  readonly cacheKib: number;
}

/** Carries out orders one after the other. */
export interface Scanner {
  post(order: ScanOrder): void;
  stop(): Promise<void>;
}

/** `onReply` hears once of every order; `onEnd` when the scanner can do no more, for whatever reason. */
export type StartScanner = (options: ScannerOptions, listener: { readonly onReply: (reply: ScanReply) => void; readonly onEnd: () => void }) => Scanner;

/** A thread, which does nothing while nothing is asked of it and does not keep the process alive. */
export const startThread: StartScanner = (options, { onReply, onEnd }) => {
  const worker = new Worker(new URL('./scan-worker.js', import.meta.url), { workerData: options });
  worker.on('message', onReply);
  worker.on('error', onEnd);
  worker.on('exit', onEnd);
  return {
    post: (order) => worker.postMessage(order),
    async stop() {
      await worker.terminate();
    },
  };
};
