import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suppressContacts } from '../../src/contact/consent.ts';
import { deleteContacts, editContact } from '../../src/contact/contacts.ts';
import { tagContacts, untagContacts } from '../../src/contact/tags.ts';
import { importContacts, importEvents } from '../../src/csv/import.ts';
import { undoImport } from '../../src/csv/undo.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';

/*
 * What any import leaves that is taken back after any history, held against a model that knows the
 * words of docs/csv.md on undo and nothing of how they are kept. `ROLLCALL_LAW_RUNS` says how many
 * histories are tried.
 */

const RUNS = Number(process.env['ROLLCALL_LAW_RUNS'] ?? 20);
const PEOPLE = ['a', 'b', 'c', 'd', 'e'];
const TAGS = ['x', 'y'];
type Alias = 'news' | 'hot';
const ALIASES: readonly Alias[] = ['news', 'hot'];

/** Through what something came: an import by its id, an undo, a hand, or a filter. */
type Cause = number | 'undo' | 'hand' | 'filter';

interface Pin {
  readonly kind: 'in' | 'out';
  readonly cause: Cause;
}

interface Happened {
  /** The import that made it; one that changed it later is not known any more. */
  readonly madeBy: Cause;
  /** The event's own id, if it has one. */
  readonly key: string | undefined;
}

interface Contact {
  readonly name: string;
  readonly madeBy: Cause;
  updatedAt: number;
  company: string | null;
  tags: Set<string>;
  events: Happened[];
  isSuppressed: boolean;
  points: number;
  readonly in: Map<Alias, Cause>;
  /** How it joined and left the static segment, in turn. */
  readonly moves: { readonly isIn: boolean; readonly cause: Cause }[];
  readonly pins: Map<Alias, Pin>;
}

interface Import {
  readonly now: number;
  readonly mirrors: boolean;
  /** It was told to fill the static segment. */
  readonly fills: boolean;
  isUndone: boolean;
  readonly given: (readonly [Contact, string])[];
  readonly taken: (readonly [Contact, string])[];
  readonly overridden: [Contact, Alias, Pin][];
}

class Model {
  contacts: Contact[] = [];
  readonly companies = new Map<string, { readonly madeBy: Cause; readonly updatedAt: number }>();
  readonly imports: Import[] = [];

  find(name: string): Contact | undefined {
    return this.contacts.find((contact) => contact.name === name);
  }

  begin(now: number, { mirrors = false, fills = false } = {}): readonly [number, Import] {
    const begun = {
      ...{ now, mirrors, fills, isUndone: false },
      ...{ given: [], taken: [], overridden: [] },
    };
    return [this.imports.push(begun), begun];
  }

  come(name: string, madeBy: Cause, updatedAt: number): Contact {
    const made: Contact = {
      ...{ name, madeBy, updatedAt, company: null, tags: new Set(), events: [] },
      ...{ isSuppressed: false, points: 0, in: new Map(), pins: new Map(), moves: [] },
    };
    this.contacts.push(made);
    return made;
  }

  /** Takes the tags of a cell, and keeps those that were not so before. */
  tag(contact: Contact, cell: string, into: Import): boolean {
    const wanted = cell === 'NULL' ? [...contact.tags].map((tag) => `-${tag}`) : cell.split('|');
    const changes = wanted
      .filter((tag) => tag !== '')
      .filter((tag) => {
        const [name, isAdded] = [tag.replace('-', ''), !tag.startsWith('-')];
        if (contact.tags.has(name) === isAdded) return false;
        contact.tags[isAdded ? 'add' : 'delete'](name);
        into[isAdded ? 'given' : 'taken'].push([contact, name]);
        return true;
      });
    return changes.length > 0;
  }

  enter(contact: Contact, cell: string, madeBy: Cause, updatedAt: number): boolean {
    const company = cell === 'NULL' ? null : cell;
    if (cell === '' || contact.company === company) return false;
    contact.company = company;
    if (company !== null && !this.companies.has(company))
      this.companies.set(company, { madeBy, updatedAt });
    return true;
  }

  /** A file joins whom no removal holds, or overrides that. */
  join(contact: Contact, alias: Alias, id: number, overrides: boolean): void {
    const pin = contact.pins.get(alias);
    if (pin?.kind === 'out' && !overrides) return;
    if (pin?.kind === 'out') this.imports[id - 1]!.overridden.push([contact, alias, pin]);
    this.keep(contact, alias, id);
  }

