/**
 * A small world for tests of the language: a schema with every type of field, its catalogue, and
 * ways to ask it.
 */
import Database from 'better-sqlite3';
import { sql, type SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import {
  compileFilter,
  planColumns,
  readFilter,
  type CompileOptions,
  type Catalogue,
  type CatalogueField,
  type ContactRow,
  type EventRow,
  type FieldType,
  type FilterAst,
  type TimeContext,
} from '../../src/filter/index.ts';
import { SQL_FUNCTIONS } from '../../src/sql/functions.ts';
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { readColumns } from './column-rows.ts';

const CONTACT_FIELDS: readonly [name: string, type: FieldType, options?: readonly string[]][] = [
  ['email', 'email'],
  ['first_name', 'text'],
  ['city', 'text'],
  ['country', 'text'],
  ['website', 'url'],
  ['phone', 'phone'],
  ['points', 'number'],
  ['plan', 'select', ['free', 'pro', 'team']],
  ['customer', 'boolean'],
  ['birthday', 'date'],
  ['created_at', 'datetime'],
  ['last_active_at', 'datetime'],
  ['interests', 'multiselect', ['sailing', 'golf', 'Échecs']],
];

const COMPANY_FIELDS: readonly [name: string, type: FieldType][] = [
  ['name', 'text'],
  ['industry', 'text'],
  ['employees', 'number'],
  ['founded', 'date'],
  ['signed_at', 'datetime'],
];

export const CATALOGUE: Catalogue = {
  fields: [
    ...fieldsOf('contact', CONTACT_FIELDS, 1),
    { ...fieldsOf('contact', [['tags', 'tags']], 50)[0]! },
    ...fieldsOf('company', COMPANY_FIELDS, 101),
  ],
  segments: [
    { id: 1, alias: 'newsletter', published: true, refersTo: [] },
    { id: 2, alias: 'hot', published: true, refersTo: [1] },
    { id: 3, alias: 'draft', published: false, refersTo: [] },
    { id: 4, alias: '2024-leads', published: true, refersTo: [2] },
  ],
};

function fieldsOf(
  object: 'contact' | 'company',
  fields: readonly (readonly [string, FieldType, (readonly string[])?])[],
  firstId: number,
): CatalogueField[] {
  return fields.map(([name, type, options], index) => ({
    id: firstId + index,
    object,
    name,
    label: name,
    type,
    column: name,
    options: options ?? [],
  }));
}

const SCHEMA = `
  create table contacts (
    id integer primary key, email text collate nocase, first_name text collate nocase,
    city text collate nocase, country text collate nocase, website text collate nocase,
    phone text collate nocase, points real, plan text collate nocase, customer integer,
    birthday text,
    created_at integer, last_active_at integer, interests text collate nocase, company_id integer
  ) strict;
  create table companies (id integer primary key, name text collate nocase,
      industry text collate nocase, employees real, founded text, signed_at integer) strict;
  create table tags (id integer primary key, name text not null collate nocase unique) strict;
  create table contact_tags (contact_id integer not null, tag_id integer not null,
      primary key (contact_id, tag_id)) strict, without rowid;
  create index contact_tags_tag on contact_tags (tag_id, contact_id);
  create table events (
    id integer primary key, contact_id integer not null, type text not null collate nocase,
    subject text collate nocase, value real, occurred_at integer not null, properties text
  ) strict;
  create index events_contact on events (contact_id, type, occurred_at);
  create index events_window on events (type, occurred_at, contact_id);
  create table suppressions (
    contact_id integer not null, channel text not null collate nocase,
    reason text not null collate nocase, primary key (contact_id, channel, reason)
  ) strict, without rowid;
  create table joined (segment_id integer not null, contact_id integer not null,
      cause_id integer not null, primary key (segment_id, contact_id)) strict, without rowid;
  create table causes (id integer primary key, segment_id integer not null, at integer not null) strict;
  create index causes_at on causes (at, segment_id);
`;

/** What other tools may leave behind: rows of contacts that are no more, a tag that nobody has. */
const STRAYS = `
  insert into tags (id, name) values (1, 'nobody''s'), (2, 'VIP');
  insert into contact_tags (contact_id, tag_id) values (0, 2), (-5, 1), (888888, 2);
  insert into events (contact_id, type, occurred_at, value)
    values (0, 'page.hit', 0, 1), (888888, 'page.hit', 0, 1), (888888, 'purchase', 0, 1e9);
  insert into suppressions (contact_id, channel, reason)
    values (0, 'email', 'bounced'), (888888, 'email', 'bounced');
  insert into causes (id, segment_id, at) values (900001, 1, 0), (900002, 2, 0);
  insert into joined (segment_id, contact_id, cause_id) values (1, 0, 900001), (2, 888888, 900002);
`;

/** A contact as a test writes it: what is left out is NULL or none. */
export interface Person {
  readonly contact?: Readonly<Record<string, string | number | null>>;
  readonly company?: Readonly<Record<string, string | number | null>> | undefined;
  readonly tags?: readonly string[];
  readonly events?: readonly (Partial<EventRow> & { readonly type: string })[];
  readonly suppressions?: ContactRow['suppressions'];
  readonly memberships?: ContactRow['memberships'];
}

export const TIME: TimeContext = {
  now: Date.parse('2026-03-15T10:00:00Z'),
  zone: 'Europe/Paris',
  weekStart: 'monday',
};

interface ByColumns {
  readonly most?: number;
  readonly bySql?: ReadonlySet<string>;
  readonly catalogue?: Catalogue;
  readonly alone?: 'columns' | 'faster';
}

const dialect = new SQLiteSyncDialect();

export class World {
  readonly #db: Database.Database;
  readonly rows: readonly ContactRow[];

  /**
   * People get the ids 1, 2, 3… in their order. `more` are columns of contacts and their types,
   * where there is none of that name.
   */
  constructor(
    people: readonly Person[],
    more: readonly (readonly [name: string, type: string])[] = [],
  ) {
    this.#db = new Database(':memory:');
    for (const [name, implementation] of Object.entries(SQL_FUNCTIONS))
      this.#db.function(
        name,
        { deterministic: true },
        implementation as (...values: unknown[]) => unknown,
      );
    this.#db.exec(SCHEMA);
    for (const [name, type] of more) {
      if (
        this.#db.prepare("select 1 from pragma_table_info('contacts') where name = ?").get(name) ===
        undefined
      )
        this.#db.exec(`alter table contacts add column ${name} ${type}`);
    }
    this.rows = people.map(rowOf);
    this.#db.transaction(() => {
      this.#db.exec(STRAYS);
      this.rows.forEach((row, index) => this.#insert(index + 1, row));
    })();
  }

  /** Ids of the contacts for which the condition is 1; anything but 0 and 1 is an error. */
  ids(condition: SQL): number[] {
    const rows = this.#all(sql`select c.id, ${condition} as answer from contacts c order by c.id`);
    return rows.flatMap(({ id, answer }) => {
      if (answer !== 0 && answer !== 1)
        throw new Error(`the condition is ${String(answer)} for contact ${String(id)}`);
      return answer === 1 ? [Number(id)] : [];
    });
  }

  /** Ids that the filter selects in a `where`, in the given shape. */
  select(
    ast: FilterAst,
    shape: CompileOptions['shape'] = 'scan',
    time: TimeContext = TIME,
    catalogue: Catalogue = CATALOGUE,
  ): number[] {
    return this.#all(
      sql`select c.id from contacts c where ${conditionOf(ast, { shape, time, catalogue })} order by c.id`,
    ).map(({ id }) => Number(id));
  }

  /** Ids that the filters select by columns, read in batches of so many contacts. */
  byColumns(
    filters: readonly FilterAst[],
    time: TimeContext = TIME,
    {
      most = 250_000,
      bySql = new Set<string>(),
      catalogue = CATALOGUE,
      alone = 'columns',
    }: ByColumns = {},
  ): number[][] {
    const plan = planColumns(filters, { dialect: sqliteDialect, catalogue, time, bySql, alone });
    const { tables, batches } = readColumns((each) => this.#all(each), plan.wanted, most);
    const evaluator = plan.open(tables);
    const ids = filters.map((): number[] => []);
    for (const batch of batches)
      for (const [place, found] of evaluator.evaluate(batch).entries())
        found.forEach((row) => ids[place]?.push(batch.ids[row] ?? -1));
    return ids;
  }

  plan(statement: SQL): string[] {
    return this.#all(sql`explain query plan ${statement}`).map(({ detail }) => String(detail));
  }

  exec(statement: string): void {
    this.#db.exec(statement);
  }

  close(): void {
    this.#db.close();
  }

  #all(statement: SQL): Record<string, unknown>[] {
    const query = dialect.sqlToQuery(statement);
    return this.#db.prepare(query.sql).all(...query.params) as Record<string, unknown>[];
  }

  /** Every other contact has links to a tag and a company that are no more: they read as none. */
  #insert(id: number, row: ContactRow): void {
    const isLinkedToNothing = id % 2 === 1;
    const company = row.company !== undefined ? id + 1000 : isLinkedToNothing ? 999_999 : null;
    if (isLinkedToNothing) this.#put('contact_tags', { contact_id: id, tag_id: 999_999 });
    if (row.company !== undefined) this.#put('companies', { id: company, ...row.company });
    this.#put('contacts', { id, company_id: company, ...row.contact });
    for (const tag of row.tags) {
      this.#db.prepare('insert into tags (name) values (?) on conflict do nothing').run(tag);
      this.#db
        .prepare(
          'insert into contact_tags select ?, id from tags where name = ? on conflict do nothing',
        )
        .run(id, tag);
    }
    for (const { occurredAt, ...event } of row.events)
      this.#put('events', { contact_id: id, occurred_at: occurredAt, ...event });
    for (const suppression of row.suppressions)
      this.#put('suppressions', { contact_id: id, ...suppression });
    for (const { segmentId, since } of row.memberships) this.#join(id, segmentId, since);
  }

  /** Who joined a segment at the same instant joined by the same cause; one may be lost. */
  #join(id: number, segmentId: number, since: number | null): void {
    const found = this.#db
      .prepare('select id from causes where at = ? and segment_id = ?')
      .pluck()
      .get(since, segmentId);
    const cause =
      found ?? this.#db.prepare('select coalesce(max(id), 0) + 1 from causes').pluck().get();
    if (found === undefined && since !== null)
      this.#put('causes', { id: cause, segment_id: segmentId, at: since });
    const lost = since === null ? 999_999 : cause;
    this.#put('joined', { segment_id: segmentId, contact_id: id, cause_id: lost });
  }

  #put(table: string, values: Readonly<Record<string, unknown>>): void {
    const columns = Object.keys(values);
    this.#db
      .prepare(
        `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
      )
      .run(...Object.values(values));
  }
}

export function rowOf(person: Person): ContactRow {
  return {
    contact: person.contact ?? {},
    company: person.company,
    tags: person.tags ?? [],
    events: (person.events ?? []).map((event) => ({
      subject: null,
      value: null,
      occurredAt: TIME.now,
      properties: null,
      ...event,
    })),
    suppressions: person.suppressions ?? [],
    memberships: person.memberships ?? [],
  };
}

export function read(text: string, catalogue: Catalogue = CATALOGUE): FilterAst {
  return readFilter(text, catalogue).ast;
}

/** The condition of a filter, for the database that the world stands in. */
export function conditionOf(ast: FilterAst, options: Omit<CompileOptions, 'dialect'>): SQL {
  return compileFilter(ast, { ...options, dialect: sqliteDialect });
}

/** The SQL text of a condition, its parameters beside it. */
export function sqlOf(
  text: string,
  shape: 'scan' | 'probe' = 'scan',
  time: TimeContext = TIME,
): { readonly sql: string; readonly params: unknown[] } {
  const query = dialect.sqlToQuery(conditionOf(read(text), { shape, time, catalogue: CATALOGUE }));
  return { sql: query.sql, params: query.params };
}
