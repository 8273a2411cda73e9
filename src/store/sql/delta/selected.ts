import { type SQL, sql } from 'drizzle-orm';
import { flag, INTEGER, TEMP } from '../words.ts';
import type { ContactSet, Selected } from '../../selections.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet } from '../sql-parts.ts';
import type { TemporaryTables } from './temporary-tables.ts';

/*
 * Contacts that a query found, in a temporary table, so that what is done with many of them costs no
 * way through this process and back.
 */

const SELECTED = sql`${TEMP}.selected`;

export class SelectedContacts implements Selected {
  readonly count: number;
  readonly last: number | undefined;
  readonly #tables: TemporaryTables;

  private constructor(tables: TemporaryTables, last: number | undefined, count: number) {
    this.#tables = tables;
    this.last = last;
    this.count = count;
    tables.hold('selected', this);
  }

  /** `contacts` selects `id` and `identified_at` in key order. */
  static async find(tables: TemporaryTables, contacts: SQL): Promise<SelectedContacts> {
    const { db } = tables;
    await clear(db);
    const count = await db.run(sql`
      insert into ${SELECTED} (contact_id, anonymous)
      select id, ${flag(sql`identified_at is null`)}
      from (${contacts}) as contacts`);
    const last = await db.value<number | null>(sql`select max(contact_id) from ${SELECTED}`);
    return new SelectedContacts(tables, last ?? undefined, count);
  }

  async without(ids: readonly number[]): Promise<Selected> {
    this.table();
    const { db } = this.#tables;
    const gone = await db.run(sql`delete from ${SELECTED} where contact_id in ${idSet(ids)}`);
    return new SelectedContacts(this.#tables, this.last, this.count - gone);
  }

  /** The table of `contact_id` and `anonymous` in which they stand. Throws when they do not. */
  table(): SQL {
    this.#tables.require(this);
    return SELECTED;
  }
}

async function clear(db: SqlDatabase): Promise<void> {
  await db.run(
    sql`create temp table if not exists selected (contact_id ${INTEGER} primary key, anonymous ${INTEGER} not null)`,
  );
  await db.run(sql`delete from ${SELECTED}`);
}

/** The table in which contacts stand that were selected; undefined where they are ids. */
export function tableOf(contacts: ContactSet): SQL | undefined {
  if (!('count' in contacts)) return undefined;
  if (contacts instanceof SelectedContacts) return contacts.table();
  throw new Error('what was selected in another store means nothing here');
}

/** Contacts as a sub-select of `id`, whatever their number. */
export function contactSet(contacts: ContactSet): SQL {
  return 'count' in contacts
    ? sql`(select contact_id as id from ${tableOf(contacts)})`
    : idSet(contacts);
}
