import { expect } from 'vitest';
import { addContact } from '../../../src/contact/contacts.ts';
import { tagContacts } from '../../../src/contact/tags.ts';
import { examineStore } from '../../../src/segment/doctor/examine.ts';
import { createSegment } from '../../../src/segment/definition.ts';
import { audited, type Store } from '../../../src/store/index.ts';
import { UserError } from '../../../src/support/errors.ts';
import { Following } from '../following.ts';
import { deedCalled } from './deeds.ts';
import { followAddresses } from './consent.ts';
import { type Facts, readFacts } from './facts.ts';
import { meaningsIn } from './filters.ts';
import { expectTold, expectToldByRun, readAudit } from './laws-audit.ts';
import { expectCaused, expectDecided, expectRebuilt, expectVerified } from './laws-members.ts';
import { expectAsOf, observe } from './laws-past.ts';
import { expectErased, expectScoured, expectSuppressed } from './laws-people.ts';
import { askEarly, type Early, expectFired, expectNoneFired } from './laws-triggers.ts';
import { emptyLedger, forgetGone } from './ledger.ts';
import { emailOf, keyOf, nameOf } from './people.ts';
import type { Deed, Scene, Step, Story } from './story.ts';
import { lastCause, type Move, movesIn } from './watches.ts';

const START = Date.parse('2026-03-01T10:00:00Z');
/** Runs and imports are old by the clock on the wall, whose age is what counts for them. */
const FOR_EVER = 100_000;
const PEOPLE = 8;
const EXAMINED_EACH = 25;
const READ_AGAIN_EACH = 5;

const DYNAMIC: Readonly<Record<string, string>> = {
  hot: 'points >= 50',
  recent: 'did page.hit in last 36 hours',
  vip: 'tagged "a" and not tagged "b"',
  quiet: 'suppressed(email)',
  reader: 'in segment list or in segment hot',
  newly: 'joined segment list in last 36 hours',
};

async function begin(store: Store, reopen: () => Promise<Store>): Promise<Story> {
  const action = { now: START, by: 'tester' };
  await store.write(async (tx) => {
    await tx.settings.set({ keepRunsDays: FOR_EVER });
    await tx.fields.add(
      {
        ...{ object: 'contact', alias: 'crm_id', label: 'CRM', type: 'text', options: [] },
        ...{ unique: true, indexed: false },
      },
      START,
    );
    for (const name of ['list', 'leads', 'won'])
      await createSegment(tx, { name, public: true, preferenceCenter: name === 'list' }, action);
    for (const [name, where] of Object.entries(DYNAMIC))
      await createSegment(
        tx,
        { name, where, public: true, preferenceCenter: name === 'hot' },
        action,
      );
    await createSegment(tx, { name: 'flip', where: 'points >= 50' }, action);
    for (let number = 0; number < PEOPLE; number += 1) await addPerson(tx, number);
  });
  const meanings = await store.read(meaningsIn);
  const story = { store, reopen, meanings, ledger: emptyLedger(), now: START, kept: undefined };
  followAddresses(story.ledger, readFacts(store.location), START);
  return story;
}

async function addPerson(tx: Parameters<typeof addContact>[0], number: number): Promise<void> {
  const assignments = [
    { name: 'crm_id', value: keyOf(number) },
    { name: 'first_name', value: nameOf(number) },
    { name: 'points', value: String((number * 17) % 100) },
  ];
  const email = number % 3 === 0 ? undefined : emailOf(number);
  const { id } = await addContact(tx, { email, assignments, tags: [] }, START);
  if (number % 4 === 0) await tagContacts(tx, [id], ['a', 'b'].slice(number % 2), START);
}

/** What was there before a step, for what must hold after it. */
interface Before {
  readonly facts: Facts;
  readonly audit: ReturnType<typeof readAudit>;
  /** The last cause of the feed. */
  readonly moves: number;
  readonly timeline: string;
}

async function lookAt({ store }: Story, moves: number): Promise<Before> {
  return {
    ...{ facts: readFacts(store.location), audit: readAudit(store.location), moves },
    timeline: await timelineOf(store),
  };
}

const timelineOf = async (store: Store): Promise<string> =>
  store.read(async (tx) => tx.moves.timeline());

/**
 * Does one thing after the other, and looks after each whether all laws hold. An error says at which
 * step one did not, as `failedAt`.
 */
export async function playStory(
  first: Store,
  reopen: () => Promise<Store>,
  steps: readonly Step[],
): Promise<void> {
  const story = await begin(first, reopen);
  const following = new Following();
  await following.beginAt(first);
  let before = await lookAt(story, lastCause(await movesIn(first)));
  for (const [index, step] of steps.entries()) {
    try {
      before = await take(story, following, { step, before, index });
    } catch (error) {
      throw Object.assign(error as Error, { failedAt: index });
    }
  }
  for (const observed of story.ledger.observed)
    await expectAsOf(story.store, before.facts, observed);
  await expectWell(story.store, story.now);
}

