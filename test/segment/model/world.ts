import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { createSegment } from '../../../src/segment/definition.ts';
import type { FieldType, Store, WriteTx } from '../../../src/store/index.ts';
import type { Scanning } from '../../../src/store/sqlite/scan/scanning.ts';
import { initStore, openStore } from '../../../src/store/sqlite/open.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Where a round begins: its clock stands shortly before something that calendars do. */
export const BEGINNINGS = [
  { at: '2026-02-20T22:30:00Z', zone: 'UTC' }, // the end of a short month
  { at: '2024-02-27T22:59:59.999Z', zone: 'Europe/Paris' }, // 29 February
  { at: '2026-03-27T10:00:00Z', zone: 'Europe/Paris' }, // the hour that does not exist
  { at: '2026-10-23T22:15:00Z', zone: 'Europe/Paris' }, // the hour that exists twice
  { at: '2026-03-06T20:00:00Z', zone: 'America/St_Johns' },
  { at: '2011-12-27T12:00:00Z', zone: 'Pacific/Apia' }, // the day that does not exist
  { at: '2025-12-29T23:00:00Z', zone: 'UTC' }, // a new year
] as const;

/**
 * A filter of each kind that an update can go wrong with; a round has a segment with one of each:
 * s1, s2 …
 */
export const FILTERS: readonly (readonly string[])[] = [
  [
    'points >= 50',
    'email is not empty and not (points between 10 and 40)',
    'points is empty or points < 20',
  ],
  [
    'last_active_at in last 7 days',
    'last_active_at in next 1 month',
    'created_at < today - 30 days',
    'identified_at >= FIXED_DAY and points < 60',
    'last_active_at after now - 90 minutes',
    'created_at during this week',
  ],
  [
    'did page.hit in last 2 days',
    'not did purchase since today - 1 month',
    'did purchase during this week',
    'did page.hit where occurred_at > today - 5 days',
    'not did page.hit in last 90 minutes',
  ],
  [
    'count(page.hit in last 30 days) >= 2 or points > 90',
    'sum(purchase.value in last 1 month) >= 10',
    'last(page.hit) < now - 2 days',
    'first(purchase) in last 3 days',
    'max(purchase.value) > 12',
    'did mājā',
  ],
  ['tagged "a" and not tagged "b"', 'tags is empty', 'tags has all ("a", "b")'],
  [
    'company.industry = "it"',
    'company.created_at in last 3 days',
    'company.industry is empty',
    'not company.created_at < now - 1 month',
  ],
  ['suppressed(email)', 'not suppressed(email) and points > 30'],
  [
    'in segment s1 and not in segment list',
    'in segment list or in segment s2',
    'not in segment s3',
  ],
  [
    'joined segment s1 in last 2 days',
    'not joined segment list in last 7 days',
    'joined segment s3 during this month',
    'joined segment s2 before today',
  ],
  [
    'anniversary(birthday) in next 7 days',
    'anniversary(birthday) during this month',
    'anniversary(birthday) = today',
    'anniversary(birthday) in last 1 month',
  ],
  [
    'renewal during this month',
    'renewal before today + 3 days',
    'renewal in last 1 month',
    'not renewal in next 1 week',
  ],
  ['did page.hit where property.due in last 3 days', 'not did purchase where property.due = today'],
  [
    'email_domain = "example.org"',
    'city = "Rome" or points > 80',
    'not email_domain = "other.example" and city is empty',
    'company.industry = "it" or city matches "^R"',
  ],
];
export const SEGMENTS = ['list', ...FILTERS.map((_, index) => `s${index + 1}`)];

export const COLUMN_WAYS = ['none', 'here', 'ahead'] as const;
export type ColumnsWay = (typeof COLUMN_WAYS)[number];

export interface WorldShape {
  readonly beginning: number;
  /**
   * How full builds find who matches: filter by filter in SQL, by columns in their own transaction, or
   * by columns ahead of it, as in large stores.
   */
  readonly columns: ColumnsWay;
  /** Which filter of its kind each segment has. */
  readonly filters: readonly number[];
}

export function startOf({ beginning }: WorldShape): number {
  return Date.parse(at(BEGINNINGS, beginning).at);
}

export function at<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}

/** One of more contacts than there are at first. */
export const contactId = (number: number): number => (number % 12) + 1;

/** `2026-03-01` of the instant in UTC, `days` later. */
export function dayOf(instant: number, days = 0): string {
  return new Date(instant + days * DAY).toISOString().slice(0, 10);
}

/** A filter's text in a world that began at `start`. */
export function filterText(filter: string, start: number): string {
  return filter.replace('FIXED_DAY', dayOf(start, 9));
}

/**
 * Runs `work` on a new store, in memory where the system has a place for that: what is on a disk is
 * for others to test. One that was restored has to be opened again.
 */
