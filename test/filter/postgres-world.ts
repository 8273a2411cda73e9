/**
 * The world of `world.ts` in PostgreSQL: the same tables, as a session has them for itself, and the
 * functions of a store.
 */
import { sql, type SQL } from 'drizzle-orm';
import type pg from 'pg';
import {
  compileFilter,
  type CompileOptions,
  type ContactRow,
  type EventRow,
  type FilterAst,
} from '../../src/filter/index.ts';
import { render } from '../../src/store/postgres/connection/render.ts';
import { postgresDialect } from '../../src/store/postgres/dialect.ts';
import { functionStatements } from '../../src/store/postgres/migration/functions.ts';
import { resolveMatched, type PluckingDatabase } from '../../src/store/postgres/resolve-matched.ts';
import { asciiLower } from '../../src/support/fold.ts';
import { freshSchema, plainClient } from '../helpers/postgres.ts';
import { CATALOGUE, rowOf, type Person } from './world.ts';

const TYPES = {
  ...{ text: 'text collate "C"', email: 'text collate "C"', url: 'text collate "C"' },
  ...{ phone: 'text collate "C"', select: 'text collate "C"', multiselect: 'text collate "C"' },
  ...{ date: 'text collate "C"', number: 'float8', boolean: 'smallint', datetime: 'bigint' },
  tags: '',
} as const;

function columnsOf(object: 'contact' | 'company'): string {
  return CATALOGUE.fields
    .filter((field) => field.object === object && field.type !== 'tags')
    .map(({ column, type }) => `${column} ${TYPES[type]}`)
    .join(', ');
}

const TABLES = {
  contacts: `id bigint primary key, ${columnsOf('contact')}, company_id bigint`,
  companies: `id bigint primary key, ${columnsOf('company')}`,
  tags: 'id bigint primary key, name text collate "C" not null',
  contact_tags: 'contact_id bigint, tag_id bigint, primary key (contact_id, tag_id)',
  events: `id bigint primary key, contact_id bigint not null, type text collate "C" not null,
    subject text collate "C", value float8, occurred_at bigint not null, properties jsonb`,
  suppressions: `contact_id bigint not null, channel text collate "C" not null,
    reason text collate "C" not null`,
  joined:
    'contact_id bigint, segment_id bigint, cause_id bigint, primary key (segment_id, contact_id)',
  causes: 'id bigint primary key, segment_id bigint not null, at bigint not null',
} as const;

type Table = keyof typeof TABLES;
type Row = Readonly<Record<string, unknown>>;
type Rows = Readonly<Record<Table, readonly Row[]>>;

/** A session for worlds: what it makes is gone with `end`. */
export interface Session {
  readonly client: pg.Client;
  readonly end: () => Promise<void>;
}

export async function openSession(): Promise<Session> {
  const { schema, url, cleanup } = await freshSchema();
  const client = await plainClient(url);
  await client.query(`set search_path = ${schema}, pg_temp; set jit = off`);
  await client.query(functionStatements());
  for (const [name, columns] of Object.entries(TABLES))
    await client.query(`create temp table ${name} (${columns}) on commit delete rows`);
  await client.query('create index on events (contact_id, lower(type), occurred_at)');
  await client.query('create index on events (lower(type), occurred_at, contact_id)');
  const end = async (): Promise<void> => {
    await client.end();
    await cleanup();
  };
  return { client, end };
}

/** People in the tables, until `close`. They get the ids 1, 2, 3… in their order. */
export class PostgresWorld implements PluckingDatabase {
  readonly #client: pg.Client;
  readonly rows: readonly ContactRow[];

  private constructor(client: pg.Client, rows: readonly ContactRow[]) {
    this.#client = client;
    this.rows = rows;
  }

  static async open(client: pg.Client, people: readonly Person[]): Promise<PostgresWorld> {
    const rows = people.map((person) => storable(rowOf(person)));
    await client.query('begin');
    for (const [table, records] of Object.entries(rowsOf(rows)))
      await client.query(
        `insert into ${table} select * from json_populate_recordset(null::${table}, $1)`,
        [JSON.stringify(records, infinite)],
      );
    return new PostgresWorld(client, rows);
  }

  /** For each condition the ids of the contacts for which it is true; NULL is an error. */
  async ids(conditions: readonly SQL[]): Promise<number[][]> {
    const resolved: SQL[] = [];
    for (const condition of conditions) resolved.push(await resolveMatched(this, condition));
    const answers = sql.join(resolved, sql`, `);
    const found = await this.#tuples(sql`select c.id, ${answers} from contacts c order by c.id`);
    return conditions.map((_, place) =>
      found.flatMap(([id, ...each]) => {
        if (each[place] !== 0 && each[place] !== 1)
          throw new Error(`the condition is ${String(each[place])} for contact ${String(id)}`);
        return each[place] === 1 ? [Number(id)] : [];
      }),
    );
  }

  /** The ids that the condition selects in a `where`. */
  async select(condition: SQL): Promise<number[]> {
    const where = await resolveMatched(this, condition);
    const found = await this.#tuples(sql`select c.id from contacts c where ${where} order by c.id`);
    return found.map(([id]) => Number(id));
  }

