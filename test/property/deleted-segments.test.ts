import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addContact, deleteContacts } from '../../src/contact/contacts.ts';
import { importContacts } from '../../src/csv/import.ts';
import { undoImport } from '../../src/csv/undo.ts';
import { contactHistory } from '../../src/segment/contact-history.ts';
import { createSegment, deleteSegment } from '../../src/segment/definition.ts';
import { restoreDeleted } from '../../src/segment/deleted.ts';
import { examineStore } from '../../src/segment/doctor/examine.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, clearSegment, removeFromSegment } from '../../src/segment/members.ts';
import { mergeContacts } from '../../src/segment/merge.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { ReadTx, WriteTx } from '../../src/store/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { inTurn } from '../../src/support/in-turn.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';
import { expectTrueCounters } from '../store/conformance/fixture.ts';

/*
 * Segments are deleted, contacts are merged and deleted and imports taken back meanwhile, and the
 * segments are brought back: then they are what they were in a twin of the store in which they had
 * been there all the time, and the history of each contact tells of joins and leaves by turns, up to
 * whether it is a member.
 */

const RUNS = Number(process.env['ROLLCALL_LAW_RUNS'] ?? 12);
const PEOPLE = ['a', 'b', 'c', 'd', 'e'];
const ALIASES = ['news', 'hot'] as const;
type Alias = (typeof ALIASES)[number];

const address = (name: string): string => `${name}@x.example`;

const person = fc.constantFrom(...PEOPLE);
const several = fc.uniqueArray(person, { minLength: 1, maxLength: 4 });
const decided = fc.record({
  kind: fc.constantFrom('add' as const, 'remove' as const),
  names: several,
  alias: fc.constantFrom<Alias>(...ALIASES),
});
const cleared = fc.record({ kind: fc.constant('clear' as const) });
const imported = fc.record({
  kind: fc.constant('import' as const),
  names: several,
  aliases: fc.subarray<Alias>([...ALIASES], { minLength: 1 }),
  mirror: fc.boolean(),
  overrides: fc.boolean(),
});
const updated = fc.record({ kind: fc.constant('update' as const) });
const undone = fc.record({ kind: fc.constant('undo' as const), which: fc.nat(5) });
const merged = fc.record({ kind: fc.constant('merge' as const), winner: person, loser: person });
const gone = fc.record({ kind: fc.constant('delete' as const), name: person });

const around = fc.oneof(
  { weight: 4, arbitrary: decided },
  { weight: 4, arbitrary: imported },
  { weight: 1, arbitrary: cleared },
  { weight: 1, arbitrary: updated },
  { weight: 2, arbitrary: undone },
  { weight: 1, arbitrary: merged },
);
const within = fc.oneof(
  { weight: 3, arbitrary: undone },
  { weight: 4, arbitrary: merged },
  { weight: 1, arbitrary: gone },
);
type Step = typeof around | typeof within extends fc.Arbitrary<infer T> ? T : never;

