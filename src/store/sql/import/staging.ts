import { type SQL, sql } from 'drizzle-orm';
import { INTEGER, TEXT } from '../words.ts';
import type { Stage, StagedRow, StagedWish, StageShape } from '../../staging.ts';
import type { SqlDatabase } from '../database.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import { Cells } from './cells.ts';
import { CompanyFieldRows } from './company-field-rows.ts';
import { addEvent, createEventRows } from './event-rows.ts';
import { RecordRows, type Said } from './record-rows.ts';
import { SeenKeys } from './seen-keys.ts';
import { type ColumnsOfStage, columnsOfStage } from './stage-columns.ts';
import { isOfRecords, withKey } from './stage-shape.ts';
import { StageTables } from './stage-tables.ts';
import { addSuppression, createSuppressionRows } from './suppression-rows.ts';
import { addWish, createWishes } from './wish-rows.ts';

/** What applying a stage did, of which its tables do not tell. */
export interface StageFigures {
  /** How many rows are left out because they are of somebody who was erased. */
  leftOut: number;
  /** The last company that there was before the rows made any. */
  lastCompany: number;
  /** How many companies of before the rows of contacts have changed. */
  companiesUpdated: number;
  /** Of how many refused rows it holds all the same that somebody must not be reached. */
  consentKept: number;
  /** How many suppressions it made and lifted. */
  suppressed: number;
  lifted: number;
}

const NOTHING_DONE: Readonly<StageFigures> = {
  leftOut: 0,
  lastCompany: 0,
  companiesUpdated: 0,
  consentKept: 0,
  suppressed: 0,
  lifted: 0,
};

/**
 * The rows of one import in temporary tables, which live outside the store's tables and their locks:
 * - rows: what each row says, as it came: see `Cells`. `key` is what the key compares by; of a row
 *   without one, it is that of its first other unique value, and `found_by` the place of that column
 *   among the unique ones.
 * - tags, segments, consent: what contact rows say beside their columns; rejects: rows refused
 *   already. A tag stands there by what its name compares by, and as it is written.
 * - wishes: who must not be reached by what refused rows say, by a unique value of theirs: the place
 *   of its column among the unique ones, what it compares by, and as it is written.
 *
 * The other tables are made when the stage is applied, and are told of there.
 */
export class SqlStage extends StageTables implements Stage {
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
  /** The cells of the staged row `s`. */
  readonly cells: Cells;
  readonly #columns: ColumnsOfStage;
  readonly #records?: RecordRows;
  readonly #companyFields?: CompanyFieldRows;
  /** Made anew with each try to apply the stage. */
  figures: StageFigures = { ...NOTHING_DONE };

  /** No two stages of a connection may have the same `id`: their tables are named after it. */
  static async make(db: SqlDatabase, id: number, given: StageShape): Promise<SqlStage> {
    const shape = isOfRecords(given) ? withKey(given) : given;
    const stage = new SqlStage(db, id, shape, await columnsOfStage(db, shape));
    try {
      await stage.#create();
      return stage;
    } catch (error) {
      await stage.drop();
      throw error;
    }
  }

  private constructor(db: SqlDatabase, id: number, shape: StageShape, columns: ColumnsOfStage) {
    super(db, id);
    this.shape = shape;
    this.found = isOfRecords(shape) ? this.table('found') : this.rows;
    this.#columns = columns;
    const said = {
      companies: false,
      tags: false,
      consent: false,
      keyless: false,
      keys: new SeenKeys(),
      cleared: new Set<number>(),
    };
    this.said = said;
    this.cells = new Cells('s', said.cleared);
    if (!isOfRecords(shape)) return;
    this.#records = new RecordRows(this, shape, columns, said);
    if (columns.companyTypes.length > 0)
      this.#companyFields = new CompanyFieldRows(this, columns.companyTypes);
  }

  async #create(): Promise<void> {
    await this.db.run(sql`
      create temp table ${this.tableName('rejects')} (
        line ${INTEGER} primary key, reason ${TEXT} not null
      )`);
    await createWishes(this);
    if (this.shape.kind === 'events') await createEventRows(this);
    else if (this.shape.kind === 'suppressions') await createSuppressionRows(this);
    await this.#records?.create();
    await this.#companyFields?.create();
  }

  /** What rows say of the fields of companies; undefined where they cannot. */
  get companyFields(): CompanyFieldRows | undefined {
    return this.#companyFields;
  }

  /** The key's column, and the other unique ones in their order. */
  get uniques(): readonly [UniqueColumn, ...UniqueColumn[]] {
    const [key, ...others] = this.#columns.uniques;
    if (key === undefined) throw new Error('a stage without a key');
    return [key, ...others];
  }

  /** To be called before the stage is applied, be it once more. */
  async begin(): Promise<void> {
    this.figures = { ...NOTHING_DONE };
    await this.analyze('rows');
    if (this.said.tags) await this.analyze('tags');
    if (this.said.consent) await this.analyze('consent');
    if (this.companyFields !== undefined) await this.analyze('company_fields');
  }

  async add(rows: readonly StagedRow[]): Promise<void> {
    const before = this.added;
    try {
      await this.together(() => {
        for (const row of rows) this.#addRow(row);
      });
    } catch (error) {
      // rule: staged-together
      this.added = before;
      throw error;
    }
  }

  async keep(wishes: readonly StagedWish[]): Promise<void> {
    if (wishes.length === 0) return;
    await this.together(() => {
      for (const wish of wishes) addWish(this, this.uniques, wish);
    });
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
    if ('type' in row) addEvent(this, this.added, this.uniques[0], row);
    else if ('said' in row) addSuppression(this, this.added, row);
    else if (this.#records !== undefined) {
      this.#records.add(this.added, row);
      this.#companyFields?.add(this.added, row);
    } else throw new Error(`a record in a stage of ${this.shape.kind}`);
  }
}
