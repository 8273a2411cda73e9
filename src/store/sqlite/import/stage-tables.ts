import { type SQL, sql } from 'drizzle-orm';
import type Sqlite from 'better-sqlite3';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';

const TABLES = [
  'rows',
  'tags',
  'segments',
  'consent',
  'wishes',
  'rejects',
  'merged',
  'odd',
  'found',
  'companies',
  'tag_names',
  'claims',
  'blockers',
  'company_fields',
  'edited_companies',
] as const;
export type StageTable = (typeof TABLES)[number];

/** The temporary tables of one stage, by name. */
export class StageTables {
  readonly db: SqliteDatabase;
  readonly #id: number;
  readonly #statements = new Map<string, Sqlite.Statement>();

  /** No two stages of a connection may have the same `id`: their tables are named after it. */
  constructor(db: SqliteDatabase, id: number) {
    this.db = db;
    this.#id = id;
  }

  table(kind: StageTable): SQL {
    return sql`temp.${this.tableName(kind)}`;
  }

  /** The table's name without its schema, as DDL wants it. */
  tableName(kind: StageTable): SQL {
    return name(`stage_${this.#id}_${kind}`);
  }

  /** Makes an index on one of the tables, if it has none; to be called when it is full. */
  async index(kind: StageTable, columns: SQL): Promise<void> {
    const index = name(`stage_${this.#id}_${kind}_index`);
    await this.db.run(sql`
      create index if not exists temp.${index} on ${this.tableName(kind)} (${columns})`);
  }

  /** The statement that adds so many rows to a table, prepared once. */
  statement(kind: StageTable, source: (table: string) => string, rows = 1): Sqlite.Statement {
    const purpose = rows === 1 ? kind : `${kind} ${rows}`;
    const known = this.#statements.get(purpose);
    if (known !== undefined) return known;
    const made = this.db.raw.prepare(source(`temp.stage_${this.#id}_${kind}`));
    this.#statements.set(purpose, made);
    return made;
  }

  async drop(): Promise<void> {
    for (const table of TABLES) await this.db.run(sql`drop table if exists ${this.table(table)}`);
  }
}
