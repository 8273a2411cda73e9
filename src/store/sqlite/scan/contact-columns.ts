import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { Column } from '../../../sql/columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { Gathering } from './gather.ts';
import { type ReadColumn, readColumns } from './json-columns.ts';
import type { IdRange } from './batches.ts';
import { isInRange } from './owners.ts';

/** SQLite gives no more than 2,000 columns, and joins no more than 64 tables. */
const MOST_COLUMNS = 200;
const MOST_TABLES = 50;

/** Expressions over contacts that one statement reads. */
interface Part {
  readonly columns: ReadColumn[];
  readonly gathering: Gathering;
}

/**
 * Values of contacts by expressions that may ask other rows, which are gathered first, in temporary
 * tables, until `close`. As many expressions as may are read by one statement.
 */
export class ContactColumns {
  readonly #db: SqliteDatabase;
  readonly #parts: readonly Part[];

  constructor(db: SqliteDatabase, columns: readonly ReadColumn[]) {
    this.#db = db;
    this.#parts = partsOf(columns);
    this.close();
    for (const { gathering } of this.#parts) gatherAll(db, gathering);
  }

  /** A value for each contact of the range, in the order of ids, for each expression. */
  async read(range: IdRange): Promise<Column[]> {
    return (
      await inTurn(this.#parts, async ({ columns, gathering }) =>
        readColumns(this.#db, {
          columns,
          source: sql`
          contacts as c not indexed
          ${sql.join(gathering.joins(), sql` `)}
          where ${isInRange(sql`c.id`, range)}`,
          owner: sql`c.id`,
        }),
      )
    ).flat();
  }

  close(): void {
    for (const { gathering } of this.#parts)
      for (const table of gathering.tables())
        this.#db.raw.exec(`drop table if exists temp.${table}`);
  }
}

function partsOf(columns: readonly ReadColumn[]): Part[] {
  const parts: Part[] = [];
  for (const column of columns) {
    let part = parts.at(-1);
    if (part === undefined || isFull(part)) {
      part = { columns: [], gathering: new Gathering(String(parts.length)) };
      parts.push(part);
    }
    part.columns.push({ ...column, value: part.gathering.replaceIn(column.value) });
  }
  return parts;
}

function isFull({ columns, gathering }: Part): boolean {
  return columns.length >= MOST_COLUMNS || gathering.tables().length >= MOST_TABLES;
}

function gatherAll(db: SqliteDatabase, gathering: Gathering): void {
  for (const table of gathering.tables())
    db.raw.exec(`create table temp.${table} (id integer primary key, answers integer not null)`);
  for (const { sql: text, params } of gathering.statements()) db.raw.prepare(text).run(...params);
}
