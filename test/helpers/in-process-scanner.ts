import { connect } from '../../src/store/sqlite/connection/connect.ts';
import { scanInto } from '../../src/store/sqlite/scan/scan-into.ts';
import type { StartScanner } from '../../src/store/sqlite/scan/scanner.ts';

/** Scans at once, in this very thread: what is written later is written behind the snapshot. */
export const scanInProcess: StartScanner = ({ realPath }, { onReply }) => {
  const raw = connect(realPath);
  return {
    post(order) {
      const reply = scanInto(raw, order);
      queueMicrotask(() => onReply(reply));
    },
    async stop() {
      raw.close();
    },
  };
};
