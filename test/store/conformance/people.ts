import { describe, expect } from 'vitest';
import type { FieldType, ReadTx, Store, WriteTx } from '../../../src/store/index.ts';
import { addContacts, addSegment, DAY, type MakeStore, NOW, storeTest } from './fixture.ts';

const LATER = NOW + DAY;
const ERASING = { now: LATER, by: 'tester' };

async function addUnique(store: Store, ...fields: [string, FieldType][]): Promise<void> {
  await store.write(async (tx) => {
    for (const [alias, type] of fields) {
      const field = { object: 'contact', alias, label: alias, type, options: [] } as const;
      await tx.fields.add({ ...field, unique: true, indexed: false }, NOW);
    }
  });
}

/** `1 email manual` of each contact, by contact, channel and reason. */
async function said(tx: ReadTx): Promise<string[]> {
  const ids = (await tx.contacts.list({}, [])).map(({ id }) => id);
  return (await tx.contacts.suppressions(ids)).map(
    ({ contactId, channel, reason }) => `${contactId} ${channel} ${reason}`,
  );
}

/** `5 email manual` of each value of a field, in the order of the list. */
async function noted(tx: ReadTx, field: string): Promise<string[]> {
  const rows = await tx.suppressions.list({ field, limit: 100 });
  return rows.map(({ value, channel, reason }) => `${value} ${channel} ${reason}`);
}

export function peopleConformance(makeStore: MakeStore): void {
  describe('what is said of people', () => wishes(makeStore));
  describe('erased people', () => erasing(makeStore));
  describe('merged people', () => merging(makeStore));
}

function wishes(makeStore: MakeStore): void {
  storeTest(makeStore, 'holds for their unique values of every type', async (store) => {
    await addUnique(
      store,
      ['crm', 'text'],
      ['no', 'number'],
      ['at', 'datetime'],
      ['line', 'phone'],
    );
    await store.write(async (tx) => {
      const values = { crm: 'Ann1', no: 2.5, at: NOW, line: '+33 6 12' };
      const [ann] = await addContacts(tx, { email: 'Ann@x.example', ...values });
      await tx.contacts.suppress([ann!], ['email'], 'bounced', NOW);
      await tx.contacts.suppress([ann!], ['SMS'], 'manual', NOW);
      expect(await noted(tx, 'email')).toEqual([
        'Ann@x.example email bounced',
        'Ann@x.example SMS manual',
      ]);
      for (const [field, value] of Object.entries(values)) {
        expect(await noted(tx, field)).toEqual([`${value} SMS manual`]);
        expect(await tx.suppressions.count(field)).toBe(1);
        expect(await tx.suppressions.among(field, [value, null])).toEqual([value]);
      }
    });
  });

  storeTest(makeStore, 'is given to who gets such a value, in any letters', async (store) => {
    await addUnique(store, ['crm', 'text'], ['no', 'number'], ['line', 'phone']);
    await store.write(async (tx) => {
      const [ann] = await addContacts(tx, { crm: 'É1', no: 7, line: '+33 6 12' });
      await tx.contacts.suppress([ann!], ['email'], 'manual', NOW);
      await tx.contacts.update([ann!], { crm: null, no: null, line: null }, NOW);
      await addContacts(tx, { crm: 'é1' }, { no: 7 }, { line: '0033612' }, { crm: 'other' });
      await tx.suppressions.settle();
      expect(await said(tx)).toEqual([1, 2, 3, 4].map((id) => `${id} email manual`));
    });
  });

  storeTest(makeStore, 'is shown to readers before anybody settles it', async (store) => {
    await store.write(async (tx) => {
      const wish = { channel: 'email', reason: 'manual', createdAt: NOW };
      await tx.suppressions.add([{ ...wish, address: 'é@x.example' }]);
      await addContacts(tx, { email: 'É@X.example' });
    });
    const shown = async (): Promise<unknown[]> =>
      store.read(async (tx) => [await said(tx), await noted(tx, 'email')]);
    const all = [['1 email manual'], ['É@X.example email manual', 'é@x.example email manual']];
    expect(await shown()).toEqual(all);
    expect(await shown()).toEqual(all);
    await store.write(async (tx) => {
      expect(await said(tx)).toEqual([]); // nothing of it was written
      expect(await tx.suppressions.settle()).toBe(1);
    });
    expect(await shown()).toEqual(all);
  });

  storeTest(makeStore, 'is listed in order of value, in any case, page by page', async (store) => {
    await addUnique(store, ['no', 'number']);
    await store.write(async (tx) => {
      const people = [10, 9, -1, 2.5].map((no) => ({ no, email: `${no}@x.example` }));
      const ids = await addContacts(
        tx,
        ...people,
        { email: 'B@x.example' },
        { email: 'a@x.example' },
      );
      await tx.contacts.suppress(ids, ['Push', 'email'], 'manual', NOW);
      const list = async (field: string, descends?: boolean): Promise<string[]> => {
        const order = descends === undefined ? undefined : { by: 'value', descends };
        const found: string[] = [];
        for (let after; ;) {
          const rows = await tx.suppressions.list({ field, order, after, limit: 3 });
          found.push(
            ...rows.map(({ value, channel, contactId }) => `${value} ${channel} ${contactId}`),
          );
          if (rows.length < 3) return found;
          after = rows.at(-1);
        }
      };
      const pairs = (...values: string[]): string[] =>
        values.flatMap((value) => {
          const [name, id] = value.split('/');
          return [`${name} email ${id}`, `${name} Push ${id}`];
        });
      expect(await list('no')).toEqual(pairs('-1/3', '2.5/4', '9/2', '10/1'));
      expect(await list('no', true)).toEqual(pairs('10/1', '9/2', '2.5/4', '-1/3'));
      expect((await list('email')).slice(-4)).toEqual(pairs('a@x.example/6', 'B@x.example/5'));
    });
  });

  storeTest(makeStore, 'is lifted by value, in any letters, for who has it', async (store) => {
    await addUnique(store, ['crm', 'text'], ['no', 'number']);
    await store.write(async (tx) => {
      const [ann, bo] = await addContacts(
        tx,
        { email: 'é@x.example', crm: 'K1', no: 7 },
        { email: 'bo@x.example', crm: 'K2', no: 8 },
      );
      const say = async (): Promise<number> =>
        tx.contacts.suppress([ann!, bo!], ['email', 'sms'], 'manual', NOW);
      await say();
      expect(await tx.suppressions.lift('email', ['É@X.example'], { channels: ['EMAIL'] })).toBe(1);
      expect(await said(tx)).toEqual(['1 sms manual', '2 email manual', '2 sms manual']);
      await say();
      expect(await tx.suppressions.lift('crm', [' k1'], { reasons: ['MANUAL'] })).toBe(2);
      expect(await said(tx)).toEqual(['2 email manual', '2 sms manual']);
      expect(await tx.suppressions.lift('no', [8, 9], { channels: ['sms'] })).toBe(1);
      expect(await said(tx)).toEqual(['2 email manual']);
      expect(await noted(tx, 'crm')).toEqual(['K2 email manual']);
    });
  });
}

