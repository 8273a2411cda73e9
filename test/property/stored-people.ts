/**
 * The people of the properties in a real store, with the segments and fields that their filters
 * name.
 */
import type { Database } from 'better-sqlite3';
import { createSegment } from '../../src/segment/definition.ts';
import type { FieldType, Store } from '../../src/store/index.ts';
import type { Person } from '../filter/world.ts';
import { raw } from '../segment/model/world.ts';
import { OPTIONS } from './filter-pools.ts';

type Stored = string | number | null;

const CUSTOM: readonly [
  object: 'contact' | 'company',
  alias: string,
  type: FieldType,
  options: readonly string[],
][] = [
  ['contact', 'plan', 'select', OPTIONS.plan],
  ['contact', 'customer', 'boolean', []],
  ['contact', 'birthday', 'date', []],
  ['contact', 'interests', 'multiselect', OPTIONS.interests],
  ['company', 'founded', 'date', []],
  ['company', 'signed_at', 'datetime', []],
];

/**
 * Fills an empty store; the people get the ids 1, 2, 3… in their order. Segments have the ids of
 * the catalogue of the tests.
 */
export async function storePeople(store: Store, people: readonly Person[]): Promise<void> {
  await store.write(async (tx) => {
    for (const [object, alias, type, options] of CUSTOM)
      await tx.fields.add(
        { object, alias, label: alias, type, options, unique: false, indexed: false },
        0,
      );
    for (const name of ['newsletter', 'hot', 'draft', '2024-leads'])
      await createSegment(
        tx,
        { name, alias: name, published: name !== 'draft' },
        { now: 0, by: null },
      );
  });
  raw(store, (db) => {
    const seen = { emails: new Set<string>(), companies: new Set<string>() };
    for (const [index, person] of people.entries()) {
      putRecords(db, index + 1, person, seen);
      putHistory(db, index + 1, person);
    }
  });
}

function put(db: Database, table: string, values: Readonly<Record<string, unknown>>): void {
  const columns = Object.keys(values);
  const marks = columns.map(() => '?');
  db.prepare(
    `insert or ignore into ${table} (${columns.join(', ')}) values (${marks.join(', ')})`,
  ).run(...Object.values(values));
}

/** The contact, and its company of the same id. */
function putRecords(
  db: Database,
  id: number,
  { contact = {}, company }: Person,
  seen: { readonly emails: Set<string>; readonly companies: Set<string> },
): void {
  if (company !== undefined) {
    const name = unlike(company['name'], seen.companies) ?? `company ${id}`;
    put(db, 'companies', { ...stamped(company), id, name });
  }
  put(db, 'contacts', {
    ...stamped(contact),
    id,
    email: unlike(contact['email'], seen.emails),
    company_id: company === undefined ? null : id,
  });
}

/** Tags, events, suppressions and memberships of a contact. */
function putHistory(db: Database, id: number, person: Person): void {
  const tagging = db.prepare(
    'insert or ignore into contact_tags select ?, id from tags where name = ?',
  );
  for (const tag of person.tags ?? []) {
    put(db, 'tags', { name: tag, created_at: 0 });
    tagging.run(id, tag);
  }
  for (const event of person.events ?? []) put(db, 'events', { contact_id: id, ...eventOf(event) });
  for (const { channel, reason } of person.suppressions ?? [])
    put(db, 'suppressions', { contact_id: id, channel, reason, created_at: 0 });
  for (const { segmentId, since } of person.memberships ?? [])
    putMembership(db, id, { segmentId, since });
}

function putMembership(
  db: Database,
  id: number,
  { segmentId, since }: NonNullable<Person['memberships']>[number],
): void {
  const cause = db
    .prepare("insert into causes (segment_id, at, via) values (?, ?, 'manual')")
    .run(segmentId, since ?? 0);
  db.prepare('insert or ignore into joined values (?, ?, ?)').run(
    segmentId,
    id,
    since === null ? 999_999 : cause.lastInsertRowid,
  );
}

function eventOf({
  type,
  subject = null,
  value = null,
  occurredAt = 0,
  properties = null,
}: NonNullable<Person['events']>[number]): Record<string, Stored> {
  return { type, subject, value, occurred_at: occurredAt, properties };
}

/** No record is without these two. */
function stamped(columns: Readonly<Record<string, Stored>>): Record<string, Stored> {
  return { ...columns, created_at: columns['created_at'] ?? 0, updated_at: 0 };
}

/** The value, unless a unique column has it already. */
function unlike(value: Stored | undefined, seen: Set<string>): Stored {
  const key = String(value).toLowerCase();
  if (typeof value !== 'string' || seen.has(key)) return null;
  seen.add(key);
  return value;
}
