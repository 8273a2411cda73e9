import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { Stage, StagedRow, StagedWish, StageShape } from '../../staging.ts';
import { CACHE_KIB } from '../connection/connect.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { type UniqueColumn, uniqueColumn } from '../tables/unique-columns.ts';
import { CompanyFieldRows } from './company-field-rows.ts';
import { addEvent, createEventRows } from './event-rows.ts';
import { RecordRows, type Said } from './record-rows.ts';
import { SeenKeys } from './seen-keys.ts';
import { cell, isOfRecords, withKey } from './stage-shape.ts';
import { StageTables } from './stage-tables.ts';
import { addSuppression, createSuppressionRows } from './suppression-rows.ts';
import { addWish, createWishes } from './wish-rows.ts';

/**
 * What is kept of the store's pages while there is a stage, whose rows take room as well. A million
 * of them are imported as fast with it, in 200 MB.
 */
const CACHE_KIB_BESIDE = 49_152;

/**
 * The rows of one import in temporary tables, which live outside the store's file and its locks:
 * - rows: what each row says, as it came. In a cell, null is "leave as it is" and an empty blob is
 *   "clear". `key` is what the key compares by; of a row without one, it is that of its first other
 *   unique value, and `found_by` the place of that column among the unique ones.
 * - tags, segments, consent: what contact rows say beside their columns; rejects: rows refused
 *   already. A tag stands there by what its name compares by, and as it is written.
 * - wishes: who must not be reached by what refused rows say, by a unique value of theirs: the place
 *   of its column among the unique ones, what it compares by, and as it is written.
 *
 * The other tables are made when the stage is applied, and are told of there.
 */
export class SqliteStage extends StageTables implements Stage {
  readonly shape: StageShape;
  readonly rows = this.table('rows');
  readonly tags = this.table('tags');
  readonly segments = this.table('segments');
  readonly consent = this.table('consent');
  readonly rejects = this.table('rejects');
  readonly wishes = this.table('wishes');
  /** What became of each row: of an event in `rows` itself, of a record in a narrow table beside. */
  readonly found: SQL;
  /** How many rows were added, merged and refused ones too. */
  added = 0;
  readonly said: Readonly<Said>;
  readonly #keys: readonly UniqueColumn[];
  readonly #records: RecordRows | undefined;
  readonly #companyFields: CompanyFieldRows | undefined;
  /** How many rows are left out because they are of somebody who was erased. */
  leftOut = 0;
  /** The last company that there was before the rows made any. */
  lastCompany = 0;
  /** How many companies of before the rows of contacts have changed. */
  companiesUpdated = 0;
  /** Of how many refused rows it holds all the same that somebody must not be reached. */
  consentKept = 0;
  /** How many suppressions it made and lifted. */
  suppressed = 0;
  lifted = 0;

  /** No two stages of a connection may have the same `id`: their tables are named after it. */
  static async make(db: SqliteDatabase, id: number, shape: StageShape): Promise<SqliteStage> {
    db.raw.pragma(`cache_size = -${CACHE_KIB_BESIDE}`);
    const stage = new SqliteStage(db, id, shape, await uniqueColumnsOf(db, shape));
    await stage.#create();
    return stage;
  }

  private constructor(
    db: SqliteDatabase,
    id: number,
    shape: StageShape,
    keys: readonly UniqueColumn[],
  ) {
    super(db, id);
    this.shape = isOfRecords(shape) ? withKey(shape) : shape;
    this.found = isOfRecords(shape) ? this.table('found') : this.rows;
    this.#keys = keys;
    const said = {
      companies: false,
      tags: false,
      consent: false,
      keyless: false,
      keys: new SeenKeys(),
      cleared: new Set<number>(),
    };
    this.said = said;
    this.#records = isOfRecords(this.shape)
      ? new RecordRows(this, this.shape, this.#keys, said)
      : undefined;
    this.#companyFields =
      isOfRecords(shape) && (shape.companyColumns ?? []).length > 0
        ? new CompanyFieldRows(this, shape)
        : undefined;
  }

  async #create(): Promise<void> {
    await this.db.run(sql`
      create temp table ${this.tableName('rejects')} (
        line integer primary key, reason text not null
      )`);
    await createWishes(this);
    if (this.shape.kind === 'events') await createEventRows(this);
    else if (this.shape.kind === 'suppressions') await createSuppressionRows(this);
    await this.#records?.create();
    await this.#companyFields?.create();
  }

  /** Whether rows can say something of the fields of companies. */
  get hasCompanyFields(): boolean {
    return this.#companyFields !== undefined;
  }

  /** The key's column, and the other unique ones in their order. */
  get uniques(): readonly [UniqueColumn, ...UniqueColumn[]] {
    const [key, ...others] = this.#keys;
    if (key === undefined) throw new Error('a stage without a key');
    return [key, ...others];
  }

  /** The value in a cell of the staged row `s`, null if it clears. Most files have no such cells. */
  valueAt(index: number): SQL {
    const given = sql`s.${cell(index)}`;
    return this.said.cleared.has(index) ? sql`nullif(${given}, x'')` : given;
  }

  async add(rows: readonly StagedRow[]): Promise<void> {
    this.#together(() => {
      for (const row of rows) this.#addRow(row);
      this.#records?.flush();
    });
  }

  async keep(wishes: readonly StagedWish[]): Promise<void> {
    this.#together(() => wishes.forEach((wish) => addWish(this, this.uniques, wish)));
  }

  override async drop(): Promise<void> {
    await super.drop();
    this.db.raw.pragma(`cache_size = -${CACHE_KIB}`);
  }

  #together(work: () => void): void {
    const { raw } = this.db;
    const alone = !raw.inTransaction;
    if (alone) raw.exec('begin');
    try {
      this.db.translating(work);
      if (alone) raw.exec('commit');
    } finally {
      if (alone && raw.inTransaction) raw.exec('rollback');
    }
  }

  /** What the rows that are written, as `s`, say beside their columns, as `given`: to select from. */
  givenBy(said: SQL): SQL {
    return sql`
      ${said} as given
      join ${this.found} as s
        on s.stage_row = given.stage_row and s.outcome in ('inserted', 'updated')`;
  }

  #addRow(row: StagedRow): void {
    this.added += 1;
    if ('type' in row) addEvent(this, this.uniques[0], row);
    else if ('said' in row) addSuppression(this, this.added, row);
    else if (this.#records !== undefined) {
      this.#records.add(this.added, row);
      this.#companyFields?.add(this.added, row);
    } else throw new Error(`a record in a stage of ${this.shape.kind}`);
  }
}

async function uniqueColumnsOf(db: SqliteDatabase, shape: StageShape): Promise<UniqueColumn[]> {
  const table = shape.kind === 'companies' ? 'companies' : 'contacts';
  const others = isOfRecords(shape) ? shape.uniques : [];
  return inTurn([shape.key, ...others], async (column) => uniqueColumn(db, table, column));
}
