import type {
  Column,
  ColumnBatch,
  ColumnTables,
  EventColumn,
  OwnedRows,
} from '../../sql/columns.ts';
import { BitSet } from '../../support/bit-set.ts';
import { ValueColumn } from './value-column.ts';

/** A batch as leaves ask it: what several of them need is made once, and lives as long as it. */
export class BatchView {
  readonly batch: ColumnBatch;
  readonly size: number;
  readonly #tables: ColumnTables;
  readonly #contacts: (ValueColumn | undefined)[] = [];
  readonly #companies: (Int32Array | undefined)[] = [];
  readonly #events: (EventRows | undefined)[] = [];
  #suppressions: { readonly channels: ValueColumn; readonly reasons: ValueColumn } | undefined;

  constructor(batch: ColumnBatch, tables: ColumnTables) {
    this.batch = batch;
    this.#tables = tables;
    this.size = batch.ids.length;
  }

  /** A column that is wanted of contacts, by its place among them. */
  contacts(place: number): ValueColumn {
    return (this.#contacts[place] ??= new ValueColumn(at(this.batch.contacts, place)));
  }

  /**
   * For each contact the code of its company's value in a column that is wanted of companies, by its
   * place among them. Who has no company has the code behind the last.
   */
  companies(place: number): Int32Array {
    const { values, codes } = at(this.#tables.companies, place);
    const none = values.length;
    return (this.#companies[place] ??= this.batch.company.map((company) =>
      company < 0 ? none : (codes[company] ?? none),
    ));
  }

  /** The events of a type that is wanted, by its place among them. */
  events(place: number): EventRows {
    return (this.#events[place] ??= new EventRows(at(this.batch.events, place)));
  }

  get suppressions(): { readonly channels: ValueColumn; readonly reasons: ValueColumn } {
    const { channels, reasons } = this.batch.suppressions;
    return (this.#suppressions ??= {
      channels: new ValueColumn(channels),
      reasons: new ValueColumn(reasons),
    });
  }

  /** The contacts to whom rows belong: any, or any of those that are given. */
  ownersOf({ owners }: OwnedRows, rows?: BitSet): BitSet {
    const found = new BitSet(this.size);
    for (let row = 0; row < owners.length; row += 1)
      if (rows === undefined || rows.has(row)) found.add(owners[row] ?? 0);
    return found;
  }
}

/** Events of one type in the order of their contacts. */
export class EventRows {
  readonly owners: Int32Array;
  readonly #given: ColumnBatch['events'][number]['columns'];
  readonly #columns = new Map<EventColumn, ValueColumn>();
  #ones: Column | undefined;

  constructor({ owners, columns }: ColumnBatch['events'][number]) {
    this.owners = owners;
    this.#given = columns;
  }

  get size(): number {
    return this.owners.length;
  }

  /** 1 for each event, to be counted. */
  get ones(): Column {
    return (this.#ones ??= new Array<number>(this.size).fill(1));
  }

  column(name: EventColumn): ValueColumn {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const values = this.#given[name];
    if (values === undefined) throw new Error(`the ${name} of events were not handed over`);
    const column = new ValueColumn(values);
    this.#columns.set(name, column);
    return column;
  }
}

/** What is wanted is handed over, in the order in which it is wanted. */
export function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new Error(`nothing was handed over for the ${place}th wanted`);
  return found;
}

/** Decides one leaf for the contacts of a batch. */
export type DecideLeaf = (batch: BatchView) => BitSet;

/** How a leaf is decided by columns, once the tables that serve all batches are there. */
export type ColumnForm = (tables: ColumnTables) => DecideLeaf;
