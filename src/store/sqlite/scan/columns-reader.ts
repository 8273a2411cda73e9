import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type {
  Column,
  ColumnBatch,
  ColumnTables,
  ColumnsWanted,
  OwnedRows,
  WantedPart,
} from '../../../sql/columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import type { IdRange } from './batches.ts';
import { type Companies, readCompanies } from './company-columns.ts';
import { ContactColumns } from './contact-columns.ts';
import { EventColumns } from './event-columns.ts';
import { readColumn, readColumns, readWhole, requireParts, TooMuchText } from './json-columns.ts';
import { isInRange, Owners } from './owners.ts';

/** Reads what is wanted, in one transaction of the connection. */
export class ColumnsReader {
  readonly tables: ColumnTables;
  readonly #db: SqliteDatabase;
  readonly #wanted: ColumnsWanted;
  readonly #contacts: ContactColumns;
  readonly #events: EventColumns;
  readonly #companies: Companies;
  /** By id, where they stand in `tables`. */
  readonly #tags: ReadonlyMap<number, number>;

  static async make(db: SqliteDatabase, wanted: ColumnsWanted): Promise<ColumnsReader> {
    const tags = await readTags(db, wanted);
    return new ColumnsReader(db, wanted, tags, await readCompanies(db, wanted.companies));
  }

  private constructor(
    db: SqliteDatabase,
    wanted: ColumnsWanted,
    [tagIds, tags]: Tags,
    companies: Companies,
  ) {
    this.#db = db;
    this.#wanted = wanted;
    this.#events = new EventColumns(db, wanted.events);
    this.#companies = companies;
    this.#tags = new Map(tagIds.map((id, position) => [id, position]));
    this.tables = { companies: this.#companies.columns, tags };
    this.#contacts = new ContactColumns(db, [
      readColumn(sql`c.id`),
      readColumn(sql`c.identified_at is null`),
      ...(this.#needsCompany ? [readColumn(sql`c.company_id`)] : []),
      ...wanted.contacts.map((value, place) => readColumn(value, { kind: 'contacts', place })),
    ]);
  }

  /**
   * The contacts of a range; undefined where more is in them than is read at once. `TooMuchOfOne`
   * where there would be in fewer of them too.
   */
  async batch(range: IdRange): Promise<ColumnBatch | undefined> {
    try {
      return await this.#read(range);
    } catch (error) {
      if (!(error instanceof TooMuchText)) throw error;
      await requireParts(this.#db, {
        query: error.query,
        areSeveral: await this.#areSeveral(range),
      });
      return undefined;
    }
  }

  async #areSeveral(range: IdRange): Promise<boolean> {
    const ids = sql`select id from contacts where ${isInRange(sql`id`, range)} limit 2`;
    return (await this.#db.pluck(ids)).length > 1;
  }

  close(): void {
    this.#contacts.close();
  }

  get #needsCompany(): boolean {
    return this.#wanted.companies.length > 0;
  }

  async #read(range: IdRange): Promise<ColumnBatch> {
    const contacts = await this.#readContacts(range);
    const owners = new Owners(contacts.ids, range);
    return {
      ...contacts,
      tags: await this.#readTagged(owners),
      events: await this.#events.read(owners),
      suppressions: await this.#readSuppressions(owners),
      members: await inTurn(this.#wanted.members, async (id) => this.#readMembers(owners, id)),
    };
  }

  async #readContacts(
    range: IdRange,
  ): Promise<Pick<ColumnBatch, 'ids' | 'anonymous' | 'company' | 'contacts'>> {
    const [ids, anonymous, ...others] = (await this.#contacts.read(range)) as [
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
    companyIds.forEach((id, at) => (company[at] = this.#companies.positionOf(id)));
    return company;
  }

  async #readTagged(owners: Owners): Promise<ColumnBatch['tags']> {
    if (!this.#wanted.tags) return { owners: NO_OWNERS, values: NO_OWNERS };
    const [contactIds, tagIds] = (await readColumns(this.#db, {
      columns: [readColumn(sql`contact_id`), readColumn(sql`tag_id`, TAGS)],
      source: sql`contact_tags where ${isInRange(sql`contact_id`, owners.range)}`,
      owner: sql`contact_id`,
    })) as [number[], number[]];
    const tags = tagIds.map((id) => this.#tags.get(id) ?? -1);
    const found = owners.of(contactIds, (row) => tags[row] !== -1);
    return { owners: found.owners, values: found.rows.map((row) => tags[row] ?? -1) };
  }

  async #readSuppressions(owners: Owners): Promise<ColumnBatch['suppressions']> {
    if (!this.#wanted.suppressions) return { owners: NO_OWNERS, channels: [], reasons: [] };
    const [contactIds, channels, reasons] = (await readColumns(this.#db, {
      columns: [
        readColumn(sql`contact_id`),
        readColumn(sql`channel`, SUPPRESSIONS),
        readColumn(sql`reason`, SUPPRESSIONS),
      ],
      source: sql`suppressions where ${isInRange(sql`contact_id`, owners.range)}`,
      owner: sql`contact_id`,
    })) as [number[], Column, Column];
    const found = owners.of(contactIds);
    return {
      owners: found.owners,
      channels: found.pick(channels),
      reasons: found.pick(reasons),
    };
  }

  async #readMembers(owners: Owners, segmentId: number): Promise<OwnedRows> {
    const [contactIds] = (await readColumns(this.#db, {
      columns: [readColumn(sql`contact_id`)],
      source: sql`joined
        where segment_id = ${segmentId} and ${isInRange(sql`contact_id`, owners.range)}`,
      owner: sql`contact_id`,
    })) as [number[]];
    return { owners: owners.of(contactIds).owners };
  }
}

const NO_OWNERS = new Int32Array();
const TAGS: WantedPart = { kind: 'tags', place: 0 };
/** The ids and names of all tags. */
type Tags = [readonly number[], readonly string[]];

const SUPPRESSIONS: WantedPart = { kind: 'suppressions', place: 0 };

async function readTags(db: SqliteDatabase, { tags }: ColumnsWanted): Promise<Tags> {
  if (!tags) return [[], []];
  const query = {
    columns: [readColumn(sql`id`), readColumn(sql`name`, TAGS)],
    source: sql`tags`,
    owner: sql`null`,
  };
  return (await readWhole(db, query, async () => readColumns(db, query))) as [number[], string[]];
}