function erasing(makeStore: MakeStore): void {
  storeTest(makeStore, 'leave nothing but hashes, by which they are known again', async (store) => {
    await addUnique(store, ['crm', 'text'], ['no', 'number']);
    await store.write(async (tx) => {
      const [ann, bo] = await addContacts(
        tx,
        { email: 'Ann@x.example', crm: 'Crm-Ann', no: 700_123, city: 'Home of Crm-Ann' },
        { email: 'bo@x.example', crm: 'Crm-Bo', city: 'Next to Crm-Ann' },
      );
      await tx.contacts.suppress([ann!, bo!], ['email'], 'manual', NOW);
      await tx.contacts.update([ann!], { email: 'new@x.example' }, NOW);
      const detail = { contact_ids: [ann!], addresses: ['ann@X.example'], words: 'by Crm-Ann!' };
      await tx.audit.write([
        {
          ...{ at: NOW, by: 'x', command: null, action: 'edited' },
          object: 'contact',
          objectId: ann!,
          detail,
        },
        {
          ...{ at: NOW, by: 'x', command: null, action: 'found' },
          object: 'segment',
          objectId: 1,
          detail: { words: 'crm-ann said so' },
        },
      ]);
      const erased = await tx.contacts.erase({ ...ERASING, contactIds: [ann!] });
      expect(erased).toMatchObject({
        contacts: 1,
        traces: { suppressions: 1, formerValues: 1, auditEntries: 2 },
        remains: [{ place: 'contacts.city', rows: 1 }],
      });
      expect((await tx.audit.list({ limit: 9 })).map(({ detail: kept }) => kept)).toEqual([
        { words: '(erased) said so' },
        { contact_ids: [ann!], addresses: ['(erased)'] },
      ]);
      expect(await noted(tx, 'email')).toEqual(['bo@x.example email manual']);
      expect(await noted(tx, 'crm')).toEqual(['Crm-Bo email manual']);
      const values = [
        { column: 'email', value: 'ANN@x.example' },
        { column: 'no', value: 700_123 },
        { column: 'crm', value: 'Crm-Bo' },
      ];
      expect(await tx.erased.since(values)).toEqual([LATER, LATER, null]);
      await tx.erased.readmit(values.slice(1));
      expect(await tx.erased.since(values)).toEqual([LATER, null, null]);
      expect(await tx.erased.isPending()).toBe(true);
    });
    expect(await store.scour()).toBe(true);
    expect(await store.read(async (tx) => tx.erased.isPending())).toBe(false);
  });

  storeTest(makeStore, 'are suppressed where another program brings them back', async (store) => {
    await addUnique(store, ['no', 'number']);
    await store.write(async (tx) => {
      await addContacts(tx, { email: 'ann@x.example', no: 0.1 });
      await tx.contacts.erase({ ...ERASING, contactIds: [1] });
      await addContacts(tx, { no: 0.1 }, { no: 1 });
    });
    const reached = async (tx: ReadTx): Promise<string[]> =>
      (await said(tx)).filter((one) => one.includes('email'));
    expect(await store.read(reached)).toEqual(['2 email manual']);
    await store.write(async (tx) => {
      await tx.suppressions.settle();
      expect(await reached(tx)).toEqual(['2 email manual']);
    });
  });

  storeTest(makeStore, 'may be only values, of which somebody may speak', async (store) => {
    await store.write(async (tx) => {
      const value = { column: 'email', value: 'Gone@x.example' };
      const wish = { channel: 'email', reason: 'manual', createdAt: NOW };
      expect(await tx.erased.isSpokenOf(value)).toBe(false);
      await tx.suppressions.add([{ ...wish, address: 'gone@x.example' }]);
      expect(await tx.erased.isSpokenOf(value)).toBe(true);
      const { traces } = await tx.contacts.erase({ ...ERASING, contactIds: [], values: [value] });
      expect(traces.wishes).toBe(1);
      expect(await tx.erased.isSpokenOf(value)).toBe(false);
    });
  });
}

