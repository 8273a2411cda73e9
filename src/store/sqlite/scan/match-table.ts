import { type SQL, sql } from 'drizzle-orm';
import type { ColumnBatch } from '../../../sql/columns.ts';
import { BitSet } from '../../../support/bit-set.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { packedIds, Packer } from './packed-ids.ts';

/*
 * Who matches which filter, in the schema of a side file or in `temp`: a row for each segment and
 * batch, with the ids packed into one value. Packing takes some 10 ns a match and eight bytes,
 * unpacking 70 to 100 ns. A table of ids would be read in half of that, but would have to be written
 * row by row.
 */

/** What is kept of a batch. */
type Kept = Pick<ColumnBatch, 'ids' | 'anonymous'>;

/** Fills the tables of one schema. */
export class MatchTable {
  readonly #db: SqliteDatabase;
  readonly #schema: string;
  readonly #segmentIds: readonly number[];
  #counts: { contacts: number; anonymous: number }[] = [];

  constructor(db: SqliteDatabase, schema: string, segmentIds: readonly number[]) {
    this.#db = db;
    this.#schema = schema;
    this.#segmentIds = segmentIds;
  }

  /** Makes the tables, without what they held before. */
  clear(): void {
    this.#counts = this.#segmentIds.map(() => ({ contacts: 0, anonymous: 0 }));
    const schema = this.#schema;
    this.#db.raw.exec(`
      drop table if exists ${schema}.matching;
      drop table if exists ${schema}.counts;
      create table ${schema}.matching (
        segment_id integer not null, low integer not null, ids blob not null
      ) strict;
      create table ${schema}.counts (
        segment_id integer primary key, contacts integer not null, anonymous integer not null
      ) strict`);
  }

  add(batch: Kept, matches: readonly BitSet[]): void {
    this.#db.runEach(
      `insert into ${this.#schema}.matching values (?, ?, ?)`,
      this.#rowsOf(batch, matches),
    );
  }

  /** Counts them too. The ids of a row are good until the next one is taken. */
  *#rowsOf(
    { ids, anonymous }: Kept,
    matches: readonly BitSet[],
  ): Generator<[segmentId: number, low: number, ids: Uint8Array]> {
    const [low] = ids;
    if (low === undefined) return;
    const packer = new Packer(packedIds(ids, anonymous));
    const unknown = setOfOnes(anonymous);
    for (const [index, segmentId] of this.#segmentIds.entries()) {
      const set = matches[index];
      if (set === undefined) throw new Error(`nothing was found for segment ${segmentId}`);
      const contacts = set.count();
      if (contacts === 0) continue;
      const count = this.#counts[index] ?? { contacts: 0, anonymous: 0 };
      // rule: scan-anonymous
      this.#counts[index] = {
        contacts: count.contacts + contacts,
        anonymous: count.anonymous + set.countIn(unknown),
      };
      yield [segmentId, low, packer.pack(set)];
    }
  }

  /**
   * Writes how many matched, and the index: made at the end, it needs no cache while rows come in,
   * however many segments and batches there are.
   */
  async finish(): Promise<void> {
    this.#db.raw.exec(
      `create index ${this.#schema}.matching_segment on matching (segment_id, low)`,
    );
    for (const [index, segmentId] of this.#segmentIds.entries()) {
      const { contacts = 0, anonymous = 0 } = this.#counts[index] ?? {};
      await this.#db.run(
        sql`insert into ${sql.raw(this.#schema)}.counts values (${segmentId}, ${contacts}, ${anonymous})`,
      );
    }
  }
}

function setOfOnes(ones: Uint8Array): BitSet {
  const set = new BitSet(ones.length);
  for (let position = 0; position < ones.length; position += 1)
    if (ones[position] === 1) set.add(position);
  return set;
}

/** Who matched, from the tables of these schemas: `contact_id` and `anonymous`, in key order. */
export function unpacked(schemas: readonly string[], segmentId: number): SQL {
  const parts = schemas.map(
    (schema) =>
      sql`select low, ids from ${sql.raw(schema)}.matching where segment_id = ${segmentId}`,
  );
  // rule: scan-key-order
  // without the `limit` SQLite leaves the order out, since a join follows
  return sql`(
    select value as contact_id, typeof(value) = 'real' as anonymous
    from (${sql.join(parts, sql` union all `)} order by low limit -1)
    cross join json_each(ids)
  )`;
}

/** One row: how many `contacts` these are, and how many of them `anonymous`. */
export function counted(schemas: readonly string[], segmentId: number): SQL {
  const parts = schemas.map(
    (schema) =>
      sql`select contacts, anonymous from ${sql.raw(schema)}.counts where segment_id = ${segmentId}`,
  );
  return sql`
    select coalesce(sum(contacts), 0), coalesce(sum(anonymous), 0)
    from (${sql.join(parts, sql` union all `)})`;
}
