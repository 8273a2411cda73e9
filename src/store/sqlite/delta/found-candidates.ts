import { type SQL, sql } from 'drizzle-orm';
import type { CandidateQuery, Reads, Slice } from '../../changes.ts';
import type { Candidates, Nominated } from '../../differences.ts';
import { countCandidates, fillCandidates, fillInSlices } from './candidates.ts';
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
    return sql.raw(`temp.${this.#table}`);
  }
}

export class FoundCandidates extends FoundContacts implements Candidates {
  static find(tables: TemporaryTables, query: CandidateQuery, limit: number): FoundCandidates {
    return new FoundCandidates(tables, 'candidates', fillCandidates(tables.db, query, limit));
  }

  async count(reads: Reads): Promise<number> {
    this.tables.require(this);
    return countCandidates(this.tables.db, reads);
  }

  async inSlices(slices: readonly Slice[], reads: Reads, limit: number): Promise<FoundInSlices> {
    this.tables.require(this);
    const found = fillInSlices(this.tables.db, slices, reads, limit);
    return new FoundInSlices(this.tables, 'in_slices', found);
  }
}

class FoundInSlices extends FoundContacts {}
