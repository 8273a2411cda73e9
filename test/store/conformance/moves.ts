import { describe, expect } from 'vitest';
import { FIRST_PLACE, type Store } from '../../../src/store/index.ts';
import { addCrowd, addSegment, causedBy, type MakeStore, NOW, storeTest } from './fixture.ts';

/** `joined 1, left 1`, in order. */
async function movesOf(store: Store, after = FIRST_PLACE, limit = 100): Promise<string> {
  const moves = await store.read(async (tx) => tx.moves.list({ after, limit }));
  return moves.map(({ change, contactId }) => `${change} ${contactId}`).join(', ');
}

export function movesConformance(makeStore: MakeStore): void {
  describe('joins and leaves', () => {
    const trigger = (name: string) => ({ ...causedBy('trigger'), name });
    const [hello, bye] = [trigger('hello'), trigger('bye')];
    storeTest(makeStore, 'come in the order in which one transaction did them', async (store) => {
      const list = await store.write(async (tx) => {
        await addCrowd(tx, 2);
        return addSegment(tx, 'list', { kind: 'static' });
      });
      await store.write(async (tx) => {
        await tx.members.add(list, [1], hello);
        await tx.members.remove(list, [1], bye);
        await tx.members.add(list, [1], hello);
        await tx.members.remove(list, [1], hello);
        await tx.members.add(list, [1], hello);
        await tx.members.add(list, [2], hello);
      });
      expect(await movesOf(store)).toBe('joined 1, left 1, joined 1, left 1, joined 1, joined 2');
    });

    storeTest(
      makeStore,
      'are read from any place, page by page, also of large causes',
      async (store) => {
        const ids = await store.write(async (tx) => {
          const crowd = await addCrowd(tx, 1203);
          const list = await addSegment(tx, 'list', { kind: 'static' });
          await tx.members.add(list, crowd, hello);
          return crowd;
        });
        await store.write(async (tx) => tx.segments.delete(1, { now: NOW, by: null }));
        const read: string[] = [];
        let after = FIRST_PLACE;
        for (;;) {
          const page = await store.read(async (tx) => tx.moves.list({ after, limit: 500 }));
          read.push(...page.map(({ change, contactId }) => `${change} ${contactId}`));
          const last = page.at(-1);
          if (last === undefined) break;
          after = last.place;
        }
        expect(read).toEqual([
          ...ids.map((id) => `joined ${id}`),
          ...ids.map((id) => `left ${id}`),
        ]);
      },
    );

    storeTest(makeStore, 'remember what each command was told', async (store) => {
      const told = async (command: string) => store.read(async (tx) => tx.moves.toldTo(command));
      await store.write(async (tx) => tx.moves.keepTold('one', 'a', NOW));
      await store.write(async (tx) => tx.moves.keepTold('one', 'b', NOW));
      expect([await told('one'), await told('other')]).toEqual(['b', undefined]);
    });
  });
}
