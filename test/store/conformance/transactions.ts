import { describe, expect } from 'vitest';
import { addContacts, type MakeStore, NOW, storeTest } from './fixture.ts';

export function transactionsConformance(makeStore: MakeStore): void {
  describe('transactions', () => {
    storeTest(makeStore, 'give what the work gives, and are kept', async (store, { another }) => {
      const [id] = await store.write(async (tx) => addContacts(tx, { email: 'ada@example.org' }));
      expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(1);
      const second = await another();
      expect(
        await second.read(async (tx) => tx.contacts.match('email', ['ada@example.org'])),
      ).toEqual([id]);
      await second.close();
    });

    storeTest(
      makeStore,
      'leave nothing when the work throws, and the next one goes on',
      async (store) => {
        const failing = store.write(async (tx) => {
          await addContacts(tx, { email: 'ada@example.org' });
          await tx.contacts.tag([1], ['vip'], NOW);
          await tx.settings.set({ timezone: 'Asia/Tokyo' });
          await tx.fields.add(
            {
              object: 'contact',
              alias: 'plan',
              label: 'Plan',
              type: 'text',
              options: [],
              unique: true,
              indexed: false,
            },
            NOW,
          );
          throw new Error('changed my mind');
        });
        await expect(failing).rejects.toThrow('changed my mind');
        await store.write(async (tx) => {
          expect(await tx.contacts.count({})).toBe(0);
          expect(await tx.contacts.tags()).toEqual([]);
          expect((await tx.settings.get()).timezone).toBe('UTC');
          expect((await tx.fields.list()).filter((field) => field.origin === 'custom')).toEqual([]);
          await addContacts(tx, { email: 'ada@example.org' });
        });
        expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(1);
      },
    );

    storeTest(makeStore, 'leave nothing when a statement is refused', async (store) => {
      const failing = store.write(async (tx) => {
        await addContacts(tx, { email: 'ada@example.org' }, { email: 'ADA@example.org' });
      });
      await expect(failing).rejects.toMatchObject({ name: 'UserError', code: 'TAKEN', exit: 1 });
      expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(0);
    });

    storeTest(makeStore, 'are refused inside one another', async (store) => {
      const nested = [
        store.write(async () => store.write(async () => 1)),
        store.write(async () => store.read(async () => 1)),
        store.read(async () => store.write(async () => 1)),
        store.read(async () => store.read(async () => 1)),
      ];
      for (const result of await Promise.allSettled(nested))
        expect(result).toMatchObject({
          status: 'rejected',
          reason: {
            message: expect.stringContaining('transaction inside a transaction') as string,
          },
        });
      expect(await store.write(async () => 'still open')).toBe('still open');
    });

    storeTest(makeStore, 'may take back a part of what they did, and go on', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, { email: 'ada@example.org' });
        const failing = tx.nested(async (inner) => {
          await addContacts(inner, { email: 'bob@example.org' });
          await inner.nested(async (innermost) =>
            innermost.settings.set({ timezone: 'Asia/Tokyo' }),
          );
          throw new Error('changed my mind');
        });
        await expect(failing).rejects.toThrow('changed my mind');
        expect(await tx.nested(async (inner) => inner.contacts.count({}))).toBe(1);
        await tx.nested(async (inner) => addContacts(inner, { email: 'cyd@example.org' }));
      });
      expect(
        await store.read(async (tx) => [
          await tx.contacts.count({}),
          (await tx.settings.get()).timezone,
        ]),
      ).toEqual([2, 'UTC']);
    });

    storeTest(makeStore, 'asked for together run one after the other', async (store) => {
      const order: string[] = [];
      const slow = async (name: string): Promise<void> => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
      };
      await Promise.all([
        store.write(async () => slow('first')),
        store.read(async () => slow('second')),
        store.write(async () => slow('third')),
      ]);
      expect(order).toEqual([
        'first begins',
        'first ends',
        'second begins',
        'second ends',
        'third begins',
        'third ends',
      ]);
    });

    storeTest(
      makeStore,
      'asked for before the store closes are carried out',
      async (store, { another }) => {
        const second = await another();
        const written = second.write(async (tx) => addContacts(tx, { email: 'ada@example.org' }));
        await second.close();
        await written;
        expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(1);
      },
    );
  });

  describe('a snapshot', () => {
    storeTest(makeStore, 'sees no write that commits meanwhile', async (store, { another }) => {
      const writer = await another();
      await writer.write(async (tx) => addContacts(tx, { email: 'ada@example.org' }));
      await store.read(async (tx) => {
        expect(await tx.contacts.count({})).toBe(1);
        await writer.write(async (inner) => {
          await addContacts(inner, { email: 'bob@example.org' });
          await inner.settings.set({ timezone: 'Asia/Tokyo' });
        });
        expect(await tx.contacts.count({})).toBe(1);
        expect((await tx.settings.get()).timezone).toBe('UTC');
      });
      expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(2);
      await writer.close();
    });

    storeTest(makeStore, 'sees nothing of a write under way', async (store, { another }) => {
      const writer = await another();
      await writer.write(async (tx) => {
        await addContacts(tx, { email: 'ada@example.org' });
        expect(await store.read(async (reader) => reader.contacts.count({}))).toBe(0);
      });
      await writer.close();
    });
  });

  describe('the run lock', () => {
    storeTest(
      makeStore,
      'has one holder, and is free again after its release',
      async (store, { another }) => {
        const second = await another();
        const held = await store.lockRuns(0);
        expect(held).toBeDefined();
        expect(await second.lockRuns(0)).toBeUndefined();
        expect(await second.lockRuns(20)).toBeUndefined();
        expect(await store.lockRuns(0)).toBeUndefined();
        await held?.release();
        const next = await second.lockRuns(Infinity);
        expect(next).toBeDefined();
        expect(await store.lockRuns(0.5)).toBeUndefined();
        await next?.release();
        await second.close();
      },
    );

    storeTest(makeStore, 'stops neither readers nor writers', async (store, { another }) => {
      const second = await another();
      const held = await store.lockRuns(0);
      await second.write(async (tx) => addContacts(tx, { email: 'ada@example.org' }));
      await store.write(async (tx) => addContacts(tx, { email: 'bob@example.org' }));
      expect(await second.read(async (tx) => tx.contacts.count({}))).toBe(2);
      await held?.release();
      await second.close();
    });
  });
}
