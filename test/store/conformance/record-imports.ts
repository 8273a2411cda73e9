import { describe, expect } from 'vitest';
import {
  CLEAR,
  type StagedRecord,
  type StagedValue,
  type StageShape,
} from '../../../src/store/index.ts';
import {
  addContacts,
  addSegment,
  applyRows,
  causedBy,
  counts,
  DAY,
  expectTrueCounters,
  importRows,
  type MakeStore,
  NOW,
  storeTest,
} from './fixture.ts';

const shape = {
  kind: 'contacts',
  key: 'email',
  columns: ['email', 'first_name', 'points'],
  uniques: [],
  duplicates: 'last',
} as const satisfies StageShape;
const LATER = { now: NOW + DAY };

/** One row of `shape`: its e-mail address is its key. */
function row(
  line: number,
  email: string,
  firstName: StagedValue = null,
  points: StagedValue = null,
  more: Partial<StagedRecord> = {},
): StagedRecord {
  return { line, key: email, values: [email, firstName, points], ...more };
}

export function recordImportsConformance(makeStore: MakeStore): void {
  describe('imports of contacts and companies', () => {
    testRows(makeStore);
    testCompaniesAndTags(makeStore);
    testStages(makeStore);
  });
}

/** What becomes of each row, by its key and what is asked for. */
function testRows(makeStore: MakeStore): void {
  storeTest(
    makeStore,
    'insert, update, leave alone and merge; the same again changes nothing',
    async (store) => {
      await importRows(store, shape, [
        row(2, 'ada@example.org', 'Ada', 1),
        row(3, 'bob@example.org', 'Bob'),
      ]);
      const file = [
        row(2, 'ADA@example.org', null, 2),
        row(3, 'bob@example.org', 'Bob'),
        row(4, 'eve@example.org', 'Eve'),
        row(5, 'Eve@example.org', null, 7),
      ];
      expect(counts(await importRows(store, shape, file, LATER))).toEqual({
        inserted: 1,
        updated: 1,
        unchanged: 1,
        merged: 1,
      });
      await store.read(async (tx) => {
        expect(
          await tx.contacts.list({}, ['email', 'first_name', 'points', 'created_at', 'updated_at']),
        ).toEqual([
          {
            id: 1,
            email: 'ADA@example.org',
            first_name: 'Ada',
            points: 2,
            created_at: NOW,
            updated_at: NOW + DAY,
          },
          {
            id: 2,
            email: 'bob@example.org',
            first_name: 'Bob',
            points: 0,
            created_at: NOW,
            updated_at: NOW,
          },
          {
            id: 3,
            email: 'Eve@example.org',
            first_name: 'Eve',
            points: 7,
            created_at: NOW + DAY,
            updated_at: NOW + DAY,
          },
        ]);
      });
      expect(counts(await importRows(store, shape, file, LATER))).toEqual({
        unchanged: 3,
        merged: 1,
      });
    },
  );

  const twice = [
    row(2, 'ada@example.org', 'First', null),
    row(3, 'Ada@example.org', 'Last', 3),
    row(4, 'ada@example.org', null, 4),
  ];
  const merged = { last: ['Last', 4], first: ['First', 3] } as const;
  for (const duplicates of ['last', 'first'] as const) {
    storeTest(
      makeStore,
      `merge rows of one key so that the ${duplicates} filled cell wins`,
      async (store) => {
        expect(counts(await importRows(store, { ...shape, duplicates }, twice))).toEqual({
          inserted: 1,
          merged: 2,
        });
        const [ada] = await store.read(async (tx) =>
          tx.contacts.list({}, ['first_name', 'points']),
        );
        expect([ada?.['first_name'], ada?.['points']]).toEqual(merged[duplicates]);
      },
    );

    storeTest(
      makeStore,
      `merge tags of one key so that the ${duplicates} word counts`,
      async (store) => {
        const tagged = [
          row(2, 'ada@example.org', 'Ada', null, {
            tags: [
              { name: 'vip', add: true },
              { name: 'a', add: true },
            ],
          }),
          row(3, 'ada@example.org', null, null, {
            tags: [
              { name: 'VIP', add: false },
              { name: 'b', add: true },
            ],
          }),
        ];
        await importRows(store, { ...shape, duplicates }, tagged);
        const [ada] = await store.read(async (tx) => tx.contacts.list({}, ['tags']));
        expect(ada?.['tags']).toBe(duplicates === 'last' ? 'a|b' : 'a|b|vip');
      },
    );
  }

  storeTest(
    makeStore,
    'reject later rows of one key where duplicates are errors',
    async (store) => {
      const applied = await importRows(store, { ...shape, duplicates: 'error' }, twice);
      expect(applied).toMatchObject({
        inserted: 1,
        updated: 0,
        unchanged: 0,
        merged: 0,
        rejects: [
          { line: 3, reason: { kind: 'duplicateKey' } },
          { line: 4, reason: { kind: 'duplicateKey' } },
        ],
      });
      expect(
        await store.read(async (tx) => tx.contacts.list({}, ['first_name', 'points'])),
      ).toEqual([{ id: 1, first_name: 'First', points: 0 }]);
    },
  );

  storeTest(makeStore, 'clear where asked and leave alone where a cell is empty', async (store) => {
    const clearing = [
      row(2, 'ada@example.org', CLEAR, CLEAR),
      row(3, 'bob@example.org', null, null),
      row(4, 'new@example.org', CLEAR, CLEAR),
      row(5, 'late@example.org', 'Late'),
      row(6, 'late@example.org', CLEAR),
    ];
    await importRows(store, shape, [
      row(2, 'ada@example.org', 'Ada', 1),
      row(3, 'bob@example.org', 'Bob', 2),
    ]);
    expect(counts(await importRows(store, shape, clearing, LATER))).toEqual({
      inserted: 2,
      updated: 1,
      unchanged: 1,
      merged: 1,
    });
    expect(
      (await store.read(async (tx) => tx.contacts.list({}, ['first_name', 'points']))).map(
        (contact) => [contact['first_name'], contact['points']],
      ),
    ).toEqual([
      [null, null],
      ['Bob', 2],
      [null, null],
      [null, 0],
    ]);
    expect(counts(await importRows(store, shape, clearing, LATER))).toEqual({
      unchanged: 4,
      merged: 1,
    });
  });

  storeTest(makeStore, 'only insert, or only update, where asked', async (store) => {
    await importRows(store, shape, [row(2, 'ada@example.org', 'Ada')]);
    const file = [row(2, 'new@example.org', 'New'), row(3, 'ADA@example.org', 'Augusta')];
    expect(await importRows(store, shape, file, { mode: 'insert' })).toMatchObject({
      inserted: 1,
      rejects: [{ line: 3, reason: { kind: 'existingRecord' } }],
    });
    const other = [row(2, 'other@example.org', 'Other'), row(3, 'ada@example.org', 'Augusta')];
    expect(await importRows(store, shape, other, { mode: 'update' })).toMatchObject({
      updated: 1,
      rejects: [{ line: 2, reason: { kind: 'unknownRecord' } }],
    });
    expect(
      (await store.read(async (tx) => tx.contacts.list({}, ['first_name']))).map(
        (contact) => contact['first_name'],
      ),
    ).toEqual(['Augusta', 'New']);
  });

  storeTest(makeStore, 'by id update who is there and reject who is not', async (store) => {
    await store.write(async (tx) => addContacts(tx, { first_name: 'Ada' }));
    const byId = { ...shape, key: 'id', columns: ['first_name'] } as const;
    expect(
      await importRows(store, byId, [
        { line: 2, key: 1, values: ['Augusta'] },
        { line: 3, key: 77, values: ['Nobody'] },
      ]),
    ).toMatchObject({ updated: 1, rejects: [{ line: 3, reason: { kind: 'unknownRecord' } }] });
    expect(
      await store.read(async (tx) => tx.contacts.list({}, ['first_name', 'identified_at'])),
    ).toEqual([{ id: 1, first_name: 'Augusta', identified_at: null }]);
  });

  storeTest(makeStore, 'write the key even when it is no column of theirs', async (store) => {
    const keyed = { ...shape, columns: ['first_name'] } as const;
    expect(
      counts(
        await importRows(store, keyed, [{ line: 2, key: 'ada@example.org', values: ['Ada'] }]),
      ),
    ).toEqual({ inserted: 1 });
    expect(
      await store.read(async (tx) => tx.contacts.list({}, ['email', 'identified_at'])),
    ).toEqual([{ id: 1, email: 'ada@example.org', identified_at: NOW }]);
  });
}

