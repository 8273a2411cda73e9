import fc from 'fast-check';
import { convertSegment } from '../../../src/segment/conversion.ts';
import { editSegment } from '../../../src/segment/definition.ts';
import { getSegment } from '../../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment, unpinFromSegment } from '../../../src/segment/members.ts';
import type { SegmentRow, Store, WriteTx } from '../../../src/store/index.ts';
import { UserError } from '../../../src/support/errors.ts';
import { addDateField, DAY, FILTERS, MINUTE, raw } from './world.ts';

/** What a step needs to know; `now` is the clock of the model. */
export interface Step {
  readonly store: Store;
  readonly now: number;
  readonly numbers: readonly [number, number, number];
}

type Operation = (step: Step) => Promise<void> | void;

const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;
const contactId = (number: number): number => (number % 12) + 1;
const OFFSETS = [0, -1, 1, -MINUTE, MINUTE, -DAY, DAY, -2 * DAY, -2 * DAY + 1, -2 * DAY - 1, -7 * DAY, -30 * DAY, -31 * DAY, 5 * DAY, 29 * DAY];
const DAYS = ['2026-02-28', '2026-03-01', '2024-02-29', '2026-03-15', '2026-03-31', '1990-12-31', '2000-01-01', '2026-04-02'];

/** Services refuse some steps, as they would a user: then nothing happens, in both stores alike. */
async function attempt(store: Store, work: (tx: WriteTx) => Promise<unknown>): Promise<void> {
  try {
    await store.write(work);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

const existing = async (tx: WriteTx, number: number): Promise<number[]> => (await tx.contacts.list({ ids: [contactId(number)] }, [])).map((row) => row.id);

async function onSegment(step: Step, work: (tx: WriteTx, segment: SegmentRow, action: { now: number; by: string; via: string }) => Promise<unknown>): Promise<void> {
  await attempt(step.store, async (tx) => {
    const segment = await getSegment(tx, pick(['list', 's1', 's2', 's3', 's5', 's9', 's10', 's11'], step.numbers[0]));
    await work(tx, segment, { now: step.now, by: 'tester', via: 'manual' });
  });
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  insertContact: async ({ store, now, numbers: [a, b] }) => attempt(store, async (tx) => tx.contacts.insert({ email: `n${a}@example.org`, points: b % 100, last_active_at: now + pick(OFFSETS, b), identified_at: now }, now + pick(OFFSETS, a))),
  setPoints: async ({ store, now, numbers: [a, b] }) => attempt(store, async (tx) => tx.contacts.update([contactId(a)], { points: b % 100 }, now)),
  setDates: async ({ store, now, numbers: [a, b, c] }) =>
    attempt(store, async (tx) => {
      const hasRenewal = (await tx.fields.list()).some((field) => field.alias === 'renewal');
      const renewal = hasRenewal ? { renewal: pick([...DAYS, null], c) } : {};
      await tx.contacts.update([contactId(a)], { ...renewal, birthday: pick([...DAYS, null], b), last_active_at: now + pick(OFFSETS, b) }, now);
    }),
  deleteContact: async ({ store, numbers: [a] }) => attempt(store, async (tx) => tx.contacts.delete([contactId(a)])),
  deleteContactRaw: ({ store, numbers: [a] }) => raw(store, (db) => db.prepare('delete from contacts where id = ?').run(contactId(a))),
  replaceContactRaw: ({ store, now, numbers: [a, b] }) =>
    raw(store, (db) => db.prepare('insert or replace into contacts (email, points, created_at, updated_at) values (?, ?, ?, ?)').run(`C${a % 8}@example.org`, b % 100, now, now)),
  changeRaw: ({ store, numbers: [a, b] }) => raw(store, (db) => db.prepare('update contacts set points = ?, company_id = ? where id = ?').run(b % 100, (b % 5) + 1, contactId(a))),
  moveIdRaw: ({ store, numbers: [a, b] }) => raw(store, (db) => db.prepare('update or ignore contacts set id = ? where id = ?').run(contactId(b), contactId(a))),
  addEvent: async ({ store, now, numbers: [a, b, c] }) =>
    attempt(store, async (tx) => {
      for (const id of await existing(tx, a)) {
        await tx.events.insert([{ contactId: id, type: pick(['page.hit', 'page.hit', 'purchase'], c), subject: null, value: c % 20, occurredAt: now + pick(OFFSETS, b), properties: { due: pick(DAYS, b + c) }, externalId: `e${c % 9}` }], now);
      }
    }),
  deleteEventRaw: ({ store, numbers: [a] }) => raw(store, (db) => db.prepare('delete from events where id % 4 = ?').run(a % 4)),
  moveEventRaw: ({ store, numbers: [a, b] }) => raw(store, (db) => db.prepare('update events set contact_id = ? where id % 4 = ?').run(contactId(a), b % 4)),
  tag: async ({ store, now, numbers: [a, b] }) => attempt(store, async (tx) => tx.contacts.tag(await existing(tx, a), [pick(['a', 'b'], b)], now)),
  untag: async ({ store, numbers: [a, b] }) => attempt(store, async (tx) => tx.contacts.untag([contactId(a)], [pick(['a', 'b'], b)])),
  renameTagRaw: ({ store, numbers: [a] }) => raw(store, (db) => db.prepare("update or replace tags set name = ? where name = ?").run(pick(['a', 'b', 'c'], a), pick(['a', 'b', 'c'], a >> 2))),
  suppressRaw: ({ store, now, numbers: [a] }) => raw(store, (db) => db.prepare("insert or replace into suppressions values (?, 'email', 'manual', ?)").run(contactId(a), now)),
  unsuppressRaw: ({ store, numbers: [a] }) => raw(store, (db) => db.prepare('delete from suppressions where contact_id = ?').run(contactId(a))),
  editCompany: ({ store, now, numbers: [a, b] }) =>
    raw(store, (db) => db.prepare('update companies set industry = ?, created_at = ? where id = ?').run(pick(['it', 'food'], b), now + pick(OFFSETS, b), (a % 3) + 1)),
  deleteCompanyRaw: ({ store, numbers: [a] }) => raw(store, (db) => db.prepare('delete from companies where id = ?').run((a % 3) + 1)),
  returnCompanyRaw: ({ store, now, numbers: [a] }) =>
    raw(store, (db) => db.prepare("insert or ignore into companies (id, name, industry, created_at, updated_at) values (?, ?, 'it', ?, ?)").run((a % 3) + 1, `again ${a}`, now, now)),
  add: async (step) => onSegment(step, async (tx, segment, action) => addToSegment(tx, segment, await existing(tx, step.numbers[1]), action)),
  remove: async (step) => onSegment(step, async (tx, segment, action) => removeFromSegment(tx, segment, await existing(tx, step.numbers[1]), action)),
  unpin: async (step) => onSegment(step, async (tx, segment) => unpinFromSegment(tx, segment, [contactId(step.numbers[1])])),
  editFilter: async (step) => onSegment(step, async (tx, segment, action) => editSegment(tx, segment, { where: pick(FILTERS, step.numbers[1]) }, action)),
  convert: async (step) => onSegment(step, async (tx, segment, action) => convertSegment(tx, segment, segment.kind === 'static' ? 'dynamic' : 'static', pick(['drop', 'pin'], step.numbers[1]), action)),
  publish: async (step) => onSegment(step, async (tx, segment, action) => editSegment(tx, segment, { published: !segment.published }, action)),
  setZone: async ({ store, numbers: [a] }) => attempt(store, async (tx) => tx.settings.set({ timezone: pick(['UTC', 'Europe/Paris', 'America/St_Johns', 'Pacific/Apia'], a) })),
  setWeekStart: async ({ store, numbers: [a] }) => attempt(store, async (tx) => tx.settings.set({ weekStart: pick(['monday', 'sunday'], a) })),
  remakeField: async ({ store }) =>
    attempt(store, async (tx) => {
      const field = (await tx.fields.list()).find((each) => each.alias === 'renewal');
      if (field === undefined) await addDateField(tx, 'renewal');
      else await tx.fields.delete(field);
    }),
  foreignSchema: ({ store, numbers: [a] }) => raw(store, (db) => db.exec(`create table if not exists foreign_${a % 3} (x); drop table foreign_${a % 3}`)),
};

/** How far the clock goes between two steps: mostly a little, at times over month ends and DST, at times back. */
const CLOCK_STEPS = [0, 1, 1000, 15 * MINUTE, 60 * MINUTE, 90 * MINUTE, DAY, DAY, 2 * DAY, 7 * DAY, 28 * DAY, 31 * DAY, 61 * DAY, -MINUTE, -DAY, -31 * DAY];

export interface Command {
  readonly operation: string;
  readonly numbers: readonly [number, number, number];
  /** Added to the clock before the update that follows; null goes on without an update. */
  readonly clock: number | null;
  /** Which segments the update names; none means all. */
  readonly named: readonly string[];
}

export async function perform(operation: string, step: Step): Promise<void> {
  await OPERATIONS[operation]?.(step);
}

export const commands: fc.Arbitrary<Command> = fc.record({
  operation: fc.constantFrom(...Object.keys(OPERATIONS)),
  numbers: fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)),
  clock: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: fc.constantFrom(...CLOCK_STEPS) }),
  named: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(['s3', 's5', 's10', 's11']) }),
});
