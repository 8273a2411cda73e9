import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  eachSuppression,
  suppressAddresses,
  suppressContacts,
  unsuppressAddresses,
  unsuppressContacts,
} from '../../src/contact/consent.ts';
import { deleteContacts } from '../../src/contact/contacts.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { importSuppressions } from '../../src/csv/import.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

async function importList(world: World, text: string, options: ImportOptions = {}) {
  const context = { stdin: Readable.from([]), now: NOW, by: 'tester' };
  return importSuppressions(world.store, world.file('list.csv', text), options, context);
}

async function stateOf(world: World) {
  const addresses = new Set<string>();
  for await (const { address, channel, reason } of eachSuppression(world.store))
    addresses.add(`${address.toLowerCase()} ${channel} ${reason}`);
  const contacts = await world.store.read(async (tx) => {
    const rows = await tx.contacts.list({}, ['email']);
    const said = await tx.contacts.suppressions(rows.map(({ id }) => id));
    return rows.map(({ id, email }) => ({
      id,
      email: email === null ? null : String(email).toLowerCase(),
      said: said
        .filter(({ contactId }) => contactId === id)
        .map(({ channel, reason }) => `${channel} ${reason}`),
    }));
  });
  return { addresses: [...addresses].sort(), contacts };
}

test('a list is read with its channels, reasons and dates, and the same again changes nothing', async () => {
  const world = await makeWorld();
  await world.contacts('email\nANN@x.example\n');
  const list =
    'Email address,channel,reason,created_at\n' +
    'ann@x.example,,,\nbob@x.example,sms,Bounced,2020-01-02\nBOB@x.example,sms,bounced,\n';
  expect(figures(await importList(world, list))).toEqual({ rows: 3, inserted: 2, merged: 1 });
  expect(await stateOf(world)).toEqual({
    addresses: ['ann@x.example email manual', 'bob@x.example sms bounced'],
    contacts: [{ id: 1, email: 'ann@x.example', said: ['email manual'] }],
  });
  expect(figures(await importList(world, list))).toEqual({ rows: 3, unchanged: 2, merged: 1 });
  await world.contacts('email\nbob@x.example\n');
  const of = await world.store.read(async (tx) => tx.contacts.suppressions([2]));
  expect(of).toEqual([
    {
      ...{ contactId: 2, channel: 'sms', reason: 'bounced' },
      createdAt: Date.parse('2020-01-02'),
    },
  ]);
});

test('words of a status are reasons; who can be reached is left alone, and nothing is lifted', async () => {
  const world = await makeWorld();
  await world.contacts('email,unsubscribed\nann@x.example,yes\n');
  const list =
    'Email Address,Status\nann@x.example,subscribed\nbob@x.example,Cleaned\n' +
    'cid@x.example,UNSUBSCRIBED\ndan@x.example,non-subscribed\neve@x.example,active\n' +
    'fay@x.example,odd\nbob@x.example,subscribed\n';
  const report = await importList(world, list);
  expect(figures(report)).toEqual({ rows: 7, inserted: 3, unchanged: 3, rejected: 1 });
  expect(report.notes).toEqual([
    'nothing was lifted: 3 rows say that an address can be reached ' +
      '(suppressions:delete lifts what stands for one)',
  ]);
  expect(report.samples[0]?.reason).toBe(
    'odd is no reason: write manual, bounced, unsubscribed, or a status ' +
      '(active, unsubscribed, bounced, …)',
  );
  expect((await stateOf(world)).addresses).toEqual([
    'ann@x.example email unsubscribed',
    'bob@x.example email bounced',
    'cid@x.example email unsubscribed',
    'dan@x.example email manual',
  ]);
  expect(figures(await importList(world, list))).toEqual({ rows: 7, unchanged: 6, rejected: 1 });
});

test('what a list does not name is told by options; other words reject their rows', async () => {
  const world = await makeWorld();
  const list =
    'address,channel,reason\na@x.example,,\nb@x.example,fx,\nc@x.example,,angry\nnone,,\n';
  const report = await importList(world, list, { channels: ['fax'], reason: 'unsubscribed' });
  expect(report.samples.map(({ line, column }) => [line, column])).toEqual([
    [3, 'channel'],
    [4, 'reason'],
    [5, 'address'],
  ]);
  expect((await stateOf(world)).addresses).toEqual(['a@x.example fax unsubscribed']);
  const { exit } = await refusal(importList(world, 'name\nx\n'));
  expect(exit).toBe(65);
});

/** Who must not be reached, by the rules of docs/csv.md and nothing of how they are kept. */
class Model {
  readonly addresses = new Map<string, Set<string>>();
  readonly contacts = new Map<number, { email: string | null; said: Set<string> }>();

