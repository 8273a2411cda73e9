import Sqlite from 'better-sqlite3';
import { createSegment, editSegment } from '../../../src/segment/definition.ts';
import { getSegment } from '../../../src/segment/lookup.ts';
import type { Store, WriteTx } from '../../../src/store/index.ts';

export const START = Date.parse('2026-02-20T22:30:00Z');
export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;

/** Filters of every kind that an update can go wrong with; `s1` … are the segments of the world. */
export const FILTERS = [
  'points >= 50',
  'last_active_at in last 7 days',
  'did page.hit in last 2 days',
  'count(page.hit in last 30 days) >= 2 or points > 90',
  'not did purchase since today - 1 month',
  'tagged "a" and not tagged "b"',
  'company.industry = "it"',
  'company.created_at in last 3 days',
  'suppressed(email)',
  'in segment s1 and not in segment list',
  'joined segment s1 in last 2 days',
  'anniversary(birthday) in next 7 days',
  'renewal during this month',
  'renewal before today + 3 days',
  'did page.hit where occurred_at > today - 5 days',
  'last(page.hit) < now - 2 days',
  'did page.hit where property.due in last 3 days',
  'created_at < today - 30 days',
  'identified_at since 2026-03-01 and points < 60',
  'sum(purchase.value in last 1 month) >= 10',
  'last_active_at in next 1 month',
  'anniversary(birthday) during this month',
  'renewal in last 1 month',
  'in segment list or in segment s2',
  'did purchase during this week',
  'email is not empty and not (points between 10 and 40)',
] as const;

export function raw(store: Store, work: (db: Sqlite.Database) => void): void {
  const db = new Sqlite(store.location);
  try {
    db.pragma('foreign_keys = off'); // as in the sqlite3 shell
    work(db);
  } finally {
    db.close();
  }
}

const DATES = ['birthday', 'renewal'] as const;

export async function addDateField(tx: WriteTx, alias: string): Promise<void> {
  await tx.fields.add({ object: 'contact', alias, label: alias, type: 'date', options: [], unique: false, indexed: false }, START);
}

/** Contacts, companies and events around `START`, twelve dynamic segments that use the first filters, and the static one `list`. */
export async function fillWorld(store: Store): Promise<void> {
  await store.write(async (tx) => {
    for (const alias of DATES) await addDateField(tx, alias);
    for (const [index, industry] of ['it', 'food', 'it'].entries()) await tx.companies.insert({ name: `company ${index}`, industry }, START - index * DAY);
    for (let index = 0; index < 8; index += 1) {
      await tx.contacts.insert(
        { email: index % 3 === 0 ? null : `c${index}@example.org`, points: (index * 17) % 100, company_id: index % 4 === 3 ? null : (index % 4) + 1, birthday: `199${index}-02-2${index}`, renewal: `2026-0${(index % 4) + 1}-15`, last_active_at: START - index * 2 * DAY, identified_at: index % 3 === 0 ? null : START },
        START - index * 9 * DAY,
      );
    }
  });
  await store.write(async (tx) => {
    await createSegment(tx, { name: 'list' }, { now: START, by: null });
    for (let index = 1; index <= 12; index += 1) await createSegment(tx, { name: `s${index}`, where: 'false' }, { now: START, by: null });
    for (let index = 1; index <= 12; index += 1) await editSegment(tx, await getSegment(tx, `s${index}`), { where: FILTERS[index - 1] }, { now: START, by: null });
  });
}

/** Everything that an update must leave as a full rebuild would. */
export function stateOf(store: Store): unknown {
  const db = new Sqlite(store.location, { readonly: true });
  try {
    const all = (query: string): unknown[] => db.prepare(query).all();
    return {
      members: all('select segment_id, contact_id, since, via from memberships order by 1, 2'),
      history: all('select segment_id, contact_id, joined_at, left_at, joined_via, left_via from membership_history order by segment_id, contact_id, id'),
      pins: all('select segment_id, contact_id, kind, via from pins order by 1, 2'),
      segments: all('select id, kind, published, members, anonymous, built_at from segments order by id'),
    };
  } finally {
    db.close();
  }
}
