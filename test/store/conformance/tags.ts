import { describe, expect } from 'vitest';
import { addContacts, type MakeStore, NOW, storeTest } from './fixture.ts';

export function tagsConformance(makeStore: MakeStore): void {
  describe('tags', () => {
    storeTest(
      makeStore,
      'are made where they do not exist, and listed by name with their contacts',
      async (store) => {
        await store.write(async (tx) => {
          const [ada, bob, eve] = await addContacts(tx, {}, {}, {});
          expect(await tx.contacts.tag([ada!, bob!], ['vip', 'beta'], NOW)).toBe(4);
          expect(await tx.contacts.tag([bob!, eve!, 999], ['VIP'], NOW)).toBe(1);
          expect(await tx.contacts.tags()).toEqual([
            { name: 'beta', contacts: 2 },
            { name: 'vip', contacts: 3 },
          ]);
          expect(await tx.contacts.tagNames()).toEqual(['beta', 'vip']);
          expect(await tx.contacts.tag([], ['new'], NOW)).toBe(0);
          expect(await tx.contacts.tag([ada!], [], NOW)).toBe(0);
        });
      },
    );

    storeTest(
      makeStore,
      'of one contact are listed by name, whatever stands in it',
      async (store) => {
        await store.write(async (tx) => {
          const [ada, bob] = await addContacts(tx, {}, {});
          await tx.contacts.tag([ada!], ['vip', 'a|b', 'Beta'], NOW);
          expect(await tx.contacts.tagsOf(ada!)).toEqual(['a|b', 'Beta', 'vip']);
          expect([await tx.contacts.tagsOf(bob!), await tx.contacts.tagsOf(999)]).toEqual([[], []]);
        });
      },
    );

    storeTest(
      makeStore,
      'are taken off whatever their case; a tag without contacts stays',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addContacts(tx, {}, {});
          await tx.contacts.tag(ids, ['vip', 'beta'], NOW);
          expect(await tx.contacts.untag([ids[0]!, ids[0]!, 999], ['Vip', 'nothing'])).toBe(1);
          expect(await tx.contacts.untag(ids, ['vip'])).toBe(1);
          expect(await tx.contacts.untag(ids, ['vip'])).toBe(0);
          expect(await tx.contacts.tags()).toEqual([
            { name: 'beta', contacts: 2 },
            { name: 'vip', contacts: 0 },
          ]);
        });
      },
    );
  });
}
