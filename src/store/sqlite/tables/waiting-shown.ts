import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase, TableWatch } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { UNSETTLED_CONTACTS } from '../delta/erased.ts';
import { isOfPerson, type WishField, wishedFields } from '../delta/wishes.ts';
import { gatherWaiting } from './waiting-suppressions.ts';

/**
 * For who only reads, `suppressions` as they are once all that waits is settled, and what is then
 * noted of the values of contacts. Where a transaction names one of these tables and something
 * waits, views stand before them until the transaction ends, so that every answer is the same, be it
 * of one contact, of a filter, of a list or of a count. Only temporary tables are written.
 */
export class WaitingShown implements TableWatch {
  readonly named = /\b(?:address_|value_)?suppressions\b/;
  readonly #db: SqliteDatabase;
  #isShown = false;
  /** At which version of the store nothing was found to wait. */
  #settledAt: string | undefined;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  // rule: waiting-shown
  readonly prepare = async (): Promise<void> => {
    const version = await this.#db.version();
    if (version === this.#settledAt) return;
    if ((await gatherWaiting(this.#db, UNSETTLED_CONTACTS, UNSETTLED_CONTACTS)) === 0) {
      this.#settledAt = version;
      return;
    }
    const fields = await wishedFields(this.#db);
    for (const view of [SHOWN, ADDRESSES_SHOWN, valuesShown(fields)]) await this.#db.run(view);
    this.#isShown = true;
  };

  /** To be called before a transaction commits; what rolls it back takes the views along. */
  async end(): Promise<void> {
    if (this.#isShown)
      for (const table of ['suppressions', 'address_suppressions', 'value_suppressions'])
        await this.#db.run(sql`drop view if exists temp.${name(table)}`);
    this.#isShown = false;
  }
}

const SHOWN = sql`
  create temp view suppressions as
  select contact_id, channel, reason, created_at from main.suppressions
  union all
  select contact_id, channel, reason, created_at from temp.waiting`;

const ADDRESSES_SHOWN = sql`
  create temp view address_suppressions as
  select address, channel, reason, created_at from main.address_suppressions
  union all
  select contacts.email, waiting.channel, waiting.reason, waiting.created_at
  from temp.waiting
  cross join main.contacts on contacts.id = waiting.contact_id
  where contacts.email is not null and not exists (
    select 1
    from main.address_suppressions as known
    where known.address = contacts.email and known.channel = waiting.channel
      and known.reason = waiting.reason
  )`;

function valuesShown(fields: readonly WishField[]): SQL {
  const columns = sql`field_id, value, channel, reason, created_at, key`;
  return sql`
    create temp view value_suppressions as
    ${sql.join(
      [sql`select ${columns} from main.value_suppressions`, ...fields.map(waitingOf)],
      sql` union all `,
    )}`;
}

/** A view takes no values that are bound: ids are written out. */
function waitingOf({ id, column }: WishField): SQL {
  const value = sql`contacts.${name(column)}`;
  const field = sql.raw(String(id));
  return sql`
    select ${field}, ${value}, waiting.channel, waiting.reason, waiting.created_at, null
    from temp.waiting
    cross join main.contacts on contacts.id = waiting.contact_id
    where ${value} is not null and ${isOfPerson(sql`waiting`)} and not exists (
      select 1
      from main.value_suppressions as known
      where known.field_id = ${field} and known.value = ${value}
        and known.channel = waiting.channel and known.reason = waiting.reason
    )`;
}
