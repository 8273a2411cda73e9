import type { SqliteDatabase, TableWatch } from '../connection/database.ts';
import { UNSETTLED_CONTACTS } from '../delta/erased.ts';
import { gatherWaiting } from './waiting-suppressions.ts';

/**
 * For who only reads, `suppressions` as they are once all that waits is settled. Where a transaction
 * names the table and something waits, a view stands before it until the transaction ends, so that
 * every answer is the same, be it of one contact, of a filter or of a count. Only temporary tables
 * are written.
 */
export class WaitingShown implements TableWatch {
  readonly named = /\bsuppressions\b/;
  readonly #db: SqliteDatabase;
  #isShown = false;
  /** At which version of the store nothing was found to wait. */
  #settledAt: string | undefined;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  // rule: waiting-shown
  readonly prepare = (): void => {
    const version = this.#db.version();
    if (version === this.#settledAt) return;
    if (gatherWaiting(this.#db, UNSETTLED_CONTACTS, UNSETTLED_CONTACTS) === 0) {
      this.#settledAt = version;
      return;
    }
    this.#db.raw.exec(SHOWN);
    this.#isShown = true;
  };

  /** To be called before a transaction commits; what rolls it back takes the view along. */
  end(): void {
    if (this.#isShown) this.#db.raw.exec('drop view if exists temp.suppressions');
    this.#isShown = false;
  }
}

const SHOWN = `
  create temp view suppressions as
  select contact_id, channel, reason, created_at from main.suppressions
  union all
  select contact_id, channel, reason, created_at from temp.waiting`;
