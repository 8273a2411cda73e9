/**
 * Looks at a store again and again while others write to it: `node watcher.js crm.db [untidy]`.
 * Prints a line of JSON for each view that differs from the one before; `ready` is the first line.
 * It is ended by SIGKILL, as a reader may be.
 */
import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { unsoundness } from './soundness.js';
import { viewOf } from './state.js';

const PAUSE_MS = 3;
const db = new Sqlite(process.argv[2], { readonly: true, timeout: 10_000 });
const untidy = process.argv[3] === 'untidy';
let last = '';
console.log('ready');
for (;;) {
  // one snapshot for what is seen and for whether it fits together
  const seen = db
    .transaction(() => JSON.stringify({ view: [...viewOf(db)], problems: unsoundness(db, untidy) }))
    .deferred();
  if (seen !== last) console.log(seen);
  last = seen;
  await wait(PAUSE_MS);
}