  keep(contact: Contact, alias: Alias, cause: Cause): void {
    if (!contact.in.has(alias)) this.#enter(contact, alias, cause);
    const pin = contact.pins.get(alias);
    if (alias === 'news') contact.pins.delete(alias);
    else if (pin?.kind !== 'in') contact.pins.set(alias, { kind: 'in', cause });
  }

  /** What imports overrode before does not come back. */
  decide(contact: Contact, alias: Alias): void {
    for (const { overridden } of this.imports)
      for (const [at, [to, segment]] of [...overridden.entries()].reverse())
        if (to === contact && segment === alias) overridden.splice(at, 1);
  }

  #enter(contact: Contact, alias: Alias, cause: Cause): void {
    contact.in.set(alias, cause);
    if (alias === 'news') contact.moves.push({ isIn: true, cause });
  }

  /** Out of the static segment. */
  leave(contact: Contact, cause: Cause): void {
    if (contact.in.delete('news')) contact.moves.push({ isIn: false, cause });
  }

  remove(contact: Contact, alias: Alias): void {
    if (alias === 'news') this.leave(contact, 'hand');
    else contact.in.delete(alias);
    if (contact.pins.get(alias)?.kind !== 'out')
      contact.pins.set(alias, { kind: 'out', cause: 'hand' });
  }

  update(): void {
    for (const contact of this.contacts) {
      const pin = contact.pins.get('hot')?.kind;
      const isIn = pin === 'in' || (pin === undefined && contact.points > 10);
      if (!isIn) contact.in.delete('hot');
      else if (!contact.in.has('hot')) contact.in.set('hot', 'filter');
    }
  }

  /** Whether nothing has touched a contact but the import that made it. */
  isUntouched(contact: Contact, id: number): boolean {
    const { now, given } = this.imports[id - 1]!;
    const own = given.flatMap(([to, tag]) => (to === contact ? [tag] : []));
    return (
      contact.madeBy === id &&
      contact.updatedAt === now &&
      !contact.isSuppressed &&
      contact.events.every(({ madeBy }) => madeBy === id) &&
      [...contact.tags].every((tag) => own.includes(tag)) &&
      [...contact.pins.values()].every(({ cause }) => cause === id) &&
      [...contact.in.values()].every((cause) => cause === id || cause === 'filter')
    );
  }

  /** A later file that stands says who is in the segment that it was told to fill. */
  isHeld(id: number): boolean {
    const { fills } = this.imports[id - 1]!;
    return fills && this.imports.slice(id).some((one) => one.mirrors && !one.isUndone);
  }

  /** An event of an id that there is changes where it is, and may become somebody else's. */
  happen(contact: Contact, madeBy: Cause, key: string | undefined): void {
    const isSame = (event: Happened): boolean => key !== undefined && event.key === key;
    const known = this.contacts.flatMap(({ events }) => events).find(isSame);
    for (const each of this.contacts) each.events = each.events.filter((one) => !isSame(one));
    contact.events.push(known ?? { madeBy, key });
  }

  undo(id: number): { contacts: number; companies: number; events: number } {
    const one = this.imports[id - 1]!;
    one.isUndone = true;
    const gone = this.contacts.filter((contact) => this.isUntouched(contact, id));
    const stay = this.contacts.filter((contact) => !gone.includes(contact));
    const closed = [...this.companies]
      .filter(([, { madeBy, updatedAt }]) => madeBy === id && updatedAt === one.now)
      .map(([name]) => name)
      .filter((name) => !stay.some(({ company }) => company === name));
    const events = this.contacts.flatMap((contact) =>
      contact.events.filter(({ madeBy }) => madeBy === id),
    );
    this.#takeBack(id, one);
    this.contacts = stay;
    for (const name of closed) this.companies.delete(name);
    return { contacts: gone.length, companies: closed.length, events: events.length };
  }

  #takeBack(id: number, { given, taken, overridden }: Import): void {
    for (const contact of this.contacts) {
      this.#end(contact, id);
      this.#comeBack(contact, id);
    }
    for (const [contact, tag] of given) contact.tags.delete(tag);
    for (const [contact, tag] of taken)
      if (!this.#wasGivenByUndone(contact, tag, id)) contact.tags.add(tag);
    for (const one of overridden) this.#restore(...one);
  }

  /** Of what it did and what others did, the last that was not taken back says who is in. */
  #comeBack(contact: Contact, id: number): void {
    const { moves, pins } = contact;
    if (contact.in.has('news') || pins.has('news')) return;
    if (!moves.some(({ cause }) => cause === id)) return;
    const last = moves.findLast(
      ({ isIn, cause }) => !this.#isUndone(cause) && (isIn || cause !== 'undo'),
    );
    if (last?.isIn === true)
      this.#enter(contact, 'news', typeof last.cause === 'number' ? last.cause : 'undo');
  }

  #isUndone(cause: Cause): boolean {
    return typeof cause === 'number' && this.imports[cause - 1]!.isUndone;
  }

  /** Whether the import before this one that had to do with the tag gave it, and was taken back. */
  #wasGivenByUndone(contact: Contact, tag: string, id: number): boolean {
    const speaks = (list: Import['given']): boolean =>
      list.some(([to, name]) => to === contact && name === tag);
    const before = this.imports
      .slice(0, id - 1)
      .findLast(({ given, taken }) => speaks(given) || speaks(taken));
    return before !== undefined && before.isUndone && speaks(before.given);
  }

  #restore(contact: Contact, alias: Alias, pin: Pin): void {
    const isMember = alias === 'news' && contact.in.has(alias);
    if (!contact.pins.has(alias) && !isMember) contact.pins.set(alias, pin);
  }

  #end(contact: Contact, id: number): void {
    contact.events = contact.events.filter(({ madeBy }) => madeBy !== id);
    const pin = contact.pins.get('hot');
    if (pin?.kind === 'in' && pin.cause === id) contact.pins.delete('hot');
    if (contact.in.get('news') === id) this.leave(contact, 'undo');
  }

  /** Members of the dynamic segment follow at the next update. */
  state(isUpdated: boolean) {
    return {
      contacts: this.contacts.map(
        ({ name, company, tags, isSuppressed, events, pins, ...rest }) => ({
          ...{
            name,
            company,
            isSuppressed,
            tags: [...tags].sort().join('|'),
            events: events.length,
          },
          pins: [...pins].map(([alias, { kind }]) => `${alias} ${kind}`).sort(),
          in: [...rest.in.keys()].filter((alias) => alias === 'news' || isUpdated).sort(),
        }),
      ),
      companies: [...this.companies.keys()].sort(),
    };
  }
}

