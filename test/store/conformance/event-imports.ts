import { describe, expect } from 'vitest';
import type { StagedEvent } from '../../../src/store/index.ts';
import {
  addContacts,
  applyRows,
  counts,
  DAY,
  importRows,
  type MakeStore,
  NOW,
  storeTest,
} from './fixture.ts';

const shape = { kind: 'events', key: 'email' } as const;
const ADA = 'ada@example.org';

function event(line: number, more: Partial<StagedEvent> = {}): StagedEvent {
  return {
    line,
    contact: ADA,
    type: 'web.visit',
    subject: null,
    value: null,
    occurredAt: NOW - DAY,
    properties: null,
    externalId: null,
    ...more,
  };
}

export function eventImportsConformance(makeStore: MakeStore): void {
  describe('imports of events', () => {
    storeTest(makeStore, 'insert events of known contacts and reject the others', async (store) => {
      await store.write(async (tx) => addContacts(tx, { email: ADA }));
      const file = [
        event(2, { contact: 'ADA@example.org', subject: 'Été', value: 2.5, properties: '{"a":1}' }),
        event(3, { contact: 'nobody@example.org' }),
        event(4, { contact: null }),
      ];
      const unknown = [
        { line: 3, reason: { kind: 'unknownContact' } },
        { line: 4, reason: { kind: 'unknownContact' } },
      ];
      expect(await importRows(store, shape, file)).toMatchObject({
        inserted: 1,
        updated: 0,
        unchanged: 0,
        merged: 0,
        rejects: unknown,
      });
      expect(await store.read(async (tx) => tx.events.list({}))).toEqual([
        {
          id: 1,
          contactId: 1,
          type: 'web.visit',
          subject: 'Été',
          value: 2.5,
          occurredAt: NOW - DAY,
          properties: { a: 1 },
          externalId: null,
        },
      ]);
      expect(await importRows(store, shape, file)).toMatchObject({
        unchanged: 1,
        rejects: unknown,
      });
    });

    storeTest(makeStore, 'make contacts where asked, one for each key', async (store) => {
      const file = [
        event(2),
        event(3, { contact: 'Ada@Example.org', type: 'order' }),
        event(4, { contact: 'bob@example.org' }),
        event(5, { contact: null }),
      ];
      expect(await importRows(store, shape, file, { createContacts: true })).toMatchObject({
        inserted: 3,
        rejects: [{ line: 5, reason: { kind: 'unknownContact' } }],
      });
      expect(
        await store.read(async (tx) =>
          tx.contacts.list({}, ['email', 'identified_at', 'last_active_at']),
        ),
      ).toEqual([
        { id: 1, email: ADA, identified_at: NOW, last_active_at: NOW - DAY },
        { id: 2, email: 'bob@example.org', identified_at: NOW, last_active_at: NOW - DAY },
      ]);
      expect(
        await importRows(
          store,
          { kind: 'events', key: 'id' },
          [event(2, { contact: 1 }), event(3, { contact: 77 })],
          { createContacts: true },
        ),
      ).toMatchObject({ unchanged: 1, rejects: [{ line: 3 }] });
    });

    storeTest(
      makeStore,
      'with ids of their own are inserted, changed or left; the last of one id wins',
      async (store) => {
        await store.write(async (tx) =>
          addContacts(tx, { email: ADA }, { email: 'bob@example.org' }),
        );
        const first = [
          event(2, { externalId: 'a' }),
          event(3, { externalId: 'b', value: 1 }),
          event(4, { externalId: 'c' }),
        ];
        expect(counts(await importRows(store, shape, first))).toEqual({ inserted: 3 });
        const second = [
          event(2, { externalId: 'a' }),
          event(3, { externalId: 'b', value: 2 }),
          event(4, { externalId: 'c', contact: 'bob@example.org' }),
          event(5, { externalId: 'd', value: 1 }),
          event(6, { externalId: 'd', value: 2 }),
        ];
        expect(counts(await importRows(store, shape, second))).toEqual({
          inserted: 1,
          updated: 2,
          unchanged: 1,
          merged: 1,
        });
        expect(
          (await store.read(async (tx) => tx.events.list({}))).map(
            ({ externalId, value, contactId }) => [externalId, value, contactId],
          ),
        ).toEqual([
          ['a', null, 1],
          ['b', 2, 1],
          ['c', null, 2],
          ['d', 2, 1],
        ]);
        expect(counts(await importRows(store, shape, second))).toEqual({ unchanged: 4, merged: 1 });
      },
    );

    storeTest(
      makeStore,
      'without ids are told apart by their content and their place among equals',
      async (store) => {
        await store.write(async (tx) => {
          await addContacts(tx, { email: ADA }, { email: 'bob@example.org' });
          await tx.events.insert(
            [
              {
                contactId: 1,
                type: 'web.visit',
                subject: null,
                value: null,
                occurredAt: NOW - DAY,
                properties: { b: 1, a: 'x' },
                externalId: null,
              },
            ],
            NOW,
          );
        });
        const stored = event(2, { properties: '{"a":"x","b":1}' });
        expect(counts(await importRows(store, shape, [stored]))).toEqual({ unchanged: 1 });
        const distinct = [
          event(2),
          event(3, { type: 'order' }),
          event(4, { subject: 's' }),
          event(5, { subject: 'S' }),
          event(6, { value: 0 }),
          event(7, { occurredAt: NOW }),
          event(8, { properties: '{"a":"y"}' }),
          event(9, { contact: 'bob@example.org' }),
        ];
        expect(counts(await importRows(store, shape, distinct))).toEqual({ inserted: 8 });
        expect(counts(await importRows(store, shape, distinct))).toEqual({ unchanged: 8 });
        expect(
          counts(
            await importRows(store, shape, [event(2), event(3, { type: 'WEB.visit' }), event(4)]),
          ),
        ).toEqual({ inserted: 2, unchanged: 1 });
        expect(
          counts(await importRows(store, shape, [event(2), event(3), event(4), event(5)])),
        ).toEqual({ inserted: 1, unchanged: 3 });
        expect(counts(await importRows(store, shape, [event(2)]))).toEqual({ unchanged: 1 });
      },
    );

    storeTest(makeStore, 'do not count an event with an id for one without', async (store) => {
      await store.write(async (tx) => addContacts(tx, { email: ADA }));
      await importRows(store, shape, [event(2, { externalId: 'a' })]);
      expect(counts(await importRows(store, shape, [event(2)]))).toEqual({ inserted: 1 });
    });

    storeTest(
      makeStore,
      'move the last activity forward, not for what we sent, nor for the future',
      async (store) => {
        await store.write(async (tx) =>
          addContacts(
            tx,
            { email: ADA },
            { email: 'bob@example.org', last_active_at: NOW - 5 },
            { email: 'eve@example.org' },
          ),
        );
        await importRows(store, shape, [
          event(2, { externalId: 'x' }),
          event(3, { occurredAt: NOW - 9 * DAY }),
          event(4, { type: 'email.sent', occurredAt: NOW }),
          event(5, { occurredAt: NOW + 1 }),
          event(6, { contact: 'bob@example.org', occurredAt: NOW - 6 }),
          event(7, { contact: 'eve@example.org', type: 'SMS.sent' }),
        ]);
        const active = async (): Promise<unknown[]> =>
          (await store.read(async (tx) => tx.contacts.list({}, ['last_active_at']))).map(
            (contact) => contact['last_active_at'],
          );
        expect(await active()).toEqual([NOW - DAY, NOW - 5, null]);
        await importRows(store, shape, [event(2, { externalId: 'x', occurredAt: NOW - 2 })]);
        expect(await active()).toEqual([NOW - 2, NOW - 5, null]);
      },
    );

    storeTest(makeStore, 'say which contacts they stood for, each once', async (store) => {
      await store.write(async (tx) =>
        addContacts(tx, { email: ADA }, { email: 'bob@example.org' }, { email: 'eve@example.org' }),
      );
      const stage = await store.stage(shape);
      await applyRows(store, stage, [
        event(2, { contact: 'eve@example.org' }),
        event(3),
        event(4),
        event(5, { contact: 'nobody@example.org' }),
      ]);
      expect(await store.write(async (tx) => tx.imports.contactIds(stage, { limit: 10 }))).toEqual([
        1, 3,
      ]);
      expect(
        await store.write(async (tx) => tx.imports.contactIds(stage, { limit: 10, after: 1 })),
      ).toEqual([3]);
      await stage.drop();
    });
  });
}