export async function withStore<T>(
  work: (store: Store, reopen: () => Promise<Store>) => Promise<T>,
  options: Scanning = {},
): Promise<T> {
  const folder = mkdtempSync(
    join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'rollcall-model-'),
  );
  const path = join(folder, 'crm.db');
  try {
    await initStore(path);
    let store = await openStore(path, options);
    const reopen = async (): Promise<Store> => {
      await store.close();
      return (store = await openStore(path, options));
    };
    try {
      return await work(store, reopen);
    } finally {
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes to the file as the sqlite3 shell does. */
export function raw(store: Store, work: (db: Sqlite.Database) => void): void {
  const db = new Sqlite(store.location);
  try {
    db.pragma('foreign_keys = off');
    work(db);
  } finally {
    db.close();
  }
}

export async function addRenewal(tx: WriteTx, type: FieldType, now: number): Promise<void> {
  await addField(tx, 'renewal', type, now);
}

async function addField(
  tx: WriteTx,
  alias: string,
  type: FieldType,
  now: number,
  unique = false,
): Promise<void> {
  await tx.fields.add(
    { object: 'contact', alias, label: alias, type, options: [], unique, indexed: false },
    now,
  );
}

/** Eight contacts, three companies, the static segment `list`, and the dynamic ones. */
export async function fillWorld(store: Store, shape: WorldShape): Promise<void> {
  const start = startOf(shape);
  await store.write(async (tx) => {
    await tx.settings.set({ timezone: at(BEGINNINGS, shape.beginning).zone });
    await addField(tx, 'birthday', 'date', start);
    await addField(tx, 'badge', 'text', start, true);
    await addRenewal(tx, 'date', start);
    for (const [index, industry] of ['it', 'food', 'it'].entries())
      await tx.companies.insert({ name: `company ${index}`, industry }, start - index * DAY);
    for (let index = 0; index < 8; index += 1)
      await tx.contacts.insert(contact(index, start), start - index * 9 * DAY);
    await createSegment(tx, { name: 'list' }, { now: start, by: null });
    for (const [index, kind] of FILTERS.entries()) {
      await createSegment(
        tx,
        { name: `s${index + 1}`, where: filterText(at(kind, shape.filters[index] ?? 0), start) },
        { now: start, by: null },
      );
    }
  });
}

function contact(index: number, start: number) {
  return {
    email: index % 3 === 0 ? null : `c${index}@example.org`,
    badge: index % 2 === 0 ? `b${index / 2}` : null,
    points: (index * 17) % 100,
    company_id: index % 4 === 3 ? null : (index % 4) + 1,
    birthday: index === 5 ? '2000-02-29' : `199${index}-${dayOf(start, index - 2).slice(5)}`,
    renewal: dayOf(start, index * 8 - 30),
    last_active_at: start - index * 2 * DAY,
    identified_at: index % 3 === 0 ? null : start,
  };
}

/** What each cause says, in words. */
const TOLD = `told (id, name, "by", reason) as (
  select causes.id, names.word, people.word, reasons.word
  from causes
  left join cause_words as names on names.id = causes.name
  left join cause_words as people on people.id = causes."by"
  left join cause_words as reasons on reasons.id = causes.reason
)`;

/**
 * Everything that an update must leave as a full rebuild would; when the last run built it, if that
 * came to its end.
 */
export function stateOf(store: Store, { finished }: { readonly finished: boolean }): unknown {
  const db = new Sqlite(store.location, { readonly: true });
  try {
    const all = (query: string): unknown[] => db.prepare(query).raw().all();
    const builtAt = 'iif(built_run = (select max(id) from runs), built_at, null)';
    return {
      members: all('select segment_id, contact_id, since, via from memberships order by 1, 2'),
      decided: all(`
        with ${TOLD}
        select segment_id, contact_id, told.name, told."by", told.reason
        from joined
        left join told on told.id = joined.cause_id
        order by 1, 2`),
      history: all(
        `select segment_id, contact_id, joined_at, left_at, joined_via, left_via
          from membership_history
          order by segment_id, contact_id, id`,
      ),
      pastDecided: all(`
        with ${TOLD}
        select segment_id, contact_id, began."by", began.reason, ended."by", ended.reason
        from joined_history
        left join told as began on began.id = joined_cause
        left join told as ended on ended.id = left_cause
        order by segment_id, contact_id, joined_history.id`),
      pins: all(
        'select segment_id, contact_id, kind, via, pinned_by, reason, until from pins order by 1, 2',
      ),
      segments: all(
        `select id, alias, kind, published, members, anonymous, convert_on,
            convert_after_inactivity, convert_planned_at, converted_at, moved_at
            ${finished ? `, ${builtAt} as built` : ''}
          from segments
          order by id`,
      ),
    };
  } finally {
    db.close();
  }
}
