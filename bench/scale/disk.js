import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const POLL_MS = 200;

/**
 * Watches how much the files of the folder itself take; `stop` gives the most that was seen, in
 * bytes.
 * @param {string} folder
 */
export function watchDisk(folder) {
  let most = 0;
  const look = () => {
    most = Math.max(most, bytesIn(folder));
  };
  const timer = setInterval(look, POLL_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

/** @param {string} folder */
function bytesIn(folder) {
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}
