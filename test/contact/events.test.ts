import { expect, test } from 'vitest';
import { addContact } from '../../src/contact/contacts.ts';
import {
  addEvent,
  type EventListRequest,
  type EventRequest,
  isEventType,
  listEvents,
} from '../../src/contact/events.ts';
import type { Store } from '../../src/store/index.ts';
import { collect, freshStore, NOW, refusalOf } from './fresh-store.ts';

async function storeWithAnn(): Promise<Store> {
  const store = await freshStore();
  await store.write(async (tx) => {
    await tx.settings.set({ timezone: 'Europe/Paris' });
    await addContact(tx, { email: 'ann@example.org', assignments: [], tags: [] }, NOW);
  });
  return store;
}

const add = async (store: Store, request: Partial<EventRequest> = {}) =>
  store.write(async (tx) =>
    addEvent(tx, 'ann@example.org', { type: 'page.hit', properties: [], ...request }, NOW),
  );
const list = async (store: Store, request: EventListRequest = {}) =>
  collect(await listEvents(store, request, NOW));

test('an event keeps what it was given, its properties in order', async () => {
  const store = await storeWithAnn();
  const properties = [
    { name: 'utm', value: 'x=1' },
    { name: 'a', value: 'y' },
    { name: 'blank', value: ' ' },
  ];
  expect(
    await add(store, {
      type: ' purchase ',
      subject: 'Tea',
      value: '12,50',
      at: '2026-02-28 23:30',
      properties,
    }),
  ).toEqual({
    id: 1,
    contactId: 1,
    type: 'purchase',
    occurredAt: Date.parse('2026-02-28T22:30:00Z'),
  });
  const [event] = await list(store);
  expect(event).toEqual({
    id: 1,
    contactId: 1,
    type: 'purchase',
    subject: 'Tea',
    value: 12.5,
    occurredAt: Date.parse('2026-02-28T22:30:00Z'),
    properties: { a: 'y', utm: 'x=1' },
    externalId: null,
  });
  expect(Object.keys(event?.properties ?? {})).toEqual(['a', 'utm']);
});

test('blanks around what is said of an event go', async () => {
  const store = await storeWithAnn();
  await add(store, { subject: ' /pricing\u00a0', properties: [{ name: 'plan', value: ' pro ' }] });
  await add(store, { subject: ' ' });
  expect(await list(store)).toMatchObject([
    { subject: '/pricing', properties: { plan: 'pro' } },
    { subject: null },
  ]);
});

test('without more, an event has happened now', async () => {
  const store = await storeWithAnn();
  await add(store);
  expect(await list(store)).toEqual([
    {
      id: 1,
      contactId: 1,
      type: 'page.hit',
      subject: null,
      value: null,
      occurredAt: NOW,
      properties: null,
      externalId: null,
    },
  ]);
  expect(await store.read(async (tx) => tx.contacts.list({}, ['last_active_at']))).toEqual([
    { id: 1, last_active_at: NOW },
  ]);
});

test.each<[string, Partial<EventRequest>, string]>([
  ['a type with a blank', { type: 'page hit' }, '`page hit` cannot be an event type'],
  ['an empty type', { type: '' }, '`` cannot be an event type'],
  ['a value that is no number', { value: 'much' }, '--value: `much` is not a number'],
  ['an empty value', { value: '' }, '--value is empty'],
  ['an instant that is none', { at: '2026-02-30' }, '`--at 2026-02-30` is not an instant'],
  ['the word NULL', { at: 'NULL' }, '`--at NULL` is not an instant'],
  [
    'a property twice',
    {
      properties: [
        { name: 'é', value: '1' },
        { name: 'e\u0301', value: '2' },
      ],
    },
    'the property `é` is given twice',
  ],
])('an event is refused: %s', async (_, request, message) => {
  const store = await storeWithAnn();
  expect(await refusalOf(add(store, request))).toMatchObject({ exit: 2, message });
  expect(await list(store)).toEqual([]);
});

test.each([
  ['page.hit', true],
  ['purchase', true],
  ['Form-2.submit_ok', true],
  ['größe.x', true],
  ['.hit', false],
  ['page.', false],
  ['page..hit', false],
  ['2fast', false],
  ['a b', false],
])('%s as an event type: %s', (text, holds) => expect(isEventType(text)).toBe(holds));

test('events are listed by contact, type and since when, page by page', async () => {
  const store = await storeWithAnn();
  await store.write(async (tx) => addContact(tx, { assignments: [], tags: [] }, NOW));
  await add(store, { at: '2026-01-01' });
  await add(store, { type: 'purchase' });
  await store.write(async (tx) => addEvent(tx, '2', { type: 'page.hit', properties: [] }, NOW));
  const ids = async (request: EventListRequest) => (await list(store, request)).map(({ id }) => id);
  expect(await ids({ contact: 'ann@example.org' })).toEqual([1, 2]);
  expect(await ids({ type: 'PAGE.HIT' })).toEqual([1, 3]);
  expect(await ids({ since: '2026-01-02' })).toEqual([2, 3]);
  // a day in Paris begins an hour before it does in UTC
  expect(await ids({ since: '2026-01-01' })).toEqual([1, 2, 3]);
  expect(await ids({ after: 1, limit: 1 })).toEqual([2]);
  expect(await ids({ limit: 0 })).toEqual([]);
  expect(await refusalOf(list(store, { contact: 'an@example.org' }))).toMatchObject({
    exit: 2,
    hint: 'did you mean `ann@example.org`?',
  });
});
