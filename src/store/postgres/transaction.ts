import { changesTable } from './delta/changes.ts';
import { Differences } from '../sql/delta/differences.ts';
import { TemporaryTables } from '../sql/delta/temporary-tables.ts';
import { importsTable } from '../sql/import/imports.ts';
import { auditTable } from '../sql/tables/audit.ts';
import { erasedTable } from '../sql/tables/erased.ts';
import { eventsTable } from '../sql/tables/events.ts';
import { fieldsTable } from '../sql/tables/fields.ts';
import { historyTable } from '../sql/tables/history.ts';
import { membersTable } from '../sql/tables/members.ts';
import { movesTable } from '../sql/tables/moves.ts';
import { pinsTable } from '../sql/tables/pins.ts';
import { companiesTable, contactsTable } from '../sql/tables/records.ts';
import { runsTable } from '../sql/tables/runs.ts';
import { segmentsTable } from '../sql/tables/segments.ts';
import { settingsTable } from '../sql/tables/settings.ts';
import { triggersTable } from '../sql/tables/triggers.ts';
import { suppressionsTable } from '../sql/tables/wishes.ts';
import type { WriteTx } from '../transaction.ts';
import { inSavepoint } from './connection/transactions.ts';
import { postgresDialect } from './dialect.ts';
import type { PostgresSession } from './postgres-session.ts';

/** All tables over one connection; the store begins and ends the transaction around their use. */
export function createTransaction(db: PostgresSession): WriteTx {
  const temporary = new TemporaryTables(db);
  const tx: WriteTx = {
    get now() {
      return db.beganAt;
    },
    dialect: postgresDialect,
    settings: settingsTable(db),
    fields: fieldsTable(db),
    contacts: contactsTable(temporary),
    companies: companiesTable(db),
    events: eventsTable(db),
    segments: segmentsTable(db),
    members: membersTable(temporary),
    moves: movesTable(db),
    history: historyTable(db),
    pins: pinsTable(db),
    runs: runsTable(db),
    imports: importsTable(db),
    suppressions: suppressionsTable(db),
    triggers: triggersTable(temporary),
    erased: erasedTable(db),
    changes: changesTable(db),
    audit: auditTable(db),
    differences: async () => Differences.make(temporary),
    // few commands ask
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
