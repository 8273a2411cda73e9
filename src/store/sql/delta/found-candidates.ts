import { type SQL, sql } from 'drizzle-orm';
import { TEMP } from '../words.ts';
import type { CandidateQuery, Reads } from '../../changes.ts';
import {
  type Candidates,
  type InSlices,
  MOST_PARTS,
  type Nominated,
  type SlicedPart,
} from '../../differences.ts';
import { countCandidates, fillCandidates, fillInSlices } from './candidates.ts';
import { name } from '../sql-parts.ts';
import type { TemporaryTables } from './temporary-tables.ts';

/** Contacts that stand in a temporary table, until it is filled anew. */
export abstract class FoundContacts implements Nominated {
  readonly found: number;
  protected readonly tables: TemporaryTables;
  readonly #table: 'candidates' | 'in_slices';

  constructor(tables: TemporaryTables, table: 'candidates' | 'in_slices', found: number) {
    this.tables = tables;
    this.found = found;
    this.#table = table;
    tables.hold(table, this);
  }

  /** The table of `contact_id` and `aspects` in which they stand. Throws when they do not. */
  source(): SQL {
    this.tables.require(this);
    return sql`${TEMP}.${name(this.#table)}`;
  }
}

export class FoundCandidates extends FoundContacts implements Candidates {
  static async find(
    tables: TemporaryTables,
    query: CandidateQuery,
    limit: number,
  ): Promise<FoundCandidates> {
    return new FoundCandidates(tables, 'candidates', await fillCandidates(tables.db, query, limit));
  }

  async count(reads: Reads): Promise<number> {
    this.tables.require(this);
    return countCandidates(this.tables.db, reads);
  }

  async inSlices(parts: readonly SlicedPart[], limit: number): Promise<FoundInSlices> {
    this.tables.require(this);
    if (parts.length > MOST_PARTS) throw new Error(`more than ${MOST_PARTS} parts at once`);
    const counts = await fillInSlices(this.tables.db, parts, limit);
    return new FoundInSlices(this.tables, counts, limit);
  }
}

class FoundInSlices extends FoundContacts implements InSlices {
  readonly ofParts: readonly number[];

  constructor(tables: TemporaryTables, counts: readonly number[] | undefined, limit: number) {
    const found = counts?.reduce((sum, count) => sum + count, 0) ?? limit + 1;
    super(tables, 'in_slices', found);
    this.ofParts = counts ?? [];
  }
}
