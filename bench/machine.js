import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import Database from 'better-sqlite3';

/** The date, the machine and the versions that results depend on, as a paragraph. */
export function machine() {
  const db = new Database(':memory:');
  const sqlite = String(db.prepare('select sqlite_version()').pluck().get());
  db.close();
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  const busy = loadavg()[0] ?? 0;
  const day = new Date().toISOString().slice(0, 10);
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  const engine = `better-sqlite3 ${versionOf('better-sqlite3')} (SQLite ${sqlite})`;
  return `${day}; ${cores}, ${gigabytes} GB; Node ${process.versions.node}, ${engine}.
Load of the machine at the end: ${busy.toFixed(1)}.`;
}

/** @param {string} name */
function versionOf(name) {
  const { version } = JSON.parse(
    readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
  );
  return String(version);
}