interface Taking {
  readonly step: Step;
  readonly before: Before;
  readonly index: number;
}

/** Gives what is there after the step. */
async function take(
  story: Story,
  following: Following,
  { step, before, index }: Taking,
): Promise<Before> {
  const deed = deedCalled(step.deed);
  const { now } = story;
  const early = await done(story, deed, step, before);
  const moves = await movesIn(story.store);
  const after = await lookAt(story, Math.max(before.moves, lastCause(moves)));
  await expectFollowed(story, following, { before, after, step, index });
  await expectLaws(story, { deed, step, before, after, moves, now, early });
  if ((index + 1) % EXAMINED_EACH === 0) await expectWell(story.store, now);
  return after;
}

/**
 * Gives whom triggers fired for before the deed. Undefined where a user was told that it cannot be
 * done; then nothing is different.
 */
async function done(
  story: Story,
  deed: Deed,
  step: Step,
  before: Before,
): Promise<Early | undefined> {
  const { ledger, now } = story;
  const action = { now, by: 'tester' };
  const scene: Scene = {
    ...{ story, ledger, now, action, facts: before.facts, numbers: step.numbers },
    store: audited(story.store, { at: now, by: 'tester', command: step.deed }),
  };
  const known = structuredClone(ledger);
  const early = deed.asks === 'around' ? askEarly(before.facts, ledger) : [];
  try {
    await deed.run(scene);
    return early;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    story.ledger = known;
    expect(readFacts(story.store.location)).toEqual(before.facts);
    return undefined;
  }
}

interface Followed extends Taking {
  readonly after: Before;
}

/** Followers catch up each time; what was told before is read again now and then. */
async function expectFollowed(
  { store }: Story,
  following: Following,
  { before, after, step, index }: Followed,
): Promise<void> {
  const what = `step ${index}: ${step.deed} ${step.numbers.join(' ')}`;
  if (step.deed === 'erase') following.forgetWords();
  if (after.timeline !== before.timeline) await following.beginAnew(store, what);
  if (index % READ_AGAIN_EACH === 0) await following.after(store, step.numbers[1], what);
  else await following.catchUp(store, what);
  if (step.numbers[2] % 10 === 0) await following.beginAt(store);
}

interface Taken {
  readonly deed: Deed;
  readonly step: Step;
  readonly before: Before;
  readonly after: Before;
  readonly moves: readonly Move[];
  readonly now: number;
  readonly early: Early | undefined;
}

async function expectLaws(story: Story, taken: Taken): Promise<void> {
  const { deed, step, before, after, now } = taken;
  const { store, ledger } = story;
  const { facts } = after;
  forgetGone(ledger, facts);
  followAddresses(ledger, facts, now);
  expectPeople(story, step, facts);
  if (step.deed !== 'restore') expectAsked(ledger, taken);
  if (deed.isUpdate === true) await expectUpdated(story, taken);
  expectDecided(facts, ledger, now);
  expectCaused(store.location);
  const tell = deed.isUpdate === true ? expectToldByRun : expectTold;
  if (step.deed !== 'restore' && deed.isSql !== true) tell(before.audit, after.audit, step.deed);
  observe(ledger, facts, now);
  const some = ledger.observed[step.numbers[1] % ledger.observed.length];
  if (some !== undefined && step.numbers[0] % 4 === 0) await expectAsOf(store, facts, some);
}

/** The full build of rollcall itself is asked now and then. */
async function expectUpdated({ store, meanings }: Story, { step, after, now }: Taken) {
  expectRebuilt(after.facts, meanings, now);
  if (step.numbers[0] % 4 === 0) await expectVerified(store, now);
}

function expectPeople({ store, ledger }: Story, step: Step, facts: Facts): void {
  expectSuppressed(facts, ledger);
  expectErased(store.location, facts, ledger);
  if (step.deed === 'erase') expectScoured(store.location, ledger);
}

function expectAsked(ledger: Story['ledger'], taken: Taken): void {
  const { deed, before, after, moves, now, early } = taken;
  const told = moves.filter(({ causeId }) => causeId > before.moves);
  if (deed.asks === undefined || early === undefined) expectNoneFired(told);
  else expectFired(after.facts, ledger, { moves, told, early, now });
}

async function expectWell(store: Store, now: number): Promise<void> {
  const examined = await examineStore(store, { now, deep: true, staleMs: FOR_EVER * 86_400_000 });
  expect(examined.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual(
    [],
  );
}
