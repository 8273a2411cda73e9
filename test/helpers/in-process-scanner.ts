import { scanFilters } from '../../src/segment/update/scan-filters.ts';
import type { ScanBy } from '../../src/store/index.ts';
import { connect } from '../../src/store/sqlite/connection/connect.ts';
import { type ScanOrder, scanInto } from '../../src/store/sqlite/scan/scan-into.ts';
import type { StartScanner } from '../../src/store/sqlite/scan/scanner.ts';

/**
 * Scans in this very thread. The snapshot is taken at once: what is written later is written behind
 * it.
 */
export const scanningInProcess =
  (scanBy: ScanBy): StartScanner =>
  ({ realPath }, { onReply }) => {
    const raw = connect(realPath);
    const waiting: ScanOrder[] = [];
    let work: Promise<void> | undefined;
    const carryOut = async (): Promise<void> => {
      for (let order = waiting.shift(); order !== undefined; order = waiting.shift())
        onReply(await scanInto(raw, order, scanBy));
      work = undefined;
    };
    return {
      post(order) {
        waiting.push(order);
        work ??= carryOut();
      },
      async stop() {
        waiting.length = 0;
        await work;
        raw.close();
      },
    };
  };

export const scanInProcess = scanningInProcess(scanFilters);