  at(address: string): Set<string> {
    const found = this.addresses.get(address) ?? new Set();
    this.addresses.set(address, found);
    return found;
  }

  suppress(contact: number, reason: string): void {
    const { email, said } = this.contacts.get(contact)!;
    said.add(`email ${reason}`);
    if (email !== null) this.at(email).add(`email ${reason}`);
  }

  suppressAddress(address: string, reason: string): void {
    this.at(address).add(`email ${reason}`);
    for (const { email, said } of this.contacts.values())
      if (email === address) said.add(`email ${reason}`);
  }

  lift(contact: number, reason: string): void {
    const { email, said } = this.contacts.get(contact)!;
    if (said.delete(`email ${reason}`) && email !== null) this.at(email).delete(`email ${reason}`);
  }

  liftAddress(address: string): void {
    const standing = this.at(address);
    for (const { email, said } of this.contacts.values())
      if (email === address) for (const each of standing) said.delete(each);
    standing.clear();
  }

  move(contact: number, email: string | null): void {
    const one = this.contacts.get(contact)!;
    if (one.email === email) return;
    const standing = email === null ? new Set<string>() : this.at(email);
    if (!standing.has('email bounced')) one.said.delete('email bounced');
    if (email !== null) for (const each of one.said) standing.add(each);
    for (const each of standing) one.said.add(each);
    one.email = email;
  }

  come(contact: number, email: string): void {
    this.contacts.set(contact, { email, said: new Set(this.at(email)) });
  }

  state() {
    const flat = [...this.addresses].flatMap(([address, said]) =>
      [...said].map((each) => `${address} ${each}`),
    );
    return {
      addresses: flat.sort(),
      contacts: [...this.contacts].map(([id, { email, said }]) => ({
        ...{ id, email, said: [...said].sort() },
      })),
    };
  }
}

const NAMES = ['a', 'b', 'é'];
const REASONS = ['unsubscribed', 'bounced', 'manual'] as const;
const step = fc.record({
  kind: fc.constantFrom(
    ...(['import', 'suppress', 'suppressAddress', 'lift', 'liftAddress', 'delete'] as const),
    ...(['sqlDelete', 'sqlInsert', 'replace', 'move', 'importKey'] as const),
  ),
  name: fc.constantFrom(...NAMES),
  shouts: fc.boolean(),
  which: fc.nat(5),
  reason: fc.constantFrom(...REASONS),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test('law: an address that is suppressed stays so for whoever has it, until somebody lifts it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const world = await makeWorld();
      await world.addField('crm_id', 'text', { unique: true });
      const model = new Model();
      for (const one of steps) {
        await take(world, model, one);
        await world.store.write(async (tx) => tx.suppressions.settle());
        expect(await stateOf(world)).toEqual(model.state());
      }
    }),
    { numRuns: 30 },
  );
});

interface Scene {
  readonly world: World;
  readonly model: Model;
  readonly email: string;
  readonly written: string;
  readonly reason: (typeof REASONS)[number];
  /** Who has the address. */
  readonly holder: number | undefined;
}

const write = async (world: World, work: Parameters<World['store']['write']>[0]) =>
  world.store.write(work);

/** What is done to an address. */
const TO_ADDRESSES: Partial<Record<Step['kind'], (scene: Scene) => Promise<void>>> = {
  async import({ world, model, email, written, reason, holder }) {
    const next = nextId(world);
    const column = reason === 'manual' ? 'do_not_contact' : reason;
    await world.contacts(`email,${column}\n${written},no\n`);
    if (holder === undefined) model.come(next, email);
  },
  async sqlInsert({ world, model, email, written, holder }) {
    if (holder !== undefined) return;
    const next = nextId(world);
    world.sql(`insert into contacts (email, created_at, updated_at) values ('${written}', 0, 0)`);
    model.come(next, email);
    await Promise.resolve();
  },
  async replace({ world, model, email, written, holder }) {
    if (email.startsWith('é')) return; // SQL sees two addresses there
    const next = nextId(world);
    world.sql(
      `insert or replace into contacts (email, created_at, updated_at) values ('${written}', 0, 0)`,
    );
    if (holder !== undefined) model.contacts.delete(holder);
    model.come(next, email);
    await Promise.resolve();
  },
  async suppressAddress({ world, model, email, written, reason }) {
    await write(world, async (tx) => suppressAddresses(tx, [written], ['email'], reason, NOW));
    model.suppressAddress(email, reason);
  },
  async liftAddress({ world, model, email, written }) {
    const all = { channels: [], reasons: [] };
    await write(world, async (tx) => unsuppressAddresses(tx, [written], all));
    model.liftAddress(email);
  },
};

