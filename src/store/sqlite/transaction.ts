import type { WriteTx } from '../transaction.ts';
import { auditTable } from '../sql/tables/audit.ts';
import { changesTable } from './delta/changes.ts';
import { Differences } from '../sql/delta/differences.ts';
import { TemporaryTables } from '../sql/delta/temporary-tables.ts';
import { companiesTable, contactsTable } from '../sql/tables/records.ts';
import type { SqliteDatabase } from './connection/database.ts';
import { sqliteDialect } from './dialect.ts';
import { erasedTable } from '../sql/tables/erased.ts';
import { eventsTable } from '../sql/tables/events.ts';
import { fieldsTable } from '../sql/tables/fields.ts';
import { historyTable } from '../sql/tables/history.ts';
import { importsTable } from '../sql/import/imports.ts';
import { membersTable } from '../sql/tables/members.ts';
import { movesTable } from '../sql/tables/moves.ts';
import { pinsTable } from '../sql/tables/pins.ts';
import { reachGuard } from './connection/reach.ts';
import { runsTable } from '../sql/tables/runs.ts';
import { segmentsTable } from '../sql/tables/segments.ts';
import { settingsTable } from '../sql/tables/settings.ts';
import { triggersTable } from '../sql/tables/triggers.ts';
import { suppressionsTable } from '../sql/tables/wishes.ts';

/** All tables over one connection; the store begins and ends the transaction around their use. */
export function createTransaction(db: SqliteDatabase): WriteTx {
  const temporary = new TemporaryTables(db);
  const contacts = contactsTable(temporary);
  const companies = companiesTable(db);
  const events = eventsTable(db);
  const members = membersTable(temporary);
  const moves = movesTable(db);
  const history = historyTable(db);
  const pins = pinsTable(db);
  const imports = importsTable(db);
  const suppressions = suppressionsTable(db);
  const triggers = triggersTable(temporary);
  const requireReach = reachGuard(db);
  /** What hands out ids of records, or takes them. */
  const within = <T>(table: T): T => {
    requireReach();
    return table;
  };
  const tx: WriteTx = {
    get now() {
      return db.beganAt;
    },
    dialect: sqliteDialect,
    settings: settingsTable(db),
    fields: fieldsTable(db),
    segments: segmentsTable(db),
    runs: runsTable(db),
    changes: changesTable(db),
    audit: auditTable(db),
    erased: erasedTable(db),
    get contacts() {
      return within(contacts);
    },
    get companies() {
      return within(companies);
    },
    get events() {
      return within(events);
    },
    get members() {
      return within(members);
    },
    get moves() {
      return within(moves);
    },
    get history() {
      return within(history);
    },
    get pins() {
      return within(pins);
    },
    get imports() {
      return within(imports);
    },
    get suppressions() {
      return within(suppressions);
    },
    get triggers() {
      return within(triggers);
    },
    differences: async () => Differences.make(within(temporary)),
    // few commands ask
    scan: async (work, scanBy, batch) =>
      (await import('./scan/scan-in-place.ts')).scanInPlace(db, work, scanBy, batch),
    health: async () => {
      const { healthReader } = await import('../sql/health/health.ts');
      const { ownHealth } = await import('./health/own-health.ts');
      return healthReader(db, fieldsTable(db), ownHealth(db));
    },
    profiler: async () => (await import('./health/profiler.ts')).profiler(db),
    nested: async (work) => inSavepoint(db, async () => work(tx)),
  };
  return tx;
}

async function inSavepoint<T>(db: SqliteDatabase, work: () => Promise<T>): Promise<T> {
  const { raw } = db;
  raw.exec('savepoint nested'); // the innermost of a name is the one that is meant
  try {
    const result = await work();
    raw.exec('release nested');
    return result;
  } catch (error) {
    // rule: atomic-build, nested
    // SQLite has rolled all of it back by itself after some errors
    if (raw.inTransaction) raw.exec('rollback to nested; release nested');
    db.kept.forget();
    throw error;
  }
}