async function mergeInto(tx: WriteTx, winner: number, losers: number[], values = {}) {
  return tx.contacts.merge({ winner, losers, values, yielding: ['points'], ...ERASING });
}

function merging(makeStore: MakeStore): void {
  storeTest(makeStore, 'have the tags, wishes and former values of all', async (store) => {
    await addUnique(store, ['crm', 'text'], ['no', 'number']);
    await store.write(async (tx) => {
      const ids = await addContacts(
        tx,
        { email: 'w@x.example', crm: 'W' },
        { email: 'L@x.example', crm: 'w2', no: 5 },
        { email: 'm@x.example' },
      );
      await tx.contacts.suppress([ids[1]!], ['email'], 'manual', LATER);
      await tx.contacts.suppress([ids[2]!], ['EMAIL', 'sms'], 'manual', NOW);
      await tx.contacts.tag([ids[1]!, ids[2]!], ['vip', 'VIP'], NOW);
      await tx.contacts.update([ids[1]!], { crm: 'w3' }, NOW);
      const merged = await mergeInto(tx, ids[0]!, ids.slice(1), { no: 5 });
      expect(merged).toMatchObject({ tags: 1, suppressions: 2, events: 0 });
      expect(await tx.contacts.list({}, ['email', 'crm', 'no', 'tags'])).toEqual([
        { id: 1, email: 'w@x.example', crm: 'W', no: 5, tags: 'vip' },
      ]);
      const rows = await tx.contacts.suppressions([1]);
      expect(rows.map(({ channel, createdAt }) => [channel.toLowerCase(), createdAt])).toEqual([
        ['email', NOW],
        ['sms', NOW],
      ]);
      expect(await tx.contacts.mergedInto(ids[2]!)).toBe(1);
      for (const [column, value] of [
        ['email', 'l@X.example'],
        ['crm', 'W2'],
        ['crm', 'w3'],
      ] as const)
        expect(await tx.contacts.formerly({ column, value })).toEqual([1]);
      expect(await tx.contacts.formerly({ column: 'no', value: 5 })).toEqual([]);
      expect(await tx.suppressions.among('email', ['l@x.example'])).toEqual(['l@x.example']);
    });
  });

  storeTest(makeStore, 'are in the lists of all, and kept out where any was', async (store) => {
    await store.write(async (tx) => {
      const list = await addSegment(tx, 'List', { kind: 'static', filter: null });
      const out = await addSegment(tx, 'out', { kind: 'static', filter: null });
      const ids = await addContacts(tx, { email: 'w@x.example' }, { email: 'l@x.example' });
      const cause = { via: 'manual', now: NOW, runId: null };
      await tx.members.add(list, [ids[1]!], cause);
      await tx.members.add(out, [ids[0]!], cause);
      await tx.pins.set(
        out,
        [ids[1]!],
        { kind: 'out', until: null },
        { ...cause, by: null, reason: 'asked' },
      );
      expect(await mergeInto(tx, ids[0]!, [ids[1]!])).toMatchObject({
        joined: ['List'],
        left: ['out'],
        pinned: ['out'],
      });
      expect((await tx.members.list(list, {})).map(({ contactId }) => contactId)).toEqual([1]);
      expect(await tx.members.list(out, {})).toEqual([]);
      expect(await tx.pins.list(out, {})).toMatchObject([{ contactId: 1, reason: 'asked' }]);
      const held = (await tx.contacts.held(1)).map(({ table }) => table);
      expect(held).toEqual(
        expect.arrayContaining(['contacts', 'joined', 'pins', 'merged_contacts']),
      );
    });
  });
}
