import { type SQL, sql } from 'drizzle-orm';
import { spelled, TEMP } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import type { Filler } from '../ways.ts';
import type { Value } from '../../rows.ts';
import { name } from '../sql-parts.ts';

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
  readonly db: SqlDatabase;
  readonly #id: number;
  readonly #filler: Filler;

  /** No two stages of a connection may have the same `id`: their tables are named after it. */
  constructor(db: SqlDatabase, id: number) {
    this.db = db;
    this.#id = id;
    this.#filler = db.ways.fillStage();
  }

  table(kind: StageTable): SQL {
    return sql`${TEMP}.${this.tableName(kind)}`;
  }

  /** The table's name without its schema, as DDL wants it. */
  tableName(kind: StageTable): SQL {
    return name(this.#nameOf(kind));
  }

  /** Makes an index on one of the tables, if it has none; to be called when it is full. */
  async index(kind: StageTable, columns: SQL): Promise<void> {
    const index = name(`stage_${this.#id}_${kind}_index`);
    const [table, inSchema] = [this.tableName(kind), sql`${TEMP}.${index}`];
    await this.db.run(sql`
      create index if not exists ${spelled(sql`${inSchema} on ${table}`, sql`${index} on ${this.table(kind)}`)}
      (${columns})`);
  }

  /** To be called when one of the tables is full that larger statements read. */
  async analyze(kind: StageTable): Promise<void> {
    await this.db.ways.analyze(this.table(kind));
  }

  /** Adds a row to one of the tables, with a value for each of its columns. */
  put(kind: StageTable, row: readonly Value[]): void {
    this.#filler.add(this.#nameOf(kind), row);
  }

  /** Runs `work`, which puts rows: in the end all of them are there, or none. */
  async together(work: () => void): Promise<void> {
    await this.#filler.together(work);
  }

  async drop(): Promise<void> {
    await this.#filler.drop(TABLES.map((kind) => this.#nameOf(kind)));
  }

  #nameOf(kind: StageTable): string {
    return `stage_${this.#id}_${kind}`;
  }
}
