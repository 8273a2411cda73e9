import { describe, expect } from 'vitest';
import type { NewEvent, NewField, Order, WriteTx } from '../../../src/store/index.ts';
import { addContacts, addSegment, getField, type MakeStore, NOW, storeTest } from './fixture.ts';

const ascending = (by: string): Order => ({ by, descends: false });
const descending = (by: string): Order => ({ by, descends: true });

const CITIES = ['bonn', 'Rome', 'Bonn', null, 'amsterdam', 'ROME', 'Zürich', 'éze', '_x'];
/** By ASCII letters without case, other letters by their bytes, equals by id, none last. */
const BY_CITY = [9, 5, 1, 3, 2, 6, 7, 8, 4];

const someField = (alias: string, more: Partial<NewField>): NewField => ({
  ...{ object: 'contact', alias, label: alias, type: 'text', options: [] },
  ...{ unique: false, indexed: false },
  ...more,
});

const visit = (type: string, more: Partial<NewEvent> = {}): NewEvent => ({
  ...{ contactId: 1, type, subject: null, value: null, occurredAt: NOW - 1000 },
  ...{ properties: null, externalId: null },
  ...more,
});

/** What SQLite says of a column (`collate nocase`), and PostgreSQL of each comparison. */
export function lettersConformance(makeStore: MakeStore): void {
  describe('texts that differ in the case of ASCII letters alone', () => {
    storeTest(makeStore, 'are one place in the order of records', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, ...CITIES.map((city) => ({ city })));
        const { contacts } = tx;
        expect(await contacts.order({}, ascending('city'))).toEqual(BY_CITY);
        expect(await contacts.order({}, descending('city'))).toEqual([8, 7, 2, 6, 1, 3, 5, 9, 4]);
        expect(await contacts.order({ limit: 4 }, ascending('city'))).toEqual(BY_CITY.slice(0, 4));
        expect(await contacts.order({ after: 2, limit: 3 }, ascending('city'))).toEqual([9, 5, 3]);
        for (const name of ['beta', 'Alpha', 'Gamma', 'alphabet'])
          await tx.companies.insert({ name }, NOW);
        expect(await tx.companies.order({}, ascending('name'))).toEqual([2, 4, 1, 3]);
        for (const [contact, company] of [1, 3, 2].entries())
          await contacts.update([contact + 1], { company_id: company }, NOW);
        expect((await contacts.order({}, ascending('company'))).slice(0, 3)).toEqual([3, 1, 2]);
      });
    });

    storeTest(makeStore, 'are one place in the order of a field of any type', async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(someField('plan', { type: 'select', options: ['pro', 'Free'] }), NOW);
        await tx.fields.add(someField('seats', { type: 'number' }), NOW);
        await tx.fields.add(someField('paid', { type: 'boolean' }), NOW);
        await addContacts(
          tx,
          ...[
            { plan: 'pro', seats: 10, paid: 1 },
            { plan: 'Free', seats: 9, paid: 0 },
            { plan: 'PRO', seats: 9.5 },
          ],
        );
        expect(await tx.contacts.order({}, ascending('plan'))).toEqual([2, 1, 3]);
        expect(await tx.contacts.order({}, ascending('seats'))).toEqual([2, 3, 1]);
        expect(await tx.contacts.order({}, ascending('paid'))).toEqual([2, 1, 3]);
        expect(await tx.fields.countOption(await getField(tx, 'plan'), 'Pro')).toBe(2);
      });
    });

    storeTest(makeStore, 'are one value of a unique column', async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(someField('card', { unique: true }), NOW);
        await tx.companies.insert({ name: 'ACME' }, NOW);
        await addContacts(tx, { email: 'Ada@Example.org', card: 'aB1' });
        expect(
          await tx.contacts.match('email', ['ada@example.ORG', 'ADA@example.org', null]),
        ).toEqual([1, 1, null]);
        expect(await tx.contacts.match('card', ['AB1', 'ab2'])).toEqual([1, null]);
        expect(await tx.companies.match('name', ['acme'])).toEqual([1]);
        expect(await tx.contacts.match('email', [null])).toEqual([null]);
      });
      for (const taken of [
        async (tx: WriteTx): Promise<unknown> => addContacts(tx, { email: 'ADA@example.org' }),
        async (tx: WriteTx) => addContacts(tx, { card: 'Ab1' }),
        async (tx: WriteTx) => tx.companies.insert({ name: 'Acme' }, NOW),
      ])
        await expect(store.write(taken)).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
    });

    storeTest(makeStore, 'are written all the same', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, { email: 'ada@example.org', city: 'bonn' });
        expect(await tx.contacts.update([1], { email: 'Ada@example.org' }, NOW)).toBe(1);
        expect(await tx.contacts.update([1], { email: 'Ada@example.org' }, NOW)).toBe(0);
        expect(await tx.contacts.update([1], { city: 'Bonn' }, NOW)).toBe(1);
        expect(await tx.contacts.list({}, ['email', 'city'])).toEqual([
          { id: 1, email: 'Ada@example.org', city: 'Bonn' },
        ]);
      });
    });

    storeTest(makeStore, 'are one alias', async (store) => {
      await store.write(async (tx) => {
        const first = await addSegment(tx, 'VIP');
        await tx.segments.delete(first, { now: NOW, by: null, runId: null });
        await addSegment(tx, 'Vip');
      });
      const taken = { code: 'TAKEN', message: expect.stringContaining('by segment 2') as string };
      await expect(store.write(async (tx) => addSegment(tx, 'vip'))).rejects.toMatchObject(taken);
      await expect(
        store.write(async (tx) =>
          tx.segments.restore(1, 'vIP', { now: NOW, by: null, runId: null }),
        ),
      ).rejects.toMatchObject(taken);
    });

    storeTest(makeStore, 'are one tag', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, {}, {});
        expect(await tx.contacts.tag([1], ['beta', 'VIP', 'Alpha', '_x', 'vip'], NOW)).toBe(4);
        expect(await tx.contacts.tag([1, 2], ['Vip', 'ALPHA'], NOW)).toBe(2);
        const names = ['_x', 'Alpha', 'beta', 'VIP'];
        expect(await tx.contacts.tagNames()).toEqual(names);
        expect(await tx.contacts.tagsOf(1)).toEqual(names);
        expect((await tx.contacts.tags()).map(({ name }) => name)).toEqual(names);
        expect(await tx.contacts.list({ ids: [1] }, ['tags'])).toEqual([
          { id: 1, tags: names.join('|') },
        ]);
        await addContacts(tx, {});
        await tx.contacts.tag([3], ['beta'], NOW);
        expect(await tx.contacts.order({}, descending('tags'))).toEqual([3, 2, 1]);
        expect(await tx.contacts.untag([1, 2], ['vIp'])).toBe(2);
      });
    });

    storeTest(makeStore, 'are one type of events, and one subject', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, { last_active_at: 5 });
        const types = ['Order', 'email.Sent', 'ORDER', 'order', 'a_b', 'Été', 'ab'];
        const events = types.map((type, at) =>
          visit(type, { subject: types.at(-at) ?? null, properties: { [type]: at } }),
        );
        await tx.events.insert(events, NOW);
        expect(await tx.events.types(9)).toEqual(['a_b', 'ab', 'email.Sent', 'Order', 'Été']);
        expect(await tx.events.order({}, ascending('type'))).toEqual([5, 7, 2, 1, 3, 4, 6]);
        expect(await tx.events.order({}, descending('subject'))).toEqual([3, 1, 5, 6, 7, 2, 4]);
        expect(await tx.events.count({ type: 'oRDER' })).toBe(3);
        expect((await tx.events.list({ type: 'oRDER', limit: 2 })).map(({ id }) => id)).toEqual([
          ...[1, 3],
        ]);
        expect((await tx.events.list({ type: 'oRDER', after: 1 })).map(({ id }) => id)).toEqual([
          ...[3, 4],
        ]);
        expect(await tx.events.properties({ type: 'order' }, {})).toEqual([
          ...['ORDER', 'Order', 'order'],
        ]);
        expect(await tx.events.hasType('A_B')).toBe(true);
        expect(
          await tx.events.ofContact({ contactId: 1, type: 'ORDER', from: null, until: null }),
        ).toHaveLength(3);
      });
    });

    storeTest(makeStore, 'are what we sent, and no activity', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, {});
        await tx.events.insert([visit('EMAIL.sent'), visit('Sms.Sent')], NOW);
        expect(await tx.contacts.list({}, ['last_active_at'])).toEqual([
          { id: 1, last_active_at: null },
        ]);
      });
    });

    storeTest(makeStore, 'are what contacts have in common', async (store) => {
      await store.write(async (tx) => {
        await addContacts(
          tx,
          ...[
            { first_name: 'ann', last_name: 'Lee', phone: '+1 22' },
            { first_name: 'ANN', last_name: 'lee ' },
            { first_name: 'Élan', last_name: 'B', mobile: '0012-2' },
            { first_name: 'élan', last_name: 'b' },
            { first_name: ' ', last_name: 'b' },
          ],
        );
        const alike = await tx.contacts.duplicates({ kinds: ['phone', 'name'], limit: 9 });
        expect(alike).toEqual([
          { ids: [1, 2], shared: [{ by: 'name', value: 'ann lee' }] },
          { ids: [1, 3], shared: [{ by: 'phone', value: '122' }] },
          { ids: [3, 4], shared: [{ by: 'name', value: 'élan b' }] },
        ]);
        for (const [place, { ids }] of alike.entries())
          expect(
            await tx.contacts.duplicates({ kinds: ['phone', 'name'], after: ids, limit: 9 }),
          ).toEqual(alike.slice(place + 1));
      });
    });
  });

  describe('half a surrogate pair', () => {
    storeTest(makeStore, 'is kept as the sign for what is no letter', async (store) => {
      const [half, sign] = ['a\ud800b', 'a\ufffdb'];
      await store.write(async (tx) => {
        await addContacts(tx, { city: half });
        await tx.contacts.tag([1], [half], NOW);
        await tx.events.insert([visit(half, { properties: { a: half } })], NOW);
        const entry = { at: NOW, by: half, command: null, action: 'a', object: 'segment' } as const;
        await tx.audit.write([{ ...entry, objectId: 1, detail: { a: half } }]);
      });
      await store.read(async (tx) => {
        const [record] = await tx.contacts.list({}, ['city', 'tags']);
        const [event] = await tx.events.list({});
        const [entry] = await tx.audit.list({});
        expect([record, event?.type, event?.properties, entry?.by, entry?.detail]).toEqual([
          ...[{ id: 1, city: sign, tags: sign }, sign, { a: sign }, sign, { a: sign }],
        ]);
      });
    });
  });

  describe('what is kept of definitions', () => {
    storeTest(
      makeStore,
      'is read again after another process wrote',
      async (store, { another }) => {
        const read = async () =>
          store.read(async (tx) => ({
            timezone: (await tx.settings.get()).timezone,
            plan: (await tx.fields.list()).find(({ alias }) => alias === 'plan')?.label,
            segments: (await tx.segments.list()).map(({ alias }) => alias),
          }));
        const begun = { timezone: 'UTC', plan: undefined, segments: [] };
        expect(await read()).toEqual(begun);
        const other = await another();
        await other.write(async (tx) => {
          await tx.settings.set({ timezone: 'Asia/Tokyo' });
          await tx.fields.add(someField('plan', { label: 'Plan' }), NOW);
          await addSegment(tx, 'vip');
          expect(await read()).toEqual(begun);
        });
        const after = { timezone: 'Asia/Tokyo', plan: 'Plan', segments: ['vip'] };
        expect(await read()).toEqual(after);
        await other.write(async (tx) => {
          await tx.fields.update({ ...(await getField(tx, 'plan')), label: 'Tariff' });
        });
        expect(await read()).toEqual({ ...after, plan: 'Tariff' });
        await store.write(async (tx) => {
          expect((await getField(tx, 'plan')).label).toBe('Tariff');
          await addSegment(tx, 'more');
        });
        expect(await read()).toEqual({ ...after, plan: 'Tariff', segments: ['vip', 'more'] });
        await other.close();
      },
    );
  });
}