const story = fc.record({
  before: fc.array(around, { minLength: 3, maxLength: 10, size: 'max' }),
  meanwhile: fc.array(within, { minLength: 1, maxLength: 5, size: 'max' }),
  after: fc.array(around, { maxLength: 6, size: 'max' }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

const TURNS = /^((joined,left,)*(joined|joined,left))?$/;

/** One of the twins, and how far it is. */
class Twin {
  readonly world: World;
  readonly #winners = new Set<number>();
  #now = NOW;
  #imports = 0;

  constructor(world: World) {
    this.world = world;
  }

  get action() {
    this.#now += 60_000;
    return { now: this.#now, by: 'ada' };
  }

  async fill(): Promise<void> {
    await this.#write(async (tx, action) => {
      await createSegment(tx, { name: 'news' }, action);
      await createSegment(tx, { name: 'hot', where: 'points > 10' }, action);
      for (const name of PEOPLE)
        await addContact(tx, { email: address(name), assignments: [], tags: [] }, action.now);
    });
    await this.world.sql('update contacts set points = 20 where id in (1, 2)');
  }

  async #write(work: (tx: WriteTx, action: Twin['action']) => Promise<void>): Promise<void> {
    const { action } = this;
    await this.world.store.write(async (tx) => work(tx, action));
  }

  async id(name: string): Promise<number | undefined> {
    const found = await this.world.value(
      `select coalesce(min(id), 0) from contacts where email = '${address(name)}'`,
    );
    return found === 0 ? undefined : found;
  }

  async #ids(names: readonly string[]): Promise<number[]> {
    const ids = await inTurn(names, async (name) => this.id(name));
    return ids.filter((id) => id !== undefined);
  }

  async deleteSegments(): Promise<void> {
    for (const alias of ALIASES)
      await this.#write(async (tx, action) =>
        deleteSegment(tx, await getSegment(tx, alias), action),
      );
  }

  async restoreSegments(): Promise<void> {
    for (const alias of ALIASES)
      await this.#write(async (tx, action) => {
        await restoreDeleted(tx, alias, undefined, action);
      });
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'add':
      case 'remove': {
        const decide = step.kind === 'add' ? addToSegment : removeFromSegment;
        return this.#write(async (tx, action) => {
          const segment = await getSegment(tx, step.alias);
          await decide(tx, segment, await this.#ids(step.names), { via: 'manual', ...action });
        });
      }
      case 'clear':
        return this.#write(async (tx, action) => {
          await clearSegment(tx, await getSegment(tx, 'news'), action);
        });
      case 'import':
        return this.#import(step);
      case 'update':
        await updateSegments(this.world.store, { segments: [], now: this.action.now });
        return;
      case 'undo':
        return this.#undo(step.which);
      case 'merge': {
        const [winner, loser] = [await this.id(step.winner), await this.id(step.loser)];
        if (winner === undefined || loser === undefined || winner === loser) return;
        const action = { ...this.action, isDry: false };
        this.#winners.add(winner);
        await mergeContacts(this.world.store, { winner, losers: [loser] }, action);
        return;
      }
      case 'delete':
        return this.#write(async (tx, action) => {
          await deleteContacts(tx, await this.#ids([step.name]), action);
        });
    }
  }

  async #import({ names, aliases, mirror, overrides }: Step & { kind: 'import' }): Promise<void> {
    const rows = names.map((name) => `${address(name)}\n`).join('');
    const file = this.world.file(`${++this.#imports}.csv`, `email\n${rows}`);
    const segments = mirror ? ['news'] : aliases;
    const maxShrink = { kind: 'share', share: 1 } as const;
    const options = { segments, mirror, overrideRemovals: overrides, maxShrink };
    const context = { stdin: Readable.from([]), ...this.action };
    await importContacts(this.world.store, file, options, context);
  }

  async #undo(which: number): Promise<void> {
    if (this.#imports === 0) return;
    const id = String(1 + (which % this.#imports));
    try {
      await undoImport(this.world.store, id, { ...this.action, isDry: false });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(['UNDONE_BEFORE', 'MIRRORED_SINCE']).toContain(error.code);
    }
  }

  /** Who is in which segment, or pinned, and who is there; members of filters once it is updated. */
  async state() {
    await updateSegments(this.world.store, { segments: [], now: this.action.now });
    return this.world.store.read(async (tx) => {
      const contacts = await tx.contacts.list({}, ['email']);
      const segments = await Promise.all(
        ALIASES.map(async (alias) => {
          const { id } = await getSegment(tx, alias);
          const members = (await tx.members.list(id, {})).map(({ contactId }) => contactId);
          const pins = (await tx.pins.list(id, {})).map(({ contactId, kind }) => [contactId, kind]);
          return { alias, members, pins };
        }),
      );
      return { contacts: contacts.map(({ id, email }) => [id, email]), segments };
    });
  }

  async expectSound(said: string): Promise<void> {
    const request = { now: this.action.now, deep: true, staleMs: Number.POSITIVE_INFINITY };
    const findings = (await examineStore(this.world.store, request)).flatMap((one) => one.findings);
    expect(
      findings.filter(({ severity }) => severity === 'error'),
      said,
    ).toEqual([]);
    await this.world.store.read(async (tx) => {
      await expectTrueCounters(tx);
      await this.#expectTurns(tx, said);
    });
  }

  async #expectTurns(tx: ReadTx, said: string): Promise<void> {
    for (const { id } of await tx.contacts.list({}, ['email'])) {
      const story = (await contactHistory(tx, id)).filter(({ channel }) => channel === null);
      for (const segment of await tx.segments.list()) {
        const moves = story
          .filter(({ segmentId, what }) => segmentId === segment.id && !what.startsWith('pinned'))
          .map(({ what }) => what);
        const where = `${said} contact ${id} in ${segment.alias}: ${moves.join()}`;
        // who goes on in a time that another was in already joins once more
        const again = this.#winners.has(id) ? /(joined,)+(?=joined)/g : /^$/g;
        expect(moves.join().replaceAll(again, ''), where).toMatch(TURNS);
        const isMember = await tx.members.has(segment.id, id);
        expect(moves.at(-1) === 'joined', where).toBe(isMember);
      }
    }
  }
}

async function makeTwin(): Promise<Twin> {
  const twin = new Twin(await makeWorld());
  await twin.fill();
  return twin;
}

async function live({ before, meanwhile, after }: Story): Promise<void> {
  const said = JSON.stringify({ before, meanwhile, after });
  const [there, deleted] = [await makeTwin(), await makeTwin()];
  for (const step of before) for (const twin of [there, deleted]) await twin.take(step);
  await deleted.deleteSegments();
  for (const step of meanwhile) for (const twin of [there, deleted]) await twin.take(step);
  await deleted.restoreSegments();
  await deleted.expectSound(said);
  expect(await deleted.state(), said).toEqual(await there.state());
  for (const step of after) for (const twin of [there, deleted]) await twin.take(step);
  expect(await deleted.state(), said).toEqual(await there.state());
  await deleted.expectSound(said);
}

test('law: a segment comes back as if it had been there', async () => {
  await fc.assert(fc.asyncProperty(story, live), { numRuns: RUNS, endOnFailure: true });
}, 600_000);
