import { sql } from 'drizzle-orm';
import type { ColumnBatch, ColumnsRead, ColumnsWanted } from '../../../sql/columns.ts';
import type { BitSet } from '../../../support/bit-set.ts';
import type { ScanDesk } from '../../scans.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { sqliteDialect } from '../dialect.ts';
import { endOf, type IdRange } from './batches.ts';
import { ColumnsReader } from './columns-reader.ts';
import type { MatchTable } from './match-table.ts';
import { isInRange } from './owners.ts';

/** Gives the ranges that are to be read, one after the other; undefined when there are no more. */
export type NextRange = () => Promise<IdRange | undefined>;

/** A desk on one connection, in a transaction that is open. */
export class SqliteDesk implements ScanDesk {
  readonly dialect = sqliteDialect;
  readonly #db: SqliteDatabase;
  readonly #next: NextRange;
  readonly #matches: MatchTable;
  readonly #taken: IdRange[] = [];
  #reader: ColumnsReader | undefined;

  constructor(db: SqliteDatabase, next: NextRange, matches: MatchTable) {
    this.#db = db;
    this.#next = next;
    this.#matches = matches;
  }

  async read(wanted: ColumnsWanted): Promise<ColumnsRead> {
    this.#matches.clear();
    this.#reader?.close();
    const reader = await ColumnsReader.make(this.#db, wanted);
    this.#reader = reader;
    return { tables: reader.tables, batches: this.#batches(reader) };
  }

  async keep(batch: ColumnBatch, matches: readonly BitSet[]): Promise<void> {
    this.#matches.add(batch, matches);
  }

  /** To be called when all is read and kept. */
  async finish(): Promise<void> {
    await this.#matches.finish();
    this.close();
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  async *#batches(reader: ColumnsReader): AsyncGenerator<ColumnBatch> {
    for await (const range of this.#ranges()) yield* this.#within(reader, range);
  }

  /** Those that were taken before, for what was kept of them is forgotten, then new ones. */
  async *#ranges(): AsyncGenerator<IdRange> {
    // rule: columns-again
    yield* [...this.#taken];
    for (let range = await this.#next(); range !== undefined; range = await this.#next()) {
      this.#taken.push(range);
      yield range;
    }
  }

  /** A range in which there is too much is read in halves. */
  async *#within(reader: ColumnsReader, range: IdRange): AsyncGenerator<ColumnBatch> {
    const batch = await reader.batch(range);
    if (batch !== undefined) {
      yield batch;
      return;
    }
    const middle = await this.#middleOf(range);
    yield* this.#within(reader, { ...range, until: middle });
    yield* this.#within(reader, { ...range, after: middle });
  }

  async #middleOf(range: IdRange): Promise<number> {
    const contacts = await this.#db.value<number>(
      sql`select count(*) from contacts not indexed where ${isInRange(sql`id`, range)}`,
    );
    const middle = endOf(this.#db, range, Math.max(1, Math.floor(contacts / 2)));
    if (middle === undefined) throw new Error('a range of one contact has no halves');
    return middle;
  }
}
