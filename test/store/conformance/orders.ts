import { describe, expect } from 'vitest';
import type {
  Order,
  OrderedReader,
  Page,
  ReadTx,
  ValueSuppression,
} from '../../../src/store/index.ts';
import { addContacts, DAY, type MakeStore, NOW, storeTest } from './fixture.ts';

const ascending = (by: string): Order => ({ by, descends: false });
const descending = (by: string): Order => ({ by, descends: true });

/** Rows 1 to 3 have the values 2, none and 1. */
async function expectOrders(
  reader: OrderedReader<Page, { readonly id: number }>,
  by: string,
): Promise<void> {
  expect(await reader.order({}, ascending(by))).toEqual([3, 1, 2]);
  expect(await reader.order({}, descending(by))).toEqual([1, 3, 2]);
  expect(await reader.order({ limit: 2 }, descending(by))).toEqual([1, 3]);
  expect(await reader.count({})).toBe(3);
  expect(new Set((await reader.list({ ids: [3, 1] })).map(({ id }) => id))).toEqual(
    new Set([1, 3]),
  );
}

export function ordersConformance(makeStore: MakeStore): void {
  describe('other orders of lists', () => {
    storeTest(makeStore, 'are by a field of contacts or companies', async (store) => {
      await store.write(async (tx) => {
        const acme = await tx.companies.insert({ name: 'Acme', employees: 5 }, NOW);
        await tx.companies.insert({ name: 'Zoom' }, NOW);
        await addContacts(tx, { city: 'Rome', company_id: acme }, {}, { city: 'Bonn' });
        const { contacts, companies } = tx;
        expect(await contacts.order({}, ascending('city'))).toEqual([3, 1, 2]);
        expect(await contacts.order({ limit: 1 }, descending('city'))).toEqual([1]);
        expect(await contacts.order({ after: 1 }, descending('city'))).toEqual([3, 2]);
        expect(await contacts.order({}, ascending('company'))).toEqual([1, 2, 3]);
        expect(await companies.order({}, descending('name'))).toEqual([2, 1]);
        expect(await companies.order({}, ascending('employees'))).toEqual([1, 2]);
      });
    });

    storeTest(makeStore, 'are of those events alone that are asked for', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, {}, {});
        const event = { contactId: 1, type: 'a.b', subject: null, occurredAt: NOW };
        const more = { properties: null, externalId: null };
        for (const value of [2, null, 1])
          await tx.events.insert([{ ...event, ...more, value }], NOW);
        await expectOrders(tx.events, 'value');
        await tx.events.insert([{ ...event, ...more, contactId: 2, value: 9 }], NOW);
        expect(await tx.events.order({ contactId: 1 }, descending('value'))).toEqual([1, 3, 2]);
        expect(await tx.events.count({ contactId: 1, type: 'a.b', since: NOW })).toBe(3);
        expect(await tx.events.count({ since: NOW + 1 })).toBe(0);
      });
    });

    storeTest(makeStore, 'are of runs, by what programs call their columns', async (store) => {
      await store.write(async (tx) => {
        const totals = { segments: 0, changed: 0, joined: 0, left: 0, failed: 0, held: 0 };
        for (const ms of [2, null, 1]) {
          const id = await tx.runs.begin('segments:update', NOW, NOW, { beside: true });
          if (ms !== null) await tx.runs.finish(id, 'ok', totals, NOW + ms, ms);
        }
        await expectOrders(tx.runs, 'ms');
        await expectOrders(tx.runs, 'finished_at');
        expect(await tx.runs.order({}, ascending('pins_ended'))).toEqual([1, 2, 3]);
        expect(await tx.runs.order({ after: 3 }, ascending('ms'))).toEqual([1, 2]);
      });
    });

    storeTest(makeStore, 'are of imports and of the audit', async (store) => {
      await store.write(async (tx) => {
        for (const by of ['bo', null, 'ada']) {
          const begun = { kind: 'contacts', file: 'a.csv', hash: null, by, options: '{}' } as const;
          await tx.imports.begin({ ...begun, runId: null, finishedAt: NOW, keptSince: NOW });
          const entry = { at: NOW, by, command: null, action: 'added', object: 'segment' } as const;
          await tx.audit.write([{ ...entry, objectId: 1, detail: {} }]);
        }
        await expectOrders(tx.imports, 'by');
        await expectOrders(tx.audit, 'by');
        expect(await tx.audit.count({ by: 'ada' })).toBe(1);
        expect(await tx.audit.order({ since: NOW + DAY }, ascending('by'))).toEqual([]);
      });
    });

    storeTest(makeStore, 'are the same in pages of suppressions', async (store) => {
      await store.write(async (tx) => {
        await addContacts(tx, { email: 'b@x.org' });
        const wish = { reason: 'manual', channel: 'sms', createdAt: NOW };
        await tx.suppressions.add([
          { ...wish, address: 'c@x.org', createdAt: NOW + 5 },
          { ...wish, address: 'b@x.org', channel: 'email' },
          { ...wish, address: 'b@x.org' },
          { ...wish, address: 'a@x.org', reason: 'bounced', channel: 'email' },
        ]);
        expect(await tx.suppressions.count('email')).toBe(4);
        for (const by of ['value', 'channel', 'reason', 'created_at', 'contact_id'])
          for (const order of [ascending(by), descending(by)]) {
            const whole = await tx.suppressions.list({ field: 'email', order, limit: 10 });
            expect(await inPagesOfOne(tx, order)).toEqual(whole);
            expect(whole).toHaveLength(4);
          }
        const byContact = await inPagesOfOne(tx, descending('contact_id'));
        expect(byContact.map(({ value }) => value)).toEqual([
          ...['b@x.org', 'b@x.org', 'a@x.org', 'c@x.org'],
        ]);
      });
    });
  });
}

async function inPagesOfOne(tx: ReadTx, order: Order): Promise<ValueSuppression[]> {
  const found: ValueSuppression[] = [];
  for (;;) {
    const after = found.at(-1);
    const [row] = await tx.suppressions.list({ field: 'email', order, after, limit: 1 });
    if (row === undefined) return found;
    found.push(row);
  }
}