async function stateOf({ store }: World, isUpdated: boolean) {
  return store.read(async (tx) => {
    const rows = await tx.contacts.list({}, ['email', 'company', 'tags']);
    const said = await tx.contacts.suppressions(rows.map(({ id }) => id));
    const events = await tx.events.list({});
    const segments = await Promise.all(
      (await tx.segments.list()).map(async ({ id, alias }) => ({
        alias,
        members: (await tx.members.list(id, {})).map(({ contactId }) => contactId),
        pins: await tx.pins.list(id, {}),
      })),
    );
    return {
      contacts: rows.map(({ id, email, company, tags }) => ({
        name: (email as string).split('@')[0],
        company,
        isSuppressed: said.some(({ contactId }) => contactId === id),
        tags: tags ?? '',
        events: events.filter(({ contactId }) => contactId === id).length,
        pins: segments
          .flatMap(({ alias, pins }) =>
            pins.flatMap(({ contactId, kind }) => (contactId === id ? [`${alias} ${kind}`] : [])),
          )
          .sort(),
        in: segments
          .filter(({ alias, members }) => members.includes(id) && (alias === 'news' || isUpdated))
          .map(({ alias }) => alias)
          .sort(),
      })),
      companies: (await tx.companies.list({}, ['name'])).map(({ name }) => name).sort(),
    };
  });
}

interface Scene {
  readonly world: World;
  readonly model: Model;
  readonly now: number;
}

