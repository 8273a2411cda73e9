import { existsSync, rmSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { timeContext } from '../../../src/contact/time-context.ts';
import { convertSegment } from '../../../src/segment/conversion.ts';
import { planConversion } from '../../../src/segment/conversion-plan.ts';
import { createSegment, deleteSegment, editSegment } from '../../../src/segment/definition.ts';
import { getSegment } from '../../../src/segment/lookup.ts';
import {
  addToSegment,
  clearSegment,
  removeFromSegment,
  unpinFromSegment,
} from '../../../src/segment/members.ts';
import type {
  NewRecord,
  SegmentRow,
  StagedRow,
  StageShape,
  Store,
  WriteTx,
} from '../../../src/store/index.ts';
import { backupStore } from '../../../src/store/sqlite/backup/backup.ts';
import { restoreStore } from '../../../src/store/sqlite/backup/restore.ts';
import { UserError } from '../../../src/support/errors.ts';
import { REPLACEMENTS } from './replacements.ts';
import {
  addRenewal,
  at,
  BEGINNINGS,
  contactId,
  DAY,
  dayOf,
  FILTERS,
  filterText,
  MINUTE,
  raw,
  SEGMENTS,
} from './world.ts';

/** What an operation needs to know: the clock of the model, and where it began. */
export interface Step {
  readonly store: Store;
  readonly now: number;
  readonly start: number;
  readonly numbers: readonly [number, number, number];
}

/** Written with SQL, by somebody who knows nothing of us. */
export type RawOperation = (db: Sqlite.Database, step: Step) => void;
type Operation = (step: Step) => Promise<void>;

const OFFSETS = [
  0,
  -1,
  1,
  -MINUTE,
  MINUTE,
  -90 * MINUTE,
  -DAY,
  DAY,
  -2 * DAY,
  -2 * DAY + 1,
  -2 * DAY - 1,
  -7 * DAY,
  -30 * DAY,
  -31 * DAY,
  5 * DAY,
  29 * DAY,
];
const DAYS_AWAY = [0, 0, 1, -1, 2, -2, 3, -3, 4, -4, 7, 8, -28, 28, -30, -31, 31];
const TYPES = ['page.hit', 'page.hit', 'purchase', 'Page.Hit', 'mājā', 'MĀJĀ'];
const CITIES = ['Rome', 'rome', 'Lyon', null];
const TAGS = ['a', 'b', 'c'];
const REASONS = ['manual', 'bounced'];

/** A moment later, soon, at the end of a month, and some time. */
const ENDS = [1, MINUTE, 90 * MINUTE, DAY, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 31 * DAY, 61 * DAY];
const PERIODS = ['1d', '1d', '2d', '1w', '1m', '2m'];

const dayNear = ({ now }: Step, number: number): string => dayOf(now, at(DAYS_AWAY, number));
const instantNear = ({ now }: Step, number: number): number => now + at(OFFSETS, number);
const birthdayNear = (step: Step, number: number): string | null =>
  at(
    [
      `1990-${dayNear(step, number).slice(5)}`,
      '2000-02-29',
      '1999-12-31',
      '2000-01-01',
      '1996-02-28',
      null,
      dayNear(step, number),
    ],
    number,
  );

export const RAW_OPERATIONS: Readonly<Record<string, RawOperation>> = {
  ...REPLACEMENTS,
  deleteContactRaw: (db, { numbers: [a] }) =>
    void db.prepare('delete from contacts where id = ?').run(contactId(a)),
  insertContactRaw: (db, { now, numbers: [a, b] }) =>
    void db
      .prepare(
        'insert or ignore into contacts (id, points, created_at, updated_at) values (?, ?, ?, ?)',
      )
      .run(contactId(a), b % 100, now, now),
  replaceContactRaw: (db, { now, numbers: [a, b] }) =>
    void db
      .prepare(
        'insert or replace into contacts (email, points, created_at, updated_at) values (?, ?, ?, ?)',
      )
      .run(`C${a % 8}@example.org`, b % 100, now, now),
  changeRaw: (db, { numbers: [a, b] }) =>
    void db
      .prepare('update contacts set points = ?, company_id = ? where id = ?')
      .run(b % 100, (b % 5) + 1, contactId(a)),
  editOneRaw: (db, step) => {
    const [column, value] = someEdit(step);
    db.prepare(`update or ignore contacts set ${column} = ? where id % ? = 0`).run(
      value,
      (step.numbers[0] % 4) + 1,
    );
  },
  upsertOneRaw: (db, step) => {
    const [found, value] = someEdit(step);
    // the address of another one fails the statement
    const column = found === 'email' ? 'title' : found;
    db.prepare(
      `insert or ignore into contacts (email, created_at, updated_at)
        values (?, 0, 0)
        on conflict (email) do update set ${column} = ?`,
    ).run(`C${step.numbers[0] % 8}@example.org`, value);
  },
  renameRaw: (db, { numbers: [a, b] }) =>
    void db
      .prepare('update or replace contacts set email = ? where id = ?')
      .run(at([null, `c${b % 8}@example.org`], b), contactId(a)),
  moveIdRaw: (db, { numbers: [a, b] }) =>
    void db
      .prepare('update or ignore contacts set id = ? where id = ?')
      .run(contactId(b), contactId(a)),
  addEventRaw: (db, step) =>
    void db
      .prepare('insert into events (contact_id, type, value, occurred_at) values (?, ?, ?, ?)')
      .run(
        contactId(step.numbers[0]),
        at(TYPES, step.numbers[2]),
        step.numbers[2] % 20,
        instantNear(step, step.numbers[1]),
      ),
  replaceEventRaw: (db, step) =>
    void db
      .prepare(
        'insert or replace into events (contact_id, type, occurred_at, external_id) values (?, ?, ?, ?)',
      )
      .run(
        contactId(step.numbers[0]),
        at(TYPES, step.numbers[2]),
        instantNear(step, step.numbers[1]),
        `e${step.numbers[2] % 9}`,
      ),
  deleteEventRaw: (db, { numbers: [a] }) =>
    void db.prepare('delete from events where id % 4 = ?').run(a % 4),
  retypeEventRaw: (db, { numbers: [a, b] }) =>
    void db.prepare('update events set type = ? where id % 4 = ?').run(at(TYPES, a), b % 4),
  moveEventRaw: (db, { numbers: [a, b] }) =>
    void db.prepare('update events set contact_id = ? where id % 4 = ?').run(contactId(a), b % 4),
  tagRaw: (db, { numbers: [a, b] }) =>
    void db
      .prepare('insert or ignore into contact_tags select ?, id from tags where name = ?')
      .run(contactId(a), at(TAGS, b)),
  renameTagRaw: (db, { numbers: [a, b] }) =>
    void db
      .prepare('update or replace tags set name = ? where name = ?')
      .run(at(TAGS, a), at(TAGS, b)),
  deleteTagRaw: (db, { numbers: [a] }) =>
    void db.prepare('delete from tags where name = ?').run(at(TAGS, a)),
  suppressRaw: (db, { now, numbers: [a, b] }) =>
    void db
      .prepare("insert or replace into suppressions values (?, 'email', ?, ?)")
      .run(contactId(a), at(REASONS, b), now),
  unsuppressRaw: (db, { numbers: [a, b] }) =>
    void db
      .prepare('delete from suppressions where contact_id = ? and reason = ?')
      .run(contactId(a), at(REASONS, b)),
  editCompanyRaw: (db, step) =>
    void db
      .prepare('update companies set industry = ?, created_at = ? where id = ?')
      .run(
        at(['it', 'food', null], step.numbers[1]),
        instantNear(step, step.numbers[1]),
        (step.numbers[0] % 3) + 1,
      ),
  deleteCompanyRaw: (db, { numbers: [a] }) =>
    void db.prepare('delete from companies where id = ?').run((a % 3) + 1),
  returnCompanyRaw: (db, { now, numbers: [a] }) =>
    void db
      .prepare(
        "insert or ignore into companies (id, name, industry, created_at, updated_at) values (?, ?, 'it', ?, ?)",
      )
      .run((a % 3) + 1, `again ${a}`, now, now),
  pinRaw: (db, { now, numbers: [a, b, c] }) =>
    void db
      .prepare(
        `insert or replace into pins (segment_id, contact_id, kind, via, created_at)
          select id, ?, ?, 'api', ?
          from segments
          where alias = ? and kind = 'dynamic'`,
      )
      .run(contactId(b), at(['in', 'out'], c), now, at(SEGMENTS, a)),
  pinUntilRaw: (db, { now, numbers: [a, b, c] }) =>
    void db
      .prepare(
        `insert or replace into pins (segment_id, contact_id, kind, via, until, created_at)
          select id, ?, ?, 'api', ?, ?
          from segments
          where alias = ? and kind = 'dynamic'`,
      )
      .run(contactId(b), at(['in', 'out'], c), now + at(ENDS, a + c), now, at(SEGMENTS, a)),
  unpinRaw: (db, { numbers: [a] }) =>
    void db.prepare('delete from pins where contact_id = ?').run(contactId(a)),
  breakFilterRaw: (db, { numbers: [a] }) =>
    void db
      .prepare(
        "update segments set filter = 'broken ' || filter where alias = ? and filter not like 'broken %'",
      )
      .run(at(['s8', 's9', ...SEGMENTS], a)),
  mendFiltersRaw: (db) =>
    void db
      .prepare("update segments set filter = substr(filter, 8) where filter like 'broken %'")
      .run(),
  publishRaw: (db, { numbers: [a] }) =>
    void db
      .prepare('update segments set published = 1 - published where alias = ?')
      .run(at(['s1', 's2', 's3', ...SEGMENTS], a)),
  foreignSchema: (db, { numbers: [a] }) =>
    void db.exec(`create table if not exists foreign_${a % 3} (x); drop table foreign_${a % 3}`),
};

/** One column of contacts, and what to write there. */
function someEdit(step: Step): [column: string, value: string | number | null] {
  const [, b, c] = step.numbers;
  const edits: [string, string | number | null][] = [
    ['points', b % 100],
    ['city', at(CITIES, b)],
    ['email', at([`c${b % 8}@example.org`, `c${b % 8}@other.example`], b)],
    ['birthday', birthdayNear(step, b)],
    ['last_active_at', instantNear(step, b)],
    ['created_at', instantNear(step, b)],
    ['company_id', at([1, 2, 3, null], b)],
    ['updated_at', step.now],
  ];
  return at(edits, c);
}

/** Services refuse some steps, as they would a user: then nothing happens, in both stores alike. */
async function attempt(store: Store, work: (tx: WriteTx) => Promise<unknown>): Promise<void> {
  try {
    await store.write(work);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** When a pin ends, or never. */
const endAt = ({ now, numbers: [a, b, c] }: Step): number | null =>
  c % 7 === 0 ? null : now + at(ENDS, a + b + c);

const existing = async (tx: WriteTx, number: number): Promise<number[]> =>
  (await tx.contacts.list({ ids: [contactId(number)] }, [])).map((row) => row.id);

interface Decision {
  readonly now: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly via: string;
}

const PEOPLE = ['tester', 'ann', null];
const WHY = [null, 'asked', 'met in person', null, 'asked'];

async function onSegment(
  { store, now, numbers: [a, b, c] }: Step,
  work: (tx: WriteTx, segment: SegmentRow, decision: Decision) => Promise<unknown>,
): Promise<void> {
  const decision = { now, by: at(PEOPLE, b + c), reason: at(WHY, c), via: 'manual' };
  await attempt(store, async (tx) => work(tx, await getSegment(tx, at(SEGMENTS, a)), decision));
}

/** One filter, or two nested in each other. */
function someFilter({ start, numbers: [, b, c] }: Step): string {
  const all = FILTERS.flat().map((filter) => filterText(filter, start));
  const [one, other] = [at(all, b * 7 + c), at(all, c * 11 + b)];
  return at(
    [
      one,
      one,
      `(${one}) and not (${other})`,
      `not ((${one}) or (${other}))`,
      `(${one}) or (${other} and points > 30)`,
    ],
    c,
  );
}

async function renewalOf(tx: WriteTx, step: Step): Promise<NewRecord> {
  const field = (await tx.fields.list()).find((each) => each.alias === 'renewal');
  if (field === undefined) return {};
  return {
    renewal: at(
      [
        field.type === 'datetime'
          ? instantNear(step, step.numbers[2])
          : dayNear(step, step.numbers[2]),
        null,
      ],
      step.numbers[2],
    ),
  };
}

async function importRows(
  { store, now }: Step,
  shape: StageShape,
  rows: readonly StagedRow[],
): Promise<void> {
  const stage = await store.stage(shape);
  try {
    await stage.add(rows);
    await attempt(store, async (tx) =>
      tx.imports.apply(stage, { mode: 'upsert', now, importId: 1, createContacts: true }),
    );
  } finally {
    await stage.drop();
  }
}

/** One row, or so many that they are a bulk load. */
const rowsOf = (
  numbers: Step['numbers'],
  row: (number: number, index: number) => StagedRow,
): StagedRow[] =>
  Array.from({ length: at([1, 2, 8], numbers[2]) }, (_, index) =>
    row((numbers[0] + index) % 10, index),
  );

/** Where a store of the model has its backup. */
const backupOf = (store: Store): string => `${store.location}.kept`;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  backUp: async ({ store, now }) => {
    rmSync(backupOf(store), { force: true });
    await backupStore(store.location, { target: backupOf(store), now });
  },
  restore: async ({ store, now }) => {
    if (!existsSync(backupOf(store))) return;
    const confirm = async (): Promise<void> => undefined;
    const { kept } = await restoreStore(store.location, { file: backupOf(store), now, confirm });
    if (kept !== null) rmSync(kept);
  },
  insertContact: async (step) =>
    attempt(step.store, async (tx) =>
      tx.contacts.insert(
        {
          email: `n${step.numbers[0]}@example.org`,
          points: step.numbers[1] % 100,
          last_active_at: instantNear(step, step.numbers[1]),
          identified_at: step.now,
        },
        instantNear(step, step.numbers[0]),
      ),
    ),
  setPoints: async ({ store, now, numbers: [a, b] }) =>
    attempt(store, async (tx) => tx.contacts.update([contactId(a)], { points: b % 100 }, now)),
  setDates: async (step) =>
    attempt(step.store, async (tx) => {
      const dates = {
        birthday: birthdayNear(step, step.numbers[1]),
        last_active_at: instantNear(step, step.numbers[1]),
        ...(await renewalOf(tx, step)),
      };
      await tx.contacts.update([contactId(step.numbers[0])], dates, step.now);
    }),
  deleteContact: async ({ store, now, numbers: [a] }) =>
    attempt(store, async (tx) => tx.contacts.delete([contactId(a)], { now, by: null })),
  importContacts: async (step) =>
    importRows(
      step,
      {
        kind: 'contacts',
        key: 'email',
        columns: ['email', 'points'],
        uniques: [],
        duplicates: 'last',
      },
      rowsOf(step.numbers, (number, index) => ({
        line: index + 2,
        key: `c${number}@example.org`,
        values: [`c${number}@example.org`, step.numbers[1] % 100],
        tags: [{ name: at(TAGS, number), add: true }],
      })),
    ),
  importEvents: async (step) =>
    importRows(
      step,
      { kind: 'events', key: 'email' },
      rowsOf(step.numbers, (number, index) => ({
        line: index + 2,
        contact: `c${number}@example.org`,
        type: at(TYPES, number),
        subject: null,
        value: number,
        occurredAt: instantNear(step, step.numbers[1] + index),
        properties: null,
        externalId: `e${number}`,
      })),
    ),
  addEvent: async (step) =>
    attempt(step.store, async (tx) => {
      const [a, b, c] = step.numbers;
      for (const contact of await existing(tx, a)) {
        await tx.events.insert(
          [
            {
              contactId: contact,
              type: at(TYPES, c),
              subject: null,
              value: c % 20,
              occurredAt: instantNear(step, b),
              properties: { due: dayNear(step, b + c) },
              externalId: null,
            },
          ],
          step.now,
        );
      }
    }),
  tag: async ({ store, now, numbers: [a, b] }) =>
    attempt(store, async (tx) => tx.contacts.tag(await existing(tx, a), [at(TAGS, b)], now)),
  untag: async ({ store, numbers: [a, b] }) =>
    attempt(store, async (tx) => tx.contacts.untag([contactId(a)], [at(TAGS, b)])),
  act: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      (step.numbers[2] % 3 === 0 ? addToSegment : removeFromSegment)(
        tx,
        segment,
        await existing(tx, step.numbers[1]),
        { ...action, via: 'api:x' },
      ),
    ),
  importInto: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      addToSegment(tx, segment, await existing(tx, step.numbers[1]), {
        ...action,
        via: 'import',
        overrideRemovals: step.numbers[2] % 4 === 0,
      }),
    ),
  clear: async (step) =>
    onSegment(step, async (tx, segment, action) => clearSegment(tx, segment, action)),
  removeFromList: async (step) =>
    attempt(step.store, async (tx) =>
      removeFromSegment(tx, await getSegment(tx, 'list'), await existing(tx, step.numbers[1]), {
        now: step.now,
        by: 'tester',
        via: 'manual',
        until: endAt(step),
      }),
    ),
  add: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      addToSegment(tx, segment, await existing(tx, step.numbers[1]), action),
    ),
  remove: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      removeFromSegment(tx, segment, await existing(tx, step.numbers[1]), action),
    ),
  addUntil: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      addToSegment(tx, segment, await existing(tx, step.numbers[1]), {
        ...action,
        until: endAt(step),
      }),
    ),
  removeUntil: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      removeFromSegment(tx, segment, await existing(tx, step.numbers[1]), {
        ...action,
        until: endAt(step),
      }),
    ),
  plan: async (step) =>
    onSegment(step, async (tx, segment, { now }) => {
      const [, b, c] = step.numbers;
      const requests = [
        { kind: 'on', date: dayOf(now, c % 5) },
        { kind: 'on', date: 'today' },
        { kind: 'inactivity', period: at(PERIODS, c) },
        { kind: 'inactivity', period: at(PERIODS, c) },
        { kind: 'never' },
      ] as const;
      await planConversion(tx, segment, at(requests, b), await timeContext(tx, now));
    }),
  unpin: async (step) =>
    onSegment(step, async (tx, segment) =>
      unpinFromSegment(tx, segment, [contactId(step.numbers[1])]),
    ),
  list: async (step) =>
    attempt(step.store, async (tx) =>
      addToSegment(tx, await getSegment(tx, 'list'), await existing(tx, step.numbers[1]), {
        now: step.now,
        by: 'tester',
        via: 'manual',
      }),
    ),
  editFilter: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      editSegment(tx, segment, { where: someFilter(step) }, action),
    ),
  convert: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      convertSegment(
        tx,
        segment,
        segment.kind === 'static' ? 'dynamic' : 'static',
        at(['drop', 'pin'], step.numbers[1]),
        action,
      ),
    ),
  publish: async (step) =>
    onSegment(step, async (tx, segment, action) =>
      editSegment(tx, segment, { published: !segment.published }, action),
    ),
  remakeSegment: async (step) =>
    attempt(step.store, async (tx) => {
      const alias = at(SEGMENTS.slice(4), step.numbers[0]);
      const segment = (await tx.segments.list()).find((each) => each.alias === alias);
      if (segment === undefined)
        await createSegment(
          tx,
          { name: alias, where: someFilter(step) },
          { now: step.now, by: null },
        );
      else await deleteSegment(tx, segment, { now: step.now, by: null });
    }),
  setZone: async ({ store, numbers: [a] }) =>
    attempt(store, async (tx) => tx.settings.set({ timezone: at(BEGINNINGS, a).zone })),
  setWeekStart: async ({ store, numbers: [a] }) =>
    attempt(store, async (tx) => tx.settings.set({ weekStart: at(['monday', 'sunday'], a) })),
  remakeField: async ({ store, now, numbers: [a] }) =>
    attempt(store, async (tx) => {
      const field = (await tx.fields.list()).find((each) => each.alias === 'renewal');
      if (field === undefined)
        await addRenewal(tx, at(['date', 'date', 'datetime', 'text'], a), now);
      else await tx.fields.delete(field);
    }),
};

export const NAMES = [...Object.keys(OPERATIONS), ...Object.keys(RAW_OPERATIONS)];

export async function perform(operation: string, step: Step): Promise<void> {
  const written = RAW_OPERATIONS[operation];
  if (written !== undefined) performRaw(operation, step);
  else await OPERATIONS[operation]?.(step);
}

/** At once, as another process would between two of our transactions. */
export function performRaw(operation: string, step: Step): void {
  raw(step.store, (db) => RAW_OPERATIONS[operation]?.(db, step));
}
