/**
 * Reads columns row by row with plain statements: what a store has to hand over, told by other means
 * than a store's.
 */
import { sql, type SQL } from 'drizzle-orm';
import type {
  ColumnBatch,
  ColumnTables,
  ColumnsWanted,
  ColumnValue,
  EventsWanted,
} from '../../src/sql/columns.ts';
import { fold } from '../../src/support/fold.ts';

type Row = Readonly<Record<string, unknown>>;
export type Ask = (statement: SQL) => readonly Row[];

export interface ReadColumns {
  readonly tables: ColumnTables;
  readonly batches: readonly ColumnBatch[];
}

/** All contacts, in batches of so many. */
export function readColumns(ask: Ask, wanted: ColumnsWanted, most: number): ReadColumns {
  const contacts = ask(sql`select c.id, c.company_id from contacts c order by c.id`);
  const companies = ask(sql`select co.id from companies co order by co.id`);
  const tags = ask(sql`select t.id, t.name from tags t order by t.id`);
  const expressions = wanted.contacts.map((each) => column(ask, each, sql`contacts c`, sql`c.id`));
  const tables: ColumnTables = {
    companies: wanted.companies.map((each) => {
      const values = column(ask, each, sql`companies co`, sql`co.id`);
      return { values, codes: Int32Array.from(values.keys()) };
    }),
    tags: wanted.tags ? tags.map(({ name }) => String(name)) : [],
  };
  const places = { company: placesOf(companies), tag: placesOf(tags) };
  const batches = Array.from({ length: Math.ceil(contacts.length / most) }, (_, index) => {
    const [from, until] = [index * most, (index + 1) * most];
    const rows = contacts.slice(from, until);
    const owned = ownedBy(ask, placesOf(rows));
    const links = owned(sql`contact_tags x`, [sql`x.tag_id as tag`]).filter(
      ({ tag }) => wanted.tags && places.tag.has(tag),
    );
    const suppressions = wanted.suppressions
      ? owned(sql`suppressions x`, [sql`x.channel`, sql`x.reason`])
      : [];
    return {
      ids: rows.map(({ id }) => Number(id)),
      contacts: expressions.map((values) => values.slice(from, until)),
      anonymous: new Uint8Array(rows.length),
      company: Int32Array.from(rows, (row) => places.company.get(row['company_id']) ?? -1),
      tags: {
        ...ownersOf(links),
        values: Int32Array.from(links, ({ tag }) => places.tag.get(tag) ?? -1),
      },
      events: wanted.events.map((each) => eventsOf(owned, each)),
      suppressions: {
        ...ownersOf(suppressions),
        channels: valuesOf(suppressions, 'channel'),
        reasons: valuesOf(suppressions, 'reason'),
      },
      members: wanted.members.map((id) =>
        ownersOf(
          owned(sql`joined x`, [sql`x.segment_id as segment`]).filter(
            ({ segment }) => segment === id,
          ),
        ),
      ),
    };
  });
  return { tables, batches };
}

function column(ask: Ask, expression: SQL, table: SQL, key: SQL): ColumnValue[] {
  return valuesOf(ask(sql`select ${expression} as value from ${table} order by ${key}`), 'value');
}

function placesOf(rows: readonly Row[]): ReadonlyMap<unknown, number> {
  return new Map(rows.map(({ id }, place) => [id, place]));
}

type Owned = (table: SQL, columns: readonly SQL[]) => readonly Row[];

/** The rows of a table that belong to contacts of the batch, in the order of these. */
function ownedBy(ask: Ask, places: ReadonlyMap<unknown, number>): Owned {
  return (table, columns) =>
    ask(sql`select x.contact_id as contact, ${sql.join([...columns], sql`, `)} from ${table}`)
      .flatMap((row) => {
        const owner = places.get(row['contact']);
        return owner === undefined ? [] : [{ ...row, owner }];
      })
      .sort((a, b) => a.owner - b.owner);
}

function eventsOf(owned: Owned, { type, columns }: EventsWanted): ColumnBatch['events'][number] {
  const read = { occurredAt: sql`x.occurred_at as "occurredAt"`, subject: sql`x.subject` };
  const rows = owned(sql`events x`, [
    sql`x.type`,
    read.occurredAt,
    read.subject,
    sql`x.value`,
    sql`x.properties`,
  ]).filter((row) => fold(String(row['type'])) === fold(type));
  return {
    ...ownersOf(rows),
    columns: Object.fromEntries(columns.map((each) => [each, valuesOf(rows, each)])),
  };
}

function ownersOf(rows: readonly Row[]): { readonly owners: Int32Array } {
  return { owners: Int32Array.from(rows, ({ owner }) => Number(owner)) };
}

function valuesOf(rows: readonly Row[], name: string): ColumnValue[] {
  return rows.map((row) => row[name] as ColumnValue);
}
