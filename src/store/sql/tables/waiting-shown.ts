import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase, TableWatch } from '../database.ts';
import { name } from '../sql-parts.ts';
import { ofStore, sameText, TEMP, THEN_JOIN } from '../words.ts';
import { isOfPerson, type WishField, wishedFields } from '../delta/wishes.ts';
import { toKept } from './kept-values.ts';
import { gatherWaiting, isAlike } from './waiting-suppressions.ts';

/**
 * For who only reads, `suppressions` as they are once all that waits is settled, and what is then
 * noted of the values of contacts. Where a transaction names one of these tables and something
 * waits, views stand before them until the transaction ends, so that every answer is the same, be it
 * of one contact, of a filter, of a list or of a count. Only temporary tables are written.
 */
export class WaitingShown implements TableWatch {
  readonly named = /\b(?:address_|value_)?suppressions\b/;
  readonly #db: SqlDatabase;
  #isShown = false;
  /** At which version of the store nothing was found to wait. */
  #settledAt: string | undefined;

  constructor(db: SqlDatabase) {
    this.#db = db;
  }

  // rule: waiting-shown
  readonly prepare = async (): Promise<void> => {
    const version = await this.#db.version();
    if (version === this.#settledAt) return;
    const { unsettled } = this.#db.ways.log;
    if ((await gatherWaiting(this.#db, unsettled, unsettled)) === 0) {
      this.#settledAt = version;
      return;
    }
    const fields = await wishedFields(this.#db);
    this.#isShown = true;
    for (const view of [SHOWN, ADDRESSES_SHOWN, valuesShown(fields)]) await this.#db.run(view);
    await this.#db.ways.showTemporary();
  };

  /** To be called before a transaction commits; what rolls it back takes the views along. */
  async end(): Promise<void> {
    if (this.#isShown)
      for (const table of ['suppressions', 'address_suppressions', 'value_suppressions'])
        await this.#db.run(sql`drop view if exists ${TEMP}.${name(table)}`);
    this.#isShown = false;
  }
}

const SHOWN = sql`
  create temp view suppressions as
  select contact_id, channel, reason, created_at from ${ofStore(sql`suppressions`)}
  union all
  select contact_id, channel, reason, created_at from ${TEMP}.waiting`;

const ADDRESSES_SHOWN = sql`
  create temp view address_suppressions as
  select address, channel, reason, created_at from ${ofStore(sql`address_suppressions`)}
  union all
  select contacts.email, waiting.channel, waiting.reason, waiting.created_at
  from ${TEMP}.waiting
  ${THEN_JOIN} contacts on contacts.id = waiting.contact_id
  where contacts.email is not null and not exists (
    select 1
    from ${ofStore(sql`address_suppressions`)} as known
    where ${sameText(sql`known.address`, sql`contacts.email`)} and ${isAlike(sql`waiting`)}
  )`;

function valuesShown(fields: readonly WishField[]): SQL {
  const columns = sql`field_id, value, channel, reason, created_at, key`;
  return sql`
    create temp view value_suppressions as
    ${sql.join(
      [sql`select ${columns} from ${ofStore(sql`value_suppressions`)}`, ...fields.map(waitingOf)],
      sql` union all `,
    )}`;
}

/** A view takes no values that are bound: ids are written out. */
function waitingOf({ id, column, type }: WishField): SQL {
  const value = toKept(type, sql`contacts.${name(column)}`);
  const field = sql.raw(String(id));
  return sql`
    select ${field}, ${value}, waiting.channel, waiting.reason, waiting.created_at, null
    from ${TEMP}.waiting
    ${THEN_JOIN} contacts on contacts.id = waiting.contact_id
    where ${value} is not null and ${isOfPerson(sql`waiting`)} and not exists (
      select 1
      from ${ofStore(sql`value_suppressions`)} as known
      where known.field_id = ${field} and ${sameText(sql`known.value`, value)}
        and ${isAlike(sql`waiting`)}
    )`;
}
