import { sql } from 'drizzle-orm';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { FieldType, Value } from '../../rows.ts';
import { CLEAR, type StagedRecord } from '../../staging.ts';
import { INTEGER, TEXT } from '../words.ts';
import { clearedText, declaredCells } from './cells.ts';
import type { StageTables } from './stage-tables.ts';

/**
 * Keeps what rows of contacts say of the fields of their companies, apart from their own columns,
 * because rows of one contact may be merged and yet be about several companies:
 * - company_fields: `into_row` is the row of the contact, `company_key` what the name of the row's
 *   own company compares by, `is_cleared` where the row takes the company away. Cells are as in
 *   `rows`, in the order of the shape's `companyColumns`.
 */
export class CompanyFieldRows {
  /** By their places, the cells of which any clears. */
  readonly cleared = new Set<number>();
  readonly types: readonly FieldType[];
  readonly #tables: StageTables;

  /** `types` are those of the shape's `companyColumns`. */
  constructor(tables: StageTables, types: readonly FieldType[]) {
    this.#tables = tables;
    this.types = types;
  }

  async create(): Promise<void> {
    await this.#tables.db.run(sql`
      create temp table ${this.#tables.tableName('company_fields')} (
        stage_row ${INTEGER} primary key, into_row ${INTEGER} not null, company_key ${TEXT},
        is_cleared ${INTEGER} not null, company_id ${INTEGER}, cleared ${TEXT}
        ${declaredCells(this.types)}
      )`);
  }

  /** Adds what the row of this number says, if it says something. */
  add(stageRow: number, { company, companyValues = [] }: StagedRecord): void {
    if (companyValues.every((value) => value === null)) return;
    const key = typeof company === 'string' ? uniqueKey('text', company) : null;
    const cleared: number[] = [];
    const cells = companyValues.map((value, place): Value => {
      if (value !== CLEAR) return value;
      cleared.push(place);
      this.cleared.add(place);
      return null;
    });
    this.#tables.put('company_fields', [
      ...[stageRow, stageRow, key, company === CLEAR ? 1 : 0, null, clearedText(cleared)],
      ...cells,
    ]);
  }
}
