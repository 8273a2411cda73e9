import { sql } from 'drizzle-orm';
import type {
  Column,
  ColumnBatch,
  ColumnTables,
  ColumnsWanted,
  OwnedRows,
} from '../../../sql/columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import type { IdRange } from './batches.ts';
import { ContactColumns } from './contact-columns.ts';
import { EventColumns } from './event-columns.ts';
import { readColumns, TooMuchText } from './json-columns.ts';
import { isInRange, Owners, positionsOf } from './owners.ts';

/** Reads what is wanted, in one transaction of the connection. */
export class ColumnsReader {
  readonly tables: ColumnTables;
  readonly #db: SqliteDatabase;
  readonly #wanted: ColumnsWanted;
  readonly #contacts: ContactColumns;
  readonly #events: EventColumns;
  /** By id, where they stand in `tables`. */
  readonly #companies: ReadonlyMap<number, number>;
  readonly #tags: ReadonlyMap<number, number>;

  constructor(db: SqliteDatabase, wanted: ColumnsWanted) {
    this.#db = db;
    this.#wanted = wanted;
    this.#events = new EventColumns(db, wanted.events);
    const [companyIds, ...companies] = readCompanies(db, wanted);
    const [tagIds, tags] = readTags(db, wanted);
    this.#companies = positionsOf(companyIds);
    this.#tags = positionsOf(tagIds);
    this.tables = { companies, companyCount: companyIds.length, tags };
    this.#contacts = new ContactColumns(db, [
      sql`c.id`,
      sql`c.identified_at is null`,
      ...(this.#needsCompany ? [sql`c.company_id`] : []),
      ...wanted.contacts,
    ]);
  }

  /** The contacts of a range; undefined where more is in them than is read at once. */
  batch(range: IdRange): ColumnBatch | undefined {
    try {
      return this.#read(range);
    } catch (error) {
      if (error instanceof TooMuchText) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#contacts.close();
  }

  get #needsCompany(): boolean {
    return this.#wanted.companies.length > 0;
  }

  #read(range: IdRange): ColumnBatch {
    const contacts = this.#readContacts(range);
    const owners = new Owners(contacts.ids, range);
    return {
      ...contacts,
      tags: this.#readTagged(owners),
      events: this.#events.read(owners),
      suppressions: this.#readSuppressions(owners),
      members: this.#wanted.members.map((id) => this.#readMembers(owners, id)),
    };
  }

  #readContacts(range: IdRange): Pick<ColumnBatch, 'ids' | 'anonymous' | 'company' | 'contacts'> {
    const [ids, anonymous, ...others] = this.#contacts.read(range) as [
      number[],
      number[],
      ...Column[],
    ];
    const [company = [], ...contacts] = this.#needsCompany ? others : [[], ...others];
    return {
      ids,
      anonymous: Uint8Array.from(anonymous),
      company: this.#companiesOf(company, ids.length),
      contacts,
    };
  }

  /** A company that is not there is none. */
  #companiesOf(companyIds: Column, contacts: number): Int32Array {
    const company = new Int32Array(contacts).fill(-1);
    // rule: columns-company
    companyIds.forEach((id, at) => (company[at] = this.#companies.get(id as number) ?? -1));
    return company;
  }

  #readTagged(owners: Owners): ColumnBatch['tags'] {
    if (!this.#wanted.tags) return { owners: NO_OWNERS, values: NO_OWNERS };
    const [contactIds, tagIds] = readColumns(this.#db, {
      columns: [sql`contact_id`, sql`tag_id`],
      source: sql`contact_tags where ${isInRange(sql`contact_id`, owners.range)}`,
    }) as [number[], number[]];
    const tags = tagIds.map((id) => this.#tags.get(id) ?? -1);
    const found = owners.of(contactIds, (row) => tags[row] !== -1);
    return { owners: found.owners, values: found.rows.map((row) => tags[row] ?? -1) };
  }

  #readSuppressions(owners: Owners): ColumnBatch['suppressions'] {
    if (!this.#wanted.suppressions) return { owners: NO_OWNERS, channels: [], reasons: [] };
    const [contactIds, channels, reasons] = readColumns(this.#db, {
      columns: [sql`contact_id`, sql`channel`, sql`reason`],
      source: sql`suppressions where ${isInRange(sql`contact_id`, owners.range)}`,
    }) as [number[], Column, Column];
    const found = owners.of(contactIds);
    return {
      owners: found.owners,
      channels: found.pick(channels),
      reasons: found.pick(reasons),
    };
  }

  #readMembers(owners: Owners, segmentId: number): OwnedRows {
    const [contactIds] = readColumns(this.#db, {
      columns: [sql`contact_id`],
      source: sql`joined
        where segment_id = ${segmentId} and ${isInRange(sql`contact_id`, owners.range)}`,
    }) as [number[]];
    return { owners: owners.of(contactIds).owners };
  }
}

const NO_OWNERS = new Int32Array();

function readCompanies(
  db: SqliteDatabase,
  { companies }: ColumnsWanted,
): [readonly number[], ...Column[]] {
  if (companies.length === 0) return [[]];
  return readColumns(db, {
    columns: [sql`co.id`, ...companies],
    source: sql`companies co`,
  }) as [number[], ...Column[]];
}

function readTags(
  db: SqliteDatabase,
  { tags }: ColumnsWanted,
): [readonly number[], readonly string[]] {
  if (!tags) return [[], []];
  return readColumns(db, { columns: [sql`id`, sql`name`], source: sql`tags` }) as [
    number[],
    string[],
  ];
}