function testCompaniesAndTags(makeStore: MakeStore): void {
  storeTest(makeStore, 'make the companies that they name, once', async (store) => {
    await store.write(async (tx) => tx.companies.insert({ name: 'Acme' }, NOW));
    const file = [
      row(2, 'ada@example.org', null, null, { company: 'ACME' }),
      row(3, 'bob@example.org', null, null, { company: 'Zeta' }),
      row(4, 'eve@example.org', null, null, { company: 'zeta' }),
      row(5, 'kim@example.org'),
    ];
    expect(counts(await importRows(store, shape, file))).toEqual({ inserted: 4 });
    expect(counts(await importRows(store, shape, file))).toEqual({ unchanged: 4 });
    const companies = async (): Promise<unknown[]> =>
      (await store.read(async (tx) => tx.contacts.list({}, ['company']))).map(
        (contact) => contact['company'],
      );
    expect(await companies()).toEqual(['Acme', 'Zeta', 'Zeta', null]);
    expect(await store.read(async (tx) => tx.companies.count({}))).toBe(2);
    expect(
      counts(
        await importRows(store, shape, [
          row(2, 'ada@example.org', null, null, { company: CLEAR }),
          row(3, 'bob@example.org', null, null, { company: 'Acme' }),
          row(4, 'eve@example.org'),
        ]),
      ),
    ).toEqual({ updated: 2, unchanged: 1 });
    expect(await companies()).toEqual([null, 'Acme', 'Zeta', null]);
  });

  storeTest(makeStore, 'add and remove tags; tags alone make an update', async (store) => {
    await importRows(store, shape, [
      row(2, 'ada@example.org', 'Ada', null, {
        tags: [
          { name: 'vip', add: true },
          { name: 'old', add: true },
        ],
      }),
    ]);
    const file = [
      row(2, 'ada@example.org', 'Ada', null, {
        tags: [
          { name: 'OLD', add: false },
          { name: 'new', add: true },
          { name: 'Vip', add: true },
          { name: 'unheard-of', add: false },
        ],
      }),
    ];
    expect(counts(await importRows(store, shape, file, LATER))).toEqual({ updated: 1 });
    expect(counts(await importRows(store, shape, file, LATER))).toEqual({ unchanged: 1 });
    await store.read(async (tx) => {
      expect(await tx.contacts.list({}, ['tags', 'updated_at'])).toEqual([
        { id: 1, tags: 'new|vip', updated_at: NOW + DAY },
      ]);
      expect((await tx.contacts.tags()).map((tag) => tag.name)).toEqual(['new', 'old', 'vip']);
    });
  });

  storeTest(
    makeStore,
    'clear tags, other than those that another row of the key adds',
    async (store) => {
      const tagged = (line: number, tags: StagedRecord['tags']): StagedRecord =>
        row(line, 'ada@example.org', null, null, { tags });
      const add = (...names: string[]) => names.map((name) => ({ name, add: true }));
      const tags = async () =>
        (await store.read(async (tx) => tx.contacts.list({}, ['tags'])))[0]?.['tags'];
      await importRows(store, shape, [tagged(2, add('a', 'b'))]);
      expect(
        counts(
          await importRows(
            store,
            shape,
            [tagged(2, add('c')), tagged(3, CLEAR), tagged(4, add('B', 'd'))],
            LATER,
          ),
        ),
      ).toEqual({ updated: 1, merged: 2 });
      expect(await tags()).toBe('b|d');
      expect(
        counts(
          await importRows(
            store,
            { ...shape, duplicates: 'first' },
            [tagged(2, add('d')), tagged(3, CLEAR)],
            LATER,
          ),
        ),
      ).toEqual({ unchanged: 1, merged: 1 });
      expect(counts(await importRows(store, shape, [tagged(2, CLEAR)], LATER))).toEqual({
        updated: 1,
      });
      expect(await tags()).toBeNull();
      expect(counts(await importRows(store, shape, [tagged(2, CLEAR)], LATER))).toEqual({
        unchanged: 1,
      });
    },
  );

  storeTest(
    makeStore,
    'take all tags off where asked, but for those that the same row or a later one adds',
    async (store) => {
      const tagged = (line: number, email: string, tags: StagedRecord['tags']): StagedRecord =>
        row(line, email, null, null, { tags });
      const both = [
        { name: 'vip', add: true },
        { name: 'old', add: true },
      ];
      await importRows(store, shape, [
        tagged(2, 'ada@example.org', both),
        tagged(3, 'bob@example.org', both),
        tagged(4, 'eve@example.org', both),
        tagged(5, 'kim@example.org', []),
      ]);
      const file = [
        tagged(2, 'ada@example.org', CLEAR),
        tagged(3, 'bob@example.org', CLEAR),
        tagged(4, 'bob@example.org', [{ name: 'VIP', add: true }]),
        tagged(5, 'eve@example.org', []),
        tagged(6, 'kim@example.org', CLEAR),
        tagged(7, 'new@example.org', CLEAR),
      ];
      expect(counts(await importRows(store, shape, file))).toEqual({
        updated: 2,
        unchanged: 2,
        inserted: 1,
        merged: 1,
      });
      expect(counts(await importRows(store, shape, file))).toEqual({ unchanged: 5, merged: 1 });
      expect(
        (await store.read(async (tx) => tx.contacts.list({}, ['tags']))).map(
          (contact) => contact['tags'],
        ),
      ).toEqual([null, 'vip', 'old|vip', null, null]);
      expect((await store.read(async (tx) => tx.contacts.tags())).map((tag) => tag.name)).toEqual([
        'old',
        'vip',
      ]);
      await importRows(store, shape, [
        tagged(2, 'eve@example.org', [{ name: 'new', add: true }]),
        tagged(3, 'eve@example.org', CLEAR),
      ]);
      expect(
        (await store.read(async (tx) => tx.contacts.list({ ids: [3] }, ['tags'])))[0]?.['tags'],
      ).toBeNull();
    },
  );
}

