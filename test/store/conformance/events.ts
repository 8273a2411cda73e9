import { describe, expect } from 'vitest';
import type { NewEvent } from '../../../src/store/index.ts';
import { fold } from '../../../src/support/fold.ts';
import { addContacts, DAY, type MakeStore, NOW, pointsAtLeast, storeTest } from './fixture.ts';

const visit: NewEvent = {
  contactId: 1,
  type: 'web.visit',
  subject: null,
  value: null,
  occurredAt: NOW,
  properties: null,
  externalId: null,
};

export function eventsConformance(makeStore: MakeStore): void {
  describe('events', () => {
    storeTest(makeStore, 'are listed as they were inserted, by id', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, {});
        const order: NewEvent = {
          ...visit,
          type: 'order',
          subject: 'Été',
          value: 12.5,
          occurredAt: NOW - DAY,
          properties: { sku: 'a', paid: true, items: 2 },
          externalId: 'o-1',
        };
        const ids = await tx.events.insert([visit, order], NOW);
        expect(await tx.events.list({})).toEqual([
          { id: ids[0], ...visit },
          { id: ids[1], ...order },
        ]);
        expect(await tx.events.insert([], NOW)).toEqual([]);
      });
    });

    storeTest(makeStore, 'tell the names of their properties', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, { points: 1 }, { points: 2 });
        const with_ = (contactId: number, type: string, ...names: string[]): NewEvent => ({
          ...visit,
          ...{ contactId, type, properties: Object.fromEntries(names.map((name) => [name, 1])) },
        });
        await tx.events.insert(
          [visit, with_(1, 'web.visit', 'sku', 'a b'), with_(2, 'order', 'Sku', 'é', 'sku')],
          NOW,
        );
        expect(await tx.events.properties({}, {})).toEqual(['Sku', 'a b', 'sku', 'é']);
        expect(await tx.events.properties({ type: 'order' }, {})).toEqual(['Sku', 'sku', 'é']);
        expect(await tx.events.properties({ contactId: 1 }, {})).toEqual(['a b', 'sku']);
        expect(await tx.events.properties({ since: NOW + 1 }, {})).toEqual([]);
        const where = pointsAtLeast(2);
        expect(await tx.events.properties({}, { where })).toEqual(['Sku', 'sku', 'é']);
        expect(await tx.events.properties({ type: 'web.visit' }, { where })).toEqual([]);
        expect(await tx.events.properties({}, { segmentId: 999 })).toEqual([]);
      });
    });

    storeTest(
      makeStore,
      'are found by contact, type and instant, page by page, the latest first where asked',
      async (store) => {
        await store.write(async (tx) => {
          await addContacts(tx, {}, {});
          const at = [3, 1, 2, 2, 5].map((days, index): NewEvent => ({
            ...visit,
            contactId: (index % 2) + 1,
            type: index === 4 ? 'Order' : 'web.visit',
            occurredAt: NOW - days * DAY,
          }));
          const ids = await tx.events.insert(at, NOW);
          const found = async (query: Parameters<typeof tx.events.list>[0]): Promise<number[]> =>
            (await tx.events.list(query)).map((event) => ids.indexOf(event.id));
          expect(await found({ contactId: 1 })).toEqual([0, 2, 4]);
          expect(await found({ contactId: 1, type: 'order' })).toEqual([4]);
          expect(await found({ since: NOW - 2 * DAY })).toEqual([1, 2, 3]);
          expect(await found({ after: ids[1], limit: 2 })).toEqual([2, 3]);
          expect(await found({ latestFirst: true })).toEqual([1, 3, 2, 0, 4]);
          expect(await found({ latestFirst: true, contactId: 2, limit: 1 })).toEqual([1]);
          expect(await found({ contactId: 999 })).toEqual([]);
        });
      },
    );

    storeTest(
      makeStore,
      'of one contact are found by type in any case, within bounds, with their properties as stored',
      async (store) => {
        await store.write(async (tx) => {
          await addContacts(tx, {}, {});
          const given = (type: string, days: number, contactId = 1): NewEvent => ({
            ...visit,
            contactId,
            type,
            occurredAt: NOW - days * DAY,
            properties: { days },
          });
          await tx.events.insert(
            [
              given('Order', 1),
              given('order', 3),
              given('ÉTÉ', 2),
              given('été', 4),
              given('order', 2),
              given('order', 2, 2),
              given('orders', 2),
            ],
            NOW,
          );
          const found = async (type: string, from: number | null, until: number | null) =>
            (await tx.events.ofContact({ contactId: 1, type, from, until })).map((event) => [
              event.type,
              event.occurredAt,
              JSON.parse(event.properties ?? 'null') as unknown,
            ]);
          expect(await found('ORDER', null, null)).toEqual(
            [3, 2, 1].map((days) => [days === 1 ? 'Order' : 'order', NOW - days * DAY, { days }]),
          );
          expect(await found('order', NOW - 3 * DAY, NOW - DAY)).toHaveLength(2);
          expect(await found('order', NOW - 3 * DAY + 1, NOW - DAY + 1)).toHaveLength(2);
          expect((await found('Été', null, null)).map(([type]) => type)).toEqual(['été', 'ÉTÉ']);
          expect(await found('nothing', null, null)).toEqual([]);
        });
      },
    );

    storeTest(
      makeStore,
      'have types, which are known in any case and listed by name, each once',
      async (store) => {
        await store.write(async (tx) => {
          await addContacts(tx, {});
          expect([await tx.events.types(9), await tx.events.hasType('order')]).toEqual([[], false]);
          const types = ['web.visit', 'Order', 'order', 'ÉTÉ', 'orders', 'order'];
          await tx.events.insert(
            types.map((type) => ({ ...visit, type })),
            NOW,
          );
          expect((await tx.events.types(9)).map(fold)).toEqual([
            'order',
            'orders',
            'web.visit',
            'été',
          ]);
          expect(await tx.events.types(2)).toHaveLength(2);
          const known = ['ORDER', 'order', 'Web.Visit', 'été', 'Été'];
          for (const type of known)
            expect([type, await tx.events.hasType(type)]).toEqual([type, true]);
          const unknown = ['orde', 'ordersx', 'ete', 'étés', ''];
          for (const type of unknown)
            expect([type, await tx.events.hasType(type)]).toEqual([type, false]);
        });
      },
    );

    storeTest(
      makeStore,
      'move the last activity of their contacts forward, never back',
      async (store) => {
        await store.write(async (tx) => {
          await addContacts(tx, {}, {}, {}, {});
          const active = async (): Promise<unknown[]> =>
            (await tx.contacts.list({}, ['last_active_at'])).map((row) => row['last_active_at']);
          await tx.events.insert(
            [
              { ...visit, occurredAt: NOW - DAY },
              { ...visit, occurredAt: NOW - 3 * DAY },
              { ...visit, contactId: 2, type: 'Email.Sent' },
              { ...visit, contactId: 2, type: 'sms.sent' },
              { ...visit, contactId: 3, occurredAt: NOW + 1 },
              { ...visit, contactId: 4, occurredAt: -DAY }, // before 1970
            ],
            NOW,
          );
          expect(await active()).toEqual([NOW - DAY, null, null, -DAY]);
          await tx.events.insert(
            [
              { ...visit, occurredAt: NOW - 2 * DAY },
              { ...visit, contactId: 3, occurredAt: NOW },
            ],
            NOW,
          );
          expect(await active()).toEqual([NOW - DAY, null, NOW, -DAY]);
        });
      },
    );

    storeTest(makeStore, 'cannot share an external id', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, {});
        await tx.events.insert([{ ...visit, externalId: 'e' }], NOW);
      });
      await expect(
        store.write(async (tx) => tx.events.insert([visit, { ...visit, externalId: 'e' }], NOW)),
      ).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
      expect(await store.read(async (tx) => tx.events.list({}))).toHaveLength(1);
    });
  });
}
