import { sql } from 'drizzle-orm';
import { describe, expect } from 'vitest';
import type { WriteTx } from '../../../src/store/index.ts';
import {
  addContacts,
  addCrowd,
  addSegment,
  causedBy,
  DAY,
  EVERYBODY,
  expectTrueCounters,
  type MakeStore,
  NOBODY,
  NOW,
  pointsAtLeast,
  storeTest,
  setPins,
} from './fixture.ts';

export function recordsConformance(makeStore: MakeStore): void {
  describe('contacts', () => {
    storeTest(makeStore, 'are listed by id with the columns asked for', async (store) => {
      await store.write(async (tx) => {
        const acme = await tx.companies.insert({ name: 'Acme' }, NOW);
        const [ada, bob] = await addContacts(
          tx,
          { email: 'Ada@Example.org', first_name: 'Ada', points: 2.5, company_id: acme },
          {},
        );
        await tx.contacts.tag([ada!], ['vip', 'Beta', 'alpha'], NOW);
        expect(
          await tx.contacts.list({}, [
            'email',
            'points',
            'company',
            'tags',
            'email_domain',
            'created_at',
            'updated_at',
            'identified_at',
          ]),
        ).toEqual([
          {
            id: ada,
            email: 'Ada@Example.org',
            points: 2.5,
            company: 'Acme',
            tags: 'alpha|Beta|vip',
            email_domain: 'Example.org',
            created_at: NOW,
            updated_at: NOW,
            identified_at: null,
          },
          {
            id: bob,
            email: null,
            points: 0,
            company: null,
            tags: null,
            email_domain: null,
            created_at: NOW,
            updated_at: NOW,
            identified_at: null,
          },
        ]);
        expect(await tx.contacts.list({}, [])).toEqual([{ id: ada }, { id: bob }]);
        expect(
          await tx.contacts.tuples({}, ['points', 'company', 'id', 'tags', 'company_id', 'points']),
        ).toEqual([
          [ada, 2.5, 'Acme', ada, 'alpha|Beta|vip', acme, 2.5],
          [bob, 0, null, bob, null, null, 0],
        ]);
        expect(await tx.companies.tuples({ after: acme - 1 }, ['name'])).toEqual([[acme, 'Acme']]);
        expect(await tx.contacts.list({ ids: [bob!] }, ['id', 'email'])).toEqual([
          { id: bob, email: null },
        ]);
      });
    });

    storeTest(makeStore, 'are found by any mixture of conditions, page by page', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 10);
        const segment = await addSegment(tx, 'some', { kind: 'static' });
        await tx.members.add(segment, ids.slice(2, 8), causedBy('manual'));
        const found = async (query: Parameters<typeof tx.contacts.list>[0]): Promise<number[]> => {
          const rows = await tx.contacts.list(query, ['points']);
          if (query.limit === undefined) expect(await tx.contacts.count(query)).toBe(rows.length);
          return rows.map((row) => row['points'] as number);
        };
        expect(await found({ limit: 3 })).toEqual([0, 1, 2]);
        expect(await found({ after: ids[2], limit: 3 })).toEqual([3, 4, 5]);
        expect(await found({ after: ids[9] })).toEqual([]);
        expect(await found({ ids: [ids[5]!, ids[1]!, 10 ** 9, ids[5]!] })).toEqual([1, 5]);
        expect(await found({ ids: [] })).toEqual([]);
        expect(await found({ where: pointsAtLeast(7) })).toEqual([7, 8, 9]);
        expect(await found({ segmentId: segment })).toEqual([2, 3, 4, 5, 6, 7]);
        expect(await found({ segmentId: segment, after: ids[3], limit: 2 })).toEqual([4, 5]);
        expect(await found({ segmentId: segment, ids: [ids[0]!, ids[6]!, ids[4]!] })).toEqual([
          4, 6,
        ]);
        expect(
          await found({
            segmentId: segment,
            where: pointsAtLeast(4),
            ids: ids.slice(0, 6),
            after: ids[4],
          }),
        ).toEqual([5]);
        expect(await found({ segmentId: 999 })).toEqual([]);
      });
    });

    storeTest(
      makeStore,
      'are counted by several conditions at once, each alone or behind those before it',
      async (store) => {
        await store.write(async (tx) => {
          expect([
            await tx.contacts.countEach([EVERYBODY, NOBODY]),
            await tx.contacts.countLeft([EVERYBODY, NOBODY]),
          ]).toEqual([
            [0, 0],
            [0, 0],
          ]);
          await addCrowd(tx, 10);
          const below = (points: number) => sql`c.points < ${points}`;
          expect(await tx.contacts.countEach([])).toEqual([]);
          expect(await tx.contacts.countLeft([])).toEqual([]);
          expect(
            await tx.contacts.countEach([pointsAtLeast(8), EVERYBODY, below(5), NOBODY]),
          ).toEqual([2, 10, 5, 0]);
          expect(
            await tx.contacts.countLeft([
              pointsAtLeast(2),
              below(8),
              EVERYBODY,
              below(5),
              pointsAtLeast(3),
            ]),
          ).toEqual([8, 6, 6, 3, 2]);
          expect(await tx.contacts.countLeft([pointsAtLeast(3)])).toEqual([7]);
          expect(await tx.contacts.countLeft([NOBODY, EVERYBODY])).toEqual([0, 0]);
          const many = Array.from({ length: 1500 }, (_, index) => pointsAtLeast(index / 1000));
          expect((await tx.contacts.countEach(many)).slice(998, 1003)).toEqual([9, 9, 9, 8, 8]);
          expect((await tx.contacts.countLeft(many)).slice(998, 1003)).toEqual([9, 9, 9, 8, 8]);
        });
      },
    );

    storeTest(
      makeStore,
      'are found by a statement for the shell, where there is one',
      async (store) => {
        await store.write(async (tx) => {
          await addCrowd(tx, 3);
          const script = await tx.contacts.shellScript?.(pointsAtLeast(1.5));
          if (script === undefined) return; // no shell
          expect([script.parameters.map(Number), script.functions]).toEqual([[1.5], []]);
          expect(script.lines.join('\n')).toContain(script.statement);
        });
      },
    );

    storeTest(makeStore, 'are matched by a unique column, in the order given', async (store) => {
      await store.write(async (tx) => {
        const [ada, bob] = await addContacts(
          tx,
          { email: 'ada@example.org' },
          { email: 'Bob@Example.org' },
        );
        expect(
          await tx.contacts.match('email', [
            'BOB@EXAMPLE.ORG',
            'nobody@example.org',
            'ada@example.org',
            null,
            'Ada@example.org',
          ]),
        ).toEqual([bob, null, ada, null, ada]);
        expect(await tx.contacts.match('id', [bob!, 999, ada!, null])).toEqual([
          bob,
          null,
          ada,
          null,
        ]);
        expect(await tx.contacts.match('email', [])).toEqual([]);
      });
    });

    storeTest(makeStore, 'get ids that grow and are not used again', async (store) => {
      const [first, second] = await store.write(async (tx) => addContacts(tx, {}, {}));
      await store.write(async (tx) => tx.contacts.delete([second!], { now: NOW, by: null }));
      const [third] = await store.write(async (tx) => addContacts(tx, {}));
      expect([second! > first!, third! > second!]).toEqual([true, true]);
    });

    storeTest(
      makeStore,
      'are updated only where something differs, case included',
      async (store) => {
        await store.write(async (tx) => {
          const [ada, bob, eve] = await addContacts(tx, { city: 'Paris' }, { city: 'paris' }, {});
          expect(
            await tx.contacts.update([ada!, bob!, eve!, 999], { city: 'Paris' }, NOW + DAY),
          ).toBe(2);
          expect(await tx.contacts.list({}, ['city', 'updated_at'])).toEqual([
            { id: ada, city: 'Paris', updated_at: NOW },
            { id: bob, city: 'Paris', updated_at: NOW + DAY },
            { id: eve, city: 'Paris', updated_at: NOW + DAY },
          ]);
          expect(await tx.contacts.update([ada!], { city: null, points: 5 }, NOW + DAY)).toBe(1);
          expect(await tx.contacts.update([ada!], { city: null, points: 5 }, NOW + 2 * DAY)).toBe(
            0,
          );
          expect(await tx.contacts.update([ada!], {}, NOW + 2 * DAY)).toBe(0);
          expect(await tx.contacts.update([], { city: 'Rome' }, NOW)).toBe(0);
          expect(await tx.contacts.list({ ids: [ada!] }, ['city', 'points', 'updated_at'])).toEqual(
            [{ id: ada, city: null, points: 5, updated_at: NOW + DAY }],
          );
        });
      },
    );

    storeTest(makeStore, 'cannot share an e-mail address', async (store) => {
      await store.write(async (tx) =>
        addContacts(tx, { email: 'ada@example.org' }, { email: 'bob@example.org' }),
      );
      await store
        .write(async (tx) => {
          await expect(tx.contacts.insert({ email: 'ADA@example.org' }, NOW)).rejects.toMatchObject(
            { name: 'UserError', code: 'TAKEN', exit: 1 },
          );
          throw new Error('enough');
        })
        .catch(() => undefined);
      await expect(
        store.write(async (tx) => tx.contacts.update([1], { email: 'Bob@example.org' }, NOW)),
      ).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
      expect(
        await store.write(async (tx) => tx.contacts.update([1], { email: 'ADA@example.org' }, NOW)),
      ).toBe(1);
    });

    storeTest(
      makeStore,
      'are deleted with their events, tags, pins and memberships',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 6);
          const segment = await addSegment(tx, 'all');
          await fillHistory(tx, segment, ids);
          expect(
            await tx.contacts.delete([ids[0]!, ids[2]!, ids[3]!, ids[2]!, 999], {
              now: NOW,
              by: null,
            }),
          ).toBe(3);
          const left = [ids[1], ids[4], ids[5]];
          expect((await tx.contacts.list({}, [])).map((row) => row.id)).toEqual(left);
          expect((await tx.events.list({})).map((event) => event.contactId)).toEqual(left);
          expect((await tx.pins.list(segment, {})).map((pin) => pin.contactId)).toEqual(left);
          expect(await tx.contacts.tags()).toEqual([{ name: 'vip', contacts: 3 }]);
          expect((await tx.members.list(segment, {})).map((row) => row.contactId)).toEqual([
            ids[4],
            ids[5],
          ]);
          expect(
            (await tx.members.list(segment, { asOf: NOW })).map((row) => row.contactId),
          ).toEqual([ids[0], ...left]); // who was a member then is known all the same
          expect((await tx.segments.list())[0]).toMatchObject({ members: 2, anonymous: 1 });
          await expectTrueCounters(tx);
          expect(await tx.contacts.delete([], { now: NOW, by: null })).toBe(0);
        });
      },
    );

    storeTest(makeStore, 'are identified once, and counted so in their segments', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 9);
        for (const alias of ['one', 'two'])
          await tx.members.add(await addSegment(tx, alias), ids, causedBy('manual'));
        expect((await tx.segments.list()).map((segment) => segment.anonymous)).toEqual([3, 3]);
        expect(
          await tx.contacts.identify([ids[2]!, ids[5]!, ids[5]!, ids[0]!, 999], NOW + DAY),
        ).toBe(2);
        expect(await tx.contacts.identify([ids[2]!], NOW + 2 * DAY)).toBe(0);
        expect(
          (await tx.contacts.list({ ids: [ids[0]!, ids[2]!] }, ['identified_at'])).map(
            (row) => row['identified_at'],
          ),
        ).toEqual([NOW, NOW + DAY]);
        expect((await tx.segments.list()).map((segment) => segment.anonymous)).toEqual([1, 1]);
        await expectTrueCounters(tx);
      });
    });
  });

  describe('companies', () => {
    storeTest(makeStore, 'are inserted, listed, matched, updated and counted', async (store) => {
      await store.write(async (tx) => {
        const acme = await tx.companies.insert({ name: 'Acme', employees: 12 }, NOW);
        const zeta = await tx.companies.insert({ name: 'Zeta' }, NOW);
        expect(
          await tx.companies.update([acme, zeta], { city: 'Lyon', employees: 12 }, NOW + DAY),
        ).toBe(2);
        expect(
          await tx.companies.list({ after: acme }, ['name', 'city', 'employees', 'updated_at']),
        ).toEqual([{ id: zeta, name: 'Zeta', city: 'Lyon', employees: 12, updated_at: NOW + DAY }]);
        expect(await tx.companies.match('name', ['zeta', 'ACME', 'nobody'])).toEqual([
          zeta,
          acme,
          null,
        ]);
        expect(await tx.companies.count({ ids: [zeta] })).toBe(1);
      });
      await expect(
        store.write(async (tx) => tx.companies.insert({ name: 'ACME' }, NOW)),
      ).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
    });

    storeTest(
      makeStore,
      'are deleted without their contacts, who then have none',
      async (store) => {
        await store.write(async (tx) => {
          const acme = await tx.companies.insert({ name: 'Acme' }, NOW);
          const [ada] = await addContacts(tx, { company_id: acme });
          expect(await tx.companies.delete([acme, acme, 999])).toBe(1);
          expect(await tx.contacts.list({}, ['company', 'company_id'])).toEqual([
            { id: ada, company: null, company_id: null },
          ]);
        });
      },
    );
  });
}

/** All get a pin, a tag and an event; they become members, and the first two leave again. */
async function fillHistory(tx: WriteTx, segment: number, ids: readonly number[]): Promise<void> {
  await tx.members.add(segment, ids, causedBy('manual'));
  await tx.members.remove(segment, ids.slice(0, 2), causedBy('manual', NOW + DAY));
  await setPins(tx, segment, ids, {
    kind: 'in',
    via: 'manual',
    by: null,
    reason: null,
    until: null,
    createdAt: NOW,
  });
  await tx.contacts.tag(ids, ['vip'], NOW);
  const visit = {
    type: 'web.visit',
    subject: null,
    value: null,
    occurredAt: NOW,
    properties: null,
    externalId: null,
  };
  await tx.events.insert(
    ids.map((contactId) => ({ contactId, ...visit })),
    NOW,
  );
}
