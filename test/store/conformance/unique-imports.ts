import { describe, expect } from 'vitest';
import {
  CLEAR,
  type NewField,
  type StagedRecord,
  type StagedValue,
  type Store,
} from '../../../src/store/index.ts';
import { addContacts, ALL, counts, importRows, type MakeStore, NOW, storeTest } from './fixture.ts';

const member: NewField = {
  object: 'contact',
  alias: 'member_no',
  label: 'Member number',
  type: 'text',
  options: [],
  unique: true,
  indexed: false,
};
const shape = {
  kind: 'contacts',
  key: 'email',
  columns: ['email', 'member_no', 'city'],
  uniques: ['member_no'],
  duplicates: 'last',
} as const;

function row(
  line: number,
  email: string,
  memberNo: StagedValue,
  city: StagedValue = null,
): StagedRecord {
  return {
    line,
    key: email,
    values: [email, memberNo, city],
    tags: [{ name: 'imported', add: true }],
  };
}

const taken = (line: number, column = 'member_no') => ({
  line,
  reason: { kind: 'uniqueTaken', column },
});

async function valuesOf(store: Store, ...columns: readonly string[]): Promise<unknown[][]> {
  const rows = await store.read(async (tx) => tx.contacts.list({}, columns));
  return rows.map(({ id, ...rest }) => [id, ...Object.values(rest)]);
}

/** Uniqueness is judged as the file leaves it. */
function testChangingHands(makeStore: MakeStore): void {
  storeTest(
    makeStore,
    'let values change hands, swap and go to a new record; the same again changes nothing',
    async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(member, NOW);
        await addContacts(
          tx,
          { email: 'ada@example.org', member_no: 'a' },
          { email: 'bob@example.org', member_no: 'b' },
          { email: 'eve@example.org', member_no: 'e' },
        );
      });
      const before = await store.read(async (tx) => tx.changes.watermark());
      const file = [
        row(2, 'new@example.org', 'E'),
        row(3, 'ada@example.org', 'b'),
        row(4, 'bob@example.org', 'a'),
        row(5, 'eve@example.org', CLEAR),
      ];
      expect(counts(await importRows(store, shape, file))).toEqual({ updated: 3, inserted: 1 });
      const after = await valuesOf(store, 'email', 'member_no');
      expect(after).toEqual([
        [1, 'ada@example.org', 'b'],
        [2, 'bob@example.org', 'a'],
        [3, 'eve@example.org', null],
        [4, 'new@example.org', 'E'],
      ]);
      expect(await store.read(async (tx) => (await tx.changes.reach())(before, ALL))).toBe(false);
      expect(counts(await importRows(store, shape, file))).toEqual({ unchanged: 4 });
      expect(await valuesOf(store, 'email', 'member_no')).toEqual(after);
    },
  );

  storeTest(
    makeStore,
    'reject who needs what a rejected row would have given up, and so on along the chain',
    async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(member, NOW);
        await addContacts(
          tx,
          { email: 'ada@example.org', member_no: 'a' },
          { email: 'bob@example.org', member_no: 'b' },
          { email: 'eve@example.org', member_no: 'e' },
          { email: 'kim@example.org', member_no: 'k' },
        );
      });
      const file = [
        row(2, 'new@example.org', 'a'),
        row(3, 'ada@example.org', 'b'),
        row(4, 'bob@example.org', 'e'),
        row(5, 'eve@example.org', 'k'),
        row(6, 'kim@example.org', null, 'Oslo'),
      ];
      for (const outcome of [{ updated: 1 }, { unchanged: 1 }]) {
        expect(await importRows(store, shape, file)).toMatchObject({
          ...outcome,
          rejects: [taken(2), taken(3), taken(4), taken(5)],
        });
        expect((await valuesOf(store, 'member_no')).map(([, value]) => value)).toEqual([
          'a',
          'b',
          'e',
          'k',
        ]);
      }
    },
  );

  storeTest(
    makeStore,
    'let names of companies swap, and log what changed, though a company must have one',
    async (store) => {
      await store.write(async (tx) => {
        for (const name of ['Eta', 'Zeta', 'Theta']) await tx.companies.insert({ name }, NOW);
      });
      const since = await store.read(async (tx) => tx.changes.watermark());
      const file: StagedRecord[] = [
        { line: 2, key: 1, values: ['Zeta'] },
        { line: 3, key: 2, values: ['ETA'] },
      ];
      const byId = {
        kind: 'companies',
        key: 'id',
        columns: ['name'],
        uniques: ['name'],
        duplicates: 'last',
      } as const;
      await store.write(async (tx) => {
        await addContacts(tx, { company_id: 1 }, { company_id: 2 }, { company_id: 3 });
      });
      expect(counts(await importRows(store, byId, file))).toEqual({ updated: 2 });
      expect(
        (await store.read(async (tx) => tx.companies.list({}, ['name']))).map(({ name }) => name),
      ).toEqual(['Zeta', 'ETA', 'Theta']);
      expect(await store.read(async (tx) => (await tx.changes.reach())(since, ALL))).toBe(false);
      expect(counts(await importRows(store, byId, file))).toEqual({ unchanged: 2 });
    },
  );

  storeTest(
    makeStore,
    'give the key to the one contact that has the other values and no key, and to no other',
    async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(member, NOW);
        await addContacts(
          tx,
          { member_no: 'a', city: 'Rome' },
          { member_no: 'b' },
          { email: 'eve@example.org', member_no: 'e' },
        );
      });
      const file = [
        row(2, 'ada@example.org', 'A'),
        row(3, 'eve2@example.org', 'e'),
        row(4, 'bob@example.org', 'b'),
        row(5, 'bob2@example.org', 'b'),
      ];
      for (const outcome of [{ updated: 2 }, { unchanged: 2 }]) {
        expect(await importRows(store, shape, file)).toMatchObject({
          ...outcome,
          inserted: 0,
          rejects: [taken(3), taken(5)],
        });
        expect(await valuesOf(store, 'email', 'member_no', 'city')).toEqual([
          [1, 'ada@example.org', 'A', 'Rome'],
          [2, 'bob@example.org', 'b', null],
          [3, 'eve@example.org', 'e', null],
        ]);
      }
    },
  );
}