/** What is done to a contact. */
const TO_CONTACTS: Partial<Record<Step['kind'], (scene: Scene, contact: number) => Promise<void>>> =
  {
    async suppress({ world, model, reason }, contact) {
      await write(world, async (tx) => suppressContacts(tx, [contact], ['email'], reason, NOW));
      model.suppress(contact, reason);
    },
    async lift({ world, model, reason }, contact) {
      const which = { channels: ['email'], reasons: [reason] };
      await write(world, async (tx) => unsuppressContacts(tx, [contact], which));
      model.lift(contact, reason);
    },
    async delete({ world, model }, contact) {
      await write(world, async (tx) => deleteContacts(tx, [contact]));
      model.contacts.delete(contact);
    },
    async sqlDelete({ world, model }, contact) {
      // with foreign keys on, as better-sqlite3 has them
      world.sql(`delete from contacts where id = ${contact}`);
      model.contacts.delete(contact);
      await Promise.resolve();
    },
    async move({ world, model, email, written, holder }, contact) {
      if (holder !== undefined && holder !== contact) return;
      world.sql(`update contacts set email = '${written}' where id = ${contact}`);
      model.move(contact, email);
      await Promise.resolve();
    },
    async importKey({ world, model, email, written, holder }, contact) {
      if (holder !== undefined && holder !== contact) return;
      await world.contacts(`id,email\n${contact},${written}\n`, { key: 'id' });
      model.move(contact, email);
    },
  };

/** What other programs write of letters beyond ASCII is seen by the next update. */
async function take(world: World, model: Model, { kind, name, shouts, which, reason }: Step) {
  const email = `${name}@x.example`;
  const written = shouts ? email.toUpperCase() : email;
  const ids = [...model.contacts.keys()];
  const holder = ids.find((id) => model.contacts.get(id)?.email === email);
  const scene = { world, model, email, written, reason, holder };
  await TO_ADDRESSES[kind]?.(scene);
  const contact = ids[which % Math.max(ids.length, 1)];
  if (contact !== undefined) await TO_CONTACTS[kind]?.(scene, contact);
}

function nextId(world: World): number {
  return (
    world.value("select coalesce((select seq from sqlite_sequence where name = 'contacts'), 0)") + 1
  );
}

test('what another program wrote for an address reaches who has it with the next list', async () => {
  const world = await makeWorld();
  await world.contacts('email\nann@x.example\n');
  world.sql("insert into address_suppressions values ('Ann@x.example', 'email', 'manual', 5)");
  const report = await importList(world, 'address\nann@x.example\n');
  expect(figures(report)).toEqual({ rows: 1, unchanged: 1 });
  expect((await stateOf(world)).contacts).toEqual([
    { id: 1, email: 'ann@x.example', said: ['email manual'] },
  ]);
});

test.each([
  ['kim@xn--bcher-kva.example', 'kim@bücher.example'],
  ['kim@bücher.example', 'kim@xn--bcher-kva.example'],
  ['JÖRG@x.example', 'jörg@x.example'],
])('what stands for %s is known, and lifted by an import, as %s', async (address, contact) => {
  const world = await makeWorld();
  await importList(world, `address\n${address}\n`, { reason: 'unsubscribed' });
  await world.contacts(`email\n${contact}\n`);
  const among = await world.store.read(async (tx) =>
    tx.suppressions.among([contact, 'a@x.example']),
  );
  expect(among).toEqual([contact]);
  await world.contacts(`email,unsubscribed\n${contact},no\n`, { allowResubscribe: true });
  expect(await stateOf(world)).toMatchObject({ addresses: [], contacts: [{ said: [] }] });
});

test('reasons may be words of a status, but for those that speak against nobody', async () => {
  const world = await makeWorld();
  const list = 'email,reason\na@x.example,Hard bounce\nb@x.example,OPTED_OUT\nc@x.example,Active\n';
  expect(figures(await importList(world, list))).toEqual({ rows: 3, inserted: 2, rejected: 1 });
  expect((await stateOf(world)).addresses).toEqual([
    'a@x.example email bounced',
    'b@x.example email unsubscribed',
  ]);
});

test('a list that begins with an address is told that it has no header', async () => {
  const world = await makeWorld();
  const { exit, hint } = await refusal(importList(world, 'ann@x.example\nbob@x.example\n'));
  expect([exit, hint]).toEqual([
    65,
    'its first line, with `ann@x.example`, must name the columns: put such a line before it',
  ]);
});
