import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type {
  Column,
  ColumnBatch,
  EventColumn,
  EventsWanted,
  WantedPart,
} from '../../../sql/columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { sqliteDialect } from '../dialect.ts';
import { readColumn, readColumns } from './json-columns.ts';
import { isInRange, type Owned, ownedOf, type Owners } from './owners.ts';

type Events = ColumnBatch['events'][number];

const COLUMNS: Readonly<Record<EventColumn, SQL>> = {
  occurredAt: sql`occurred_at`,
  subject: sql`subject`,
  value: sql`value`,
  properties: sql`properties`,
};

/**
 * Events of the wanted types. Those of which only the instant is wanted are read for all types at
 * once, along the index that begins with the contact; others type by type, row by row.
 */
export class EventColumns {
  readonly #db: SqliteDatabase;
  readonly #wanted: readonly EventsWanted[];

  constructor(db: SqliteDatabase, wanted: readonly EventsWanted[]) {
    this.#db = db;
    this.#wanted = wanted;
  }

  /** In the order in which they are wanted. */
  async read(owners: Owners): Promise<ColumnBatch['events']> {
    const indexed = await this.#readIndexed(this.#wanted.filter(isInIndex), owners);
    return inTurn(
      this.#wanted,
      async (wanted) => indexed.get(wanted) ?? (await this.#readRows(wanted, owners)),
    );
  }

  async #readIndexed(
    types: readonly EventsWanted[],
    owners: Owners,
  ): Promise<Map<EventsWanted, Events>> {
    if (types.length === 0) return new Map();
    const cases = types.map((one, code) => sql`when ${isWanted(one, sql`type`)} then ${code}`);
    const [contactIds, codes, instants] = (await readColumns(this.#db, {
      columns: [
        readColumn(sql`contact_id`),
        readColumn(sql`code`),
        readColumn(sql`occurred_at`, ...types.map((wanted) => this.#partOf(wanted))),
      ],
      source: sql`(
        select contact_id, case ${sql.join(cases, sql` `)} end as code, occurred_at
        from events
        where ${isInRange(sql`contact_id`, owners.range)}
      ) where code is not null`,
      owner: sql`contact_id`,
    })) as [number[], number[], Column];
    const parts = partedBy(codes, types.length, owners.of(contactIds));
    return new Map(
      types.map((wanted, code) => {
        const { owners: own, pick } = parts[code] as Owned;
        const columns = wanted.columns.length === 0 ? {} : { occurredAt: pick(instants) };
        return [wanted, { owners: own, columns }];
      }),
    );
  }

  async #readRows(wanted: EventsWanted, owners: Owners): Promise<Events> {
    const { columns } = wanted;
    const [contactIds, ...values] = (await readColumns(this.#db, {
      columns: [
        readColumn(sql`contact_id`),
        ...columns.map((column) => readColumn(COLUMNS[column], this.#partOf(wanted))),
      ],
      source: sql`events
        where ${isInRange(sql`contact_id`, owners.range)}
          and ${isWanted(wanted, sqliteDialect.notLookedUp(sql`type`))}`,
      owner: sql`contact_id`,
    })) as [number[], ...Column[]];
    const { owners: own, pick } = owners.of(contactIds);
    const picked = columns.map((column, at) => [column, pick(values[at] ?? [])] as const);
    return { owners: own, columns: Object.fromEntries(picked) };
  }

  #partOf(wanted: EventsWanted): WantedPart {
    return { kind: 'events', place: this.#wanted.indexOf(wanted) };
  }
}

function isWanted({ type, from }: EventsWanted, column: SQL): SQL {
  const isOfType = sqliteDialect.keyEquals(column, type);
  return from === null ? isOfType : sql`${isOfType} and +occurred_at >= ${from}`;
}

/** The rows of each code, from 0 to below `count`, in their order. */
function partedBy(codes: readonly number[], count: number, { owners, rows }: Owned): Owned[] {
  const sizes = new Int32Array(count);
  for (const row of rows) sizes[codes[row] ?? 0] = (sizes[codes[row] ?? 0] ?? 0) + 1;
  const parts = Array.from(sizes, (size) => ownedOf(new Int32Array(size), new Int32Array(size)));
  const filled = new Int32Array(count);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? 0;
    const code = codes[row] ?? 0;
    const [part, at] = [parts[code] as Owned, filled[code] ?? 0];
    part.owners[at] = owners[index] ?? 0;
    part.rows[at] = row;
    filled[code] = at + 1;
  }
  return parts;
}

function isInIndex({ columns }: EventsWanted): boolean {
  return columns.every((column) => column === 'occurredAt');
}