/** What an import does beside its rows, and how it is handed over. */
function testStages(makeStore: MakeStore): void {
  storeTest(makeStore, 'identify whom they give a key, and count so in segments', async (store) => {
    const external = { ...shape, key: 'id', columns: ['email'], uniques: ['email'] } as const;
    await store.write(async (tx) => {
      const ids = await addContacts(tx, {}, {}, {}, { identified_at: NOW - DAY });
      await tx.members.add(await addSegment(tx, 'all'), ids, causedBy('manual'));
    });
    await importRows(store, external, [
      { line: 2, key: 1, values: ['ada@example.org'] },
      { line: 3, key: 2, values: [CLEAR] },
      { line: 4, key: 4, values: ['kim@example.org'] },
    ]);
    await store.read(async (tx) => {
      expect(
        (await tx.contacts.list({}, ['identified_at'])).map((contact) => contact['identified_at']),
      ).toEqual([NOW, null, null, NOW - DAY]);
      expect((await tx.segments.list())[0]).toMatchObject({ members: 4, anonymous: 2 });
      await expectTrueCounters(tx);
    });
  });

  storeTest(
    makeStore,
    'take the instants that they are given, and never make anybody anonymous or less active',
    async (store) => {
      const timed = { ...shape, columns: ['email', 'identified_at', 'last_active_at'] } as const;
      await store.write(async (tx) => {
        const ids = await addContacts(
          tx,
          { email: 'ada@example.org' },
          { email: 'bob@example.org', identified_at: NOW, last_active_at: NOW },
          { email: 'eve@example.org', identified_at: NOW, last_active_at: NOW },
        );
        await tx.members.add(await addSegment(tx, 'all'), ids, causedBy('manual'));
      });
      const file: StagedRecord[] = [
        { line: 2, key: 'ada@example.org', values: ['ada@example.org', null, -DAY] },
        { line: 3, key: 'bob@example.org', values: ['bob@example.org', CLEAR, CLEAR] },
        {
          line: 4,
          key: 'eve@example.org',
          values: ['eve@example.org', NOW - 9 * DAY, NOW - DAY],
        },
        { line: 5, key: 'kim@example.org', values: ['kim@example.org', null, NOW] },
        { line: 6, key: 'lea@example.org', values: ['lea@example.org', NOW - DAY, null] },
      ];
      expect(counts(await importRows(store, timed, file, LATER))).toEqual({
        inserted: 2,
        updated: 2,
        unchanged: 1,
      });
      await store.read(async (tx) => {
        expect(
          (await tx.contacts.list({}, ['identified_at', 'last_active_at'])).map((contact) => [
            contact['identified_at'],
            contact['last_active_at'],
          ]),
        ).toEqual([
          [NOW + DAY, -DAY],
          [NOW, NOW],
          [NOW - 9 * DAY, NOW],
          [NOW + DAY, NOW],
          [NOW - DAY, null],
        ]);
        await expectTrueCounters(tx);
      });
      expect(counts(await importRows(store, timed, file, LATER))).toEqual({ unchanged: 5 });
    },
  );

  storeTest(
    makeStore,
    'say which contacts they stood for, page by page and by segment asked for',
    async (store) => {
      const [hot, cold] = await store.write(
        async (tx) => [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')] as const,
      );
      const file = [
        row(2, 'ada@example.org', 'Ada', null, { segmentIds: [hot] }),
        row(3, 'bob@example.org'),
        row(4, 'ada@example.org', null, null, { segmentIds: [cold] }),
        row(5, 'eve@example.org', null, null, { segmentIds: [cold, hot] }),
      ];
      await importRows(store, shape, [row(2, 'eve@example.org')]);
      const stage = await store.stage(shape);
      await applyRows(store, stage, file);
      await store.write(async (tx) => {
        const eve = 1;
        const [ada, bob] = await tx.contacts.match('email', ['ada@example.org', 'bob@example.org']);
        // made in the order of the file
        expect(await tx.imports.contactIds(stage, { limit: 10 })).toEqual([eve, ada, bob]);
        expect(await tx.imports.contactIds(stage, { limit: 1, after: eve })).toEqual([ada]);
        expect(await tx.imports.contactIds(stage, { limit: 10, segmentId: hot })).toEqual([
          eve,
          ada,
        ]);
        expect(
          await tx.imports.contactIds(stage, { limit: 10, segmentId: cold, after: eve }),
        ).toEqual([ada]);
        expect(await tx.imports.contactIds(stage, { limit: 10, segmentId: 999 })).toEqual([]);
      });
      await stage.drop();
      await stage.drop();
    },
  );

  storeTest(makeStore, 'thrown away leave nothing, and can be applied again', async (store) => {
    const stage = await store.stage(shape);
    await stage.add([
      row(2, 'ada@example.org', 'Ada', null, {
        company: 'Acme',
        tags: [{ name: 'vip', add: true }],
      }),
    ]);
    const dryRun = store.write(async (tx) => {
      expect(
        counts(await tx.imports.apply(stage, { mode: 'upsert', now: NOW, importId: 101 })),
      ).toEqual({ inserted: 1 });
      throw new Error('dry run');
    });
    await expect(dryRun).rejects.toThrow('dry run');
    await store.read(async (tx) =>
      expect([
        await tx.contacts.count({}),
        await tx.companies.count({}),
        await tx.contacts.tags(),
      ]).toEqual([0, 0, []]),
    );
    expect(
      counts(
        await store.write(async (tx) =>
          tx.imports.apply(stage, { mode: 'upsert', now: NOW, importId: 102 }),
        ),
      ),
    ).toEqual({ inserted: 1 });
    await stage.drop();
  });

  storeTest(
    makeStore,
    'can be staged in batches, two at a time, and inside no transaction',
    async (store) => {
      const [first, second] = [await store.stage(shape), await store.stage(shape)];
      await first.add([row(2, 'ada@example.org', 'Ada')]);
      await second.add([row(2, 'bob@example.org', 'Bob')]);
      await first.add([row(3, 'eve@example.org', 'Eve')]);
      expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(0);
      await store.write(async (tx) => {
        expect(
          counts(await tx.imports.apply(second, { mode: 'upsert', now: NOW, importId: 103 })),
        ).toEqual({ inserted: 1 });
        expect(
          counts(await tx.imports.apply(first, { mode: 'upsert', now: NOW, importId: 104 })),
        ).toEqual({ inserted: 2 });
      });
      await Promise.all([first.drop(), second.drop()]);
    },
  );

  storeTest(makeStore, 'of companies do the same', async (store) => {
    const companies = {
      kind: 'companies',
      key: 'name',
      columns: ['name', 'city', 'employees'],
      uniques: [],
      duplicates: 'last',
    } as const;
    const file: StagedRecord[] = [
      { line: 2, key: 'Acme', values: ['Acme', 'Lyon', 3] },
      { line: 3, key: 'ACME', values: ['ACME', null, 4] },
      { line: 4, key: 'Zeta', values: ['Zeta', CLEAR, null] },
    ];
    expect(counts(await importRows(store, companies, file))).toEqual({ inserted: 2, merged: 1 });
    expect(counts(await importRows(store, companies, file))).toEqual({ unchanged: 2, merged: 1 });
    expect(
      await importRows(
        store,
        companies,
        [
          { line: 2, key: 'acme', values: ['Acme', CLEAR, null] },
          { line: 3, key: 'Omega', values: ['Omega', null, null] },
        ],
        { ...LATER, mode: 'update' },
      ),
    ).toMatchObject({ updated: 1, rejects: [{ line: 3, reason: { kind: 'unknownRecord' } }] });
    expect(
      await store.read(async (tx) =>
        tx.companies.list({}, ['name', 'city', 'employees', 'updated_at']),
      ),
    ).toEqual([
      { id: 1, name: 'Acme', city: null, employees: 4, updated_at: NOW + DAY },
      { id: 2, name: 'Zeta', city: null, employees: null, updated_at: NOW },
    ]);
  });
}