const file = fc.record({
  kind: fc.constant('import' as const),
  rows: fc.array(
    fc.record({
      name: fc.constantFrom(...PEOPLE),
      tags: fc.constantFrom('', 'x', 'x|y', '-x', 'NULL', '-x|y'),
      company: fc.constantFrom('', 'K', 'L', 'NULL'),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  segments: fc.subarray<Alias>([...ALIASES]),
  mirror: fc.boolean(),
  overrides: fc.boolean(),
});
const events = fc.record({
  kind: fc.constant('events' as const),
  names: fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 2 }),
  /** Whether they have ids, by which a later file may change them. */
  isKeyed: fc.boolean(),
});
const deed = fc.record({
  kind: fc.constantFrom(
    ...(['edit', 'tag', 'untag', 'suppress', 'keep', 'remove', 'delete', 'sqlEdit'] as const),
    ...(['sqlPoints', 'update', 'undo', 'undo', 'undo'] as const),
  ),
  name: fc.constantFrom(...PEOPLE),
  tag: fc.constantFrom(...TAGS),
  alias: fc.constantFrom<Alias>(...ALIASES),
  which: fc.nat(5),
});
const step = fc.oneof(
  { weight: 3, arbitrary: file },
  { weight: 1, arbitrary: events },
  { weight: 6, arbitrary: deed },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type File = Extract<Step, { kind: 'import' }>;
type Events = Extract<Step, { kind: 'events' }>;
type Deed = Exclude<Step, { kind: 'import' | 'events' }>;

const address = (name: string): string => `${name}@x.example`;

async function importFile({ world, model, now }: Scene, given: File): Promise<void> {
  const { mirror, overrides } = given;
  const rows = given.rows.filter(
    ({ name }, index) => given.rows.findIndex((each) => each.name === name) === index,
  );
  const segments = mirror ? ['news' as const] : given.segments;
  const lines = rows.map(({ name, tags, company }) => `${address(name)},${tags},${company}\n`);
  const path = world.file('contacts.csv', `email,tags,company\n${lines.join('')}`);
  await importContacts(
    world.store,
    path,
    {
      ...{ segments, mirror, overrideRemovals: overrides },
      maxShrink: { kind: 'share', share: 1 },
    },
    { stdin: Readable.from([]), now, by: null },
  );
  const fills = segments.includes('news');
  const [id, begun] = model.begin(now, { mirrors: mirror, fills });
  const named = rows.map(({ name, tags, company }) => {
    const contact = model.find(name) ?? model.come(name, id, now);
    const changes = [model.tag(contact, tags, begun), model.enter(contact, company, id, now)];
    if (changes.includes(true)) contact.updatedAt = now;
    return contact;
  });
  for (const contact of model.contacts)
    if (mirror && !named.includes(contact)) model.leave(contact, id);
  for (const alias of segments)
    for (const contact of named) model.join(contact, alias, id, overrides);
}

async function importTheirEvents(scene: Scene, { names, isKeyed }: Events): Promise<void> {
  const { world, model, now } = scene;
  const keys = names.map((_, at) => (isKeyed ? `e${at}` : undefined));
  const lines = names.map(
    (name, at) => `${address(name)},a,${new Date(now).toISOString()},${keys[at] ?? ''}\n`,
  );
  const path = world.file('events.csv', `contact,type,occurred_at,id\n${lines.join('')}`);
  const context = { stdin: Readable.from([]), now, by: null };
  await importEvents(world.store, path, { createContacts: true }, context);
  const [id] = model.begin(now);
  const contacts = names.map((name) => model.find(name) ?? model.come(name, id, now));
  for (const [at, contact] of contacts.entries()) model.happen(contact, id, keys[at]);
}

type Doing = (scene: Scene, contact: Contact, id: number, deed: Deed) => Promise<void>;

/** What is done to a contact, in the store and in the model. */
const DEEDS: Readonly<Record<Exclude<Deed['kind'], 'update' | 'undo'>, Doing>> = {
  async edit({ world, now }, contact, id) {
    const value = `city ${now}`;
    await world.store.write(async (tx) => editContact(tx, id, [{ name: 'city', value }], now));
    contact.updatedAt = now;
  },
  async sqlEdit({ world, now }, contact, id) {
    await world.sql(`update contacts set updated_at = ${now} where id = ${id}`);
    contact.updatedAt = now;
    await Promise.resolve();
  },
  async sqlPoints({ world }, contact, id) {
    contact.points = 60 - contact.points;
    await world.sql(`update contacts set points = ${contact.points} where id = ${id}`);
    await Promise.resolve();
  },
  async tag({ world, now }, contact, id, { tag }) {
    await world.store.write(async (tx) => tagContacts(tx, [id], [tag], now));
    contact.tags.add(tag);
  },
  async untag({ world }, contact, id, { tag }) {
    if (!contact.tags.has(tag)) return;
    await world.store.write(async (tx) => untagContacts(tx, [id], [tag]));
    contact.tags.delete(tag);
  },
  async suppress({ world, now }, contact, id) {
    await world.store.write(async (tx) => suppressContacts(tx, [id], ['email'], 'manual', now));
    contact.isSuppressed = true;
  },
  async keep({ world, model, now }, contact, id, { alias }) {
    const decision = { via: 'manual', now, by: null };
    await world.store.write(async (tx) =>
      addToSegment(tx, await getSegment(tx, alias), [id], decision),
    );
    model.keep(contact, alias, 'hand');
    model.decide(contact, alias);
  },
  async remove({ world, model, now }, contact, id, { alias }) {
    const decision = { via: 'manual', now, by: null };
    await world.store.write(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, alias), [id], decision),
    );
    model.remove(contact, alias);
  },
  async delete({ world, model, now }, contact, id) {
    await world.store.write(async (tx) => deleteContacts(tx, [id], { now, by: null }));
    // who comes back with the address must not be reached: of these the model knows nothing
    await world.sql(`delete from address_suppressions where address = '${address(contact.name)}'`);
    model.contacts = model.contacts.filter((each) => each !== contact);
  },
};

