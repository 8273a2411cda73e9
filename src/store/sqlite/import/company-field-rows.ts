import { sql } from 'drizzle-orm';
import { uniqueKey } from '../../../sql/unique-key.ts';
import { CLEAR, type StagedRecord, type StagedValue } from '../../staging.ts';
import { cell, type RecordShape } from './stage-shape.ts';
import type { StageTables } from './stage-tables.ts';

/**
 * Keeps what rows of contacts say of the fields of their companies, apart from their own columns,
 * because rows of one contact may be merged and yet be about several companies:
 * - company_fields: `into_row` is the row of the contact, `company_key` what the name of the row's
 *   own company compares by, `is_cleared` where the row takes the company away. Cells are as in
 *   `rows`, in the order of the shape's `companyColumns`.
 */
export class CompanyFieldRows {
  readonly #tables: StageTables;
  readonly #columns: readonly string[];

  constructor(tables: StageTables, { companyColumns = [] }: RecordShape) {
    this.#tables = tables;
    this.#columns = companyColumns;
  }

  async create(): Promise<void> {
    const cells = this.#columns.map((_, index) => sql`, ${cell(index)}`);
    await this.#tables.db.run(sql`
      create temp table ${this.#tables.tableName('company_fields')} (
        stage_row integer primary key, into_row integer not null, company_key text,
        is_cleared integer not null, company_id integer${sql.join(cells, sql``)}
      )`);
  }

  /** Adds what the row of this number says, if it says something. */
  add(stageRow: number, { company, companyValues = [] }: StagedRecord): void {
    if (companyValues.every((value) => value === null)) return;
    const key = typeof company === 'string' ? uniqueKey('text', company) : null;
    const values = [stageRow, stageRow, key, company === CLEAR ? 1 : 0, null];
    this.#tables
      .statement('company_fields', (table) => {
        const places = [...values, ...companyValues].map(() => '?').join(', ');
        return `insert into ${table} values (${places})`;
      })
      .run([...values, ...companyValues.map(stored)]);
  }
}

function stored(value: StagedValue): string | number | Buffer | null {
  return value === CLEAR ? Buffer.alloc(0) : value;
}