  /** The first column of each row. */
  async pluck<T>(query: SQL): Promise<T[]> {
    return (await this.#tuples(query)).map(([value]) => value as T);
  }

  async close(): Promise<void> {
    await this.#client.query('commit'); // which empties the tables
  }

  async #tuples(query: SQL): Promise<unknown[][]> {
    const { text, values } = render(query);
    return (await this.#client.query<unknown[]>({ text, values, rowMode: 'array' })).rows;
  }
}

/** The condition of a filter, for PostgreSQL. */
export function postgresCondition(ast: FilterAst, options: Omit<CompileOptions, 'dialect'>): SQL {
  return compileFilter(ast, { ...options, dialect: postgresDialect });
}

/** What a database keeps of a contact: texts are UTF-8 without NUL, JSON is valid, numbers bounded. */
function storable(row: ContactRow): ContactRow {
  return {
    contact: storableColumns(row.contact),
    company: row.company === undefined ? undefined : storableColumns(row.company),
    tags: row.tags.map(storableText),
    events: row.events.map(storableEvent),
    suppressions: row.suppressions,
    memberships: row.memberships,
  };
}

function storableEvent(event: EventRow): EventRow {
  return {
    ...event,
    subject: event.subject === null ? null : storableText(event.subject),
    value: storableValue(event.value) as number | null,
    properties: storableJson(event.properties),
  };
}

function storableColumns(columns: Row): Row {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [name, storableValue(value)]),
  );
}

const LARGEST = 1e300;

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.max(-LARGEST, Math.min(value, LARGEST))
    : value;
}

function storableText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\u{fffd}');
}

function storableJson(json: string | null): string | null {
  try {
    return json === null
      ? null
      : JSON.stringify(JSON.parse(json), (_, value: unknown) =>
          typeof value === 'string' ? storableText(value) : value,
        );
  } catch {
    return null; // malformed
  }
}

/** JSON has no infinite numbers; PostgreSQL reads them from text. */
function infinite(_: string, value: unknown): unknown {
  return value === Infinity || value === -Infinity ? String(value) : value;
}

/** What other tools may leave behind: rows of contacts that are no more, a tag that nobody has. */
const STRAYS: Rows = {
  contacts: [],
  companies: [],
  tags: [
    { id: 1, name: "nobody's" },
    { id: 2, name: 'VIP' },
  ],
  contact_tags: [
    { contact_id: 0, tag_id: 2 },
    { contact_id: 888_888, tag_id: 2 },
  ],
  events: [
    { id: -1, contact_id: 0, type: 'page.hit', occurred_at: 0, value: 1 },
    { id: -2, contact_id: 888_888, type: 'purchase', occurred_at: 0, value: 1e9 },
  ],
  suppressions: [{ contact_id: 888_888, channel: 'email', reason: 'bounced' }],
  joined: [{ segment_id: 1, contact_id: 0, cause_id: 1 }],
  causes: [{ id: 1, segment_id: 1, at: 0 }],
};

/** Every other contact has links to a tag and a company that are no more: they read as none. */
function rowsOf(contacts: readonly ContactRow[]): Rows {
  const places = contacts.map((row, index) => ({ row, id: index + 1, isOdd: index % 2 === 0 }));
  const ids = new Map(STRAYS.tags.map(({ id, name }) => [asciiLower(String(name)), Number(id)]));
  const idOfTag = (name: string): number => {
    const key = asciiLower(name);
    ids.set(key, ids.get(key) ?? ids.size + 1);
    return ids.get(key) ?? 0;
  };
  const names = new Map(contacts.flatMap(({ tags }) => tags.map((name) => [idOfTag(name), name])));
  for (const { id } of STRAYS.tags) names.delete(Number(id));
  let made = 1;
  const joinings = places.flatMap(({ row, id }) =>
    row.memberships.map(({ segmentId, since }) => ({ id, segmentId, since, cause: (made += 1) })),
  );
  return withStrays({
    contacts: places.map(({ row, id, isOdd }) => ({
      ...row.contact,
      id,
      company_id: row.company !== undefined ? id + 1000 : isOdd ? 999_999 : null,
    })),
    companies: places.flatMap(({ row, id }) =>
      row.company === undefined ? [] : [{ ...row.company, id: id + 1000 }],
    ),
    tags: [...names].map(([id, name]) => ({ id, name })),
    contact_tags: places.flatMap(({ row, id, isOdd }) =>
      [...new Set([...row.tags.map(idOfTag), ...(isOdd ? [999_999] : [])])].map((tag) => ({
        contact_id: id,
        tag_id: tag,
      })),
    ),
    // the latest first: no figure may hang on the order of the rows
    events: places.toReversed().flatMap(({ row, id }) =>
      row.events
        .map(({ occurredAt, properties, ...event }, place) => ({
          ...event,
          id: id * 1000 + place,
          contact_id: id,
          occurred_at: occurredAt,
          properties: properties === null ? null : (JSON.parse(properties) as unknown),
        }))
        .reverse(),
    ),
    suppressions: places.flatMap(({ row, id }) =>
      row.suppressions.map((each) => ({ ...each, contact_id: id })),
    ),
    joined: joinings.map(({ id, segmentId, since, cause }) => ({
      contact_id: id,
      segment_id: segmentId,
      cause_id: since === null ? 999_999 : cause,
    })),
    causes: joinings.flatMap(({ segmentId, since, cause }) =>
      since === null ? [] : [{ id: cause, segment_id: segmentId, at: since }],
    ),
  });
}

function withStrays(rows: Rows): Rows {
  const tables = Object.keys(TABLES) as Table[];
  return Object.fromEntries(
    tables.map((table) => [table, [...STRAYS[table], ...rows[table]]]),
  ) as unknown as Rows;
}