async function undoOne({ world, model, now }: Scene, which: number): Promise<void> {
  const open = model.imports.flatMap(({ isUndone }, at) => (isUndone ? [] : [at + 1]));
  const id = open[which % Math.max(open.length, 1)];
  if (id === undefined) return;
  const undone = undoImport(world.store, String(id), { now, by: null, isDry: false });
  if (model.isHeld(id)) await expect(undone).rejects.toMatchObject({ code: 'MIRRORED_SINCE' });
  else expect(await undone).toMatchObject(model.undo(id));
}

async function take(scene: Scene, given: Step): Promise<void> {
  const { world, model, now } = scene;
  if (given.kind === 'import') return importFile(scene, given);
  if (given.kind === 'events') return importTheirEvents(scene, given);
  if (given.kind === 'undo') return undoOne(scene, given.which);
  if (given.kind === 'update') {
    await updateSegments(world.store, { segments: [], now });
    model.update();
    return;
  }
  const contact = model.find(given.name);
  if (contact === undefined) return;
  const id = await world.value(`select id from contacts where email = '${address(given.name)}'`);
  await DEEDS[given.kind](scene, contact, id, given);
}

async function peopled(): Promise<World> {
  const world = await makeWorld();
  await world.store.write(async (tx) => {
    const action = { now: NOW, by: null };
    await createSegment(tx, { name: 'news' }, action);
    await createSegment(tx, { name: 'hot', where: 'points > 10' }, action);
  });
  return world;
}

async function live(steps: readonly Step[]): Promise<void> {
  const world = await peopled();
  const model = new Model();
  for (const [index, given] of steps.entries()) {
    await take({ world, model, now: NOW + index * 1_000 }, given);
    const isUpdated = given.kind === 'update';
    const said = JSON.stringify(steps.slice(0, index + 1));
    expect(await stateOf(world, isUpdated), said).toEqual(model.state(isUpdated));
  }
}

test('law: an import that is taken back after any history leaves what the rules say', async () => {
  const steps = fc.array(step, { minLength: 8, maxLength: 30, size: 'max' });
  await fc.assert(fc.asyncProperty(steps, live), { numRuns: RUNS, endOnFailure: true });
}, 600_000);

interface Chain {
  readonly before: readonly Step[];
  readonly files: readonly File[];
}

const chain = fc.record({
  before: fc.array(step, { maxLength: 12, size: 'max' }),
  files: fc.array(file, { minLength: 2, maxLength: 5, size: 'max' }),
});

async function undoChain({ before, files }: Chain): Promise<void> {
  const world = await peopled();
  const model = new Model();
  const scene = (index: number): Scene => ({ world, model, now: NOW + index * 1_000 });
  for (const [index, given] of before.entries()) await take(scene(index), given);
  const { contacts } = await stateOf(world, false);
  for (const [index, given] of files.entries()) await importFile(scene(20 + index), given);
  for (const [index] of files.entries()) {
    const context = { now: NOW + (30 + index) * 1_000, by: null, isDry: false };
    await undoImport(world.store, String(model.imports.length - index), context);
  }
  const after = await stateOf(world, false);
  // whom one file made and another edited stays
  const present = after.contacts.filter(({ name }) => contacts.some((one) => one.name === name));
  const decided = (all: typeof contacts) =>
    all.map(({ name, tags, pins, in: within }) => ({ name, tags, pins, within }));
  expect(decided(present), JSON.stringify({ before, files })).toEqual(decided(contacts));
}

test('law: imports that are taken back one after the other leave who was in before', async () => {
  const property = fc.asyncProperty(chain, undoChain);
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
}, 600_000);