export function uniqueImportsConformance(makeStore: MakeStore): void {
  describe('imports with unique columns beside the key', () => {
    storeTest(
      makeStore,
      'reject a value that another record in the store has, and leave nothing of the row',
      async (store) => {
        await store.write(async (tx) => {
          await tx.fields.add(member, NOW);
          await addContacts(
            tx,
            { email: 'ada@example.org', member_no: 'a' },
            { email: 'bob@example.org', member_no: 'b' },
          );
        });
        const applied = await importRows(store, shape, [
          row(2, 'ada@example.org', 'B', 'Rome'),
          row(3, 'new@example.org', 'A', 'Rome'),
          row(4, 'bob@example.org', 'B', 'Rome'),
        ]);
        expect(applied).toMatchObject({ updated: 1, inserted: 0, rejects: [taken(2), taken(3)] });
        expect(
          (await store.read(async (tx) => tx.contacts.list({}, ['member_no', 'city', 'tags']))).map(
            ({ id, ...rest }) => [id, ...Object.values(rest)],
          ),
        ).toEqual([
          [1, 'a', null, null],
          [2, 'B', 'Rome', 'imported'],
        ]);
      },
    );

    storeTest(makeStore, 'reject a value that an earlier row of the file has', async (store) => {
      await store.write(async (tx) => tx.fields.add(member, NOW));
      const file = [
        row(2, 'ada@example.org', 'x'),
        row(3, 'bob@example.org', 'X'),
        row(4, 'eve@example.org', 'x'),
        row(5, 'kim@example.org', 'y'),
      ];
      expect(await importRows(store, shape, file)).toMatchObject({
        inserted: 2,
        rejects: [taken(3), taken(4)],
      });
      expect(await importRows(store, shape, file)).toMatchObject({
        unchanged: 2,
        rejects: [taken(3), taken(4)],
      });
    });

    storeTest(makeStore, 'let a rejected row take no value from those after it', async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(member, NOW);
        await addContacts(tx, { email: 'ada@example.org' });
      });
      const file = [row(2, 'ada@example.org', 'x'), row(3, 'new@example.org', 'x')];
      expect(await importRows(store, shape, file, { mode: 'insert' })).toMatchObject({
        inserted: 1,
        rejects: [{ line: 2, reason: { kind: 'existingRecord' } }],
      });
    });

    testChangingHands(makeStore);

    storeTest(makeStore, 'let any number of rows clear it, or have none', async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(member, NOW);
        await addContacts(
          tx,
          { email: 'ada@example.org', member_no: 'a' },
          { email: 'bob@example.org', member_no: 'b' },
        );
      });
      const file = [
        row(2, 'ada@example.org', CLEAR),
        row(3, 'bob@example.org', CLEAR),
        row(4, 'eve@example.org', CLEAR),
        row(5, 'kim@example.org', null),
        row(6, 'lea@example.org', null),
      ];
      expect(counts(await importRows(store, shape, file))).toEqual({ updated: 2, inserted: 3 });
      expect(counts(await importRows(store, shape, file))).toEqual({ unchanged: 5 });
      expect(
        (await store.read(async (tx) => tx.contacts.list({}, ['member_no']))).map(
          (contact) => contact['member_no'],
        ),
      ).toEqual([null, null, null, null, null]);
    });

    storeTest(
      makeStore,
      'reject two keys that meet two different contacts, whichever is the key',
      async (store) => {
        await store.write(async (tx) => {
          await tx.fields.add(member, NOW);
          await addContacts(
            tx,
            { email: 'ada@example.org', member_no: 'a' },
            { email: 'bob@example.org', member_no: 'b' },
          );
        });
        const byNumber = {
          ...shape,
          key: 'member_no',
          columns: ['member_no', 'email'],
          uniques: ['email'],
        } as const;
        const file: StagedRecord[] = [
          { line: 2, key: 'A', values: ['A', 'bob@example.org'] },
          { line: 3, key: 'c', values: ['c', 'Ada@example.org'] },
          { line: 4, key: 'b', values: ['b', 'BOB@example.org'] },
        ];
        expect(await importRows(store, byNumber, file)).toMatchObject({
          updated: 1,
          rejects: [taken(2, 'email'), taken(3, 'email')],
        });
        expect(
          (await store.read(async (tx) => tx.contacts.list({}, ['email']))).map(
            (contact) => contact['email'],
          ),
        ).toEqual(['ada@example.org', 'BOB@example.org']);
      },
    );
  });
}
