import { sql, type SQL } from 'drizzle-orm';

/** The rows that an expression of a condition reads its values from. */
export interface ValueRows {
  /** With the alias that the expression uses. */
  readonly table: SQL;
  /** Conditions that hold for all rows whose values matter. */
  readonly within: readonly SQL[];
  /** The condition that a row belongs to one of the contacts, of which a select gives the ids. */
  readonly areOf: (contacts: SQL) => SQL;
}

export const CONTACT_ROWS: ValueRows = {
  table: sql`contacts c`,
  within: [],
  areOf: (contacts) => sql`c.id in (${contacts})`,
};

export const COMPANY_ROWS: ValueRows = {
  table: sql`companies co`,
  within: [],
  areOf: (contacts) =>
    sql`co.id in (select c.company_id from contacts c where c.id in (${contacts}))`,
};

export function eventRows(within: readonly SQL[]): ValueRows {
  return { table: sql`events e`, within, areOf: (contacts) => sql`e.contact_id in (${contacts})` };
}
