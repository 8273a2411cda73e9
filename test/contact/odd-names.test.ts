import { expect, test } from 'vitest';
import { readStoreFilter } from '../../src/contact/checked-filter.ts';
import { addEvent } from '../../src/contact/events.ts';
import { STANDARD_EVENT_TYPES } from '../../src/contact/event-types.ts';
import type { OfStandardTypes } from '../../src/contact/odd-names.ts';
import { addContact } from '../../src/contact/contacts.ts';
import type { Store, SuppressionReason } from '../../src/store/index.ts';
import { freshStore, NOW } from './fresh-store.ts';

/** One contact with an event of each type. */
async function storeWith(...types: readonly string[]): Promise<Store> {
  const store = await freshStore();
  await store.write(async (tx) => {
    await addContact(tx, { email: 'ann@example.org', assignments: [], tags: ['vip'] }, NOW);
    for (const type of types) await addEvent(tx, 'ann@example.org', { type, properties: [] }, NOW);
  });
  return store;
}

async function warningsOf(
  store: Store,
  filter: string,
  ofStandardTypes?: OfStandardTypes,
): Promise<readonly string[]> {
  const options = ofStandardTypes === undefined ? {} : { ofStandardTypes };
  return store.read(async (tx) => (await readStoreFilter(tx, filter, options)).warnings);
}

test('an event type of nobody is told with the nearest of the store and of the standard ones', async () => {
  const store = await storeWith('webinar', 'Été.vu', 'PAGE.HIT');
  const meant = async (type: string): Promise<readonly string[]> =>
    warningsOf(store, `not did ${type}`);
  expect(await meant('webinr')).toEqual(['no event type `webinr` yet; did you mean `webinar`?']);
  expect(await meant('purchse')).toEqual(['no event type `purchse` yet; did you mean `purchase`?']);
  expect(await meant('somewhere')).toEqual(['no event type `somewhere` yet']);
  for (const type of ['Webinar', 'été.VU', 'page.hit'])
    expect([type, await meant(type)]).toEqual([type, []]);
});

test('a standard type without events is told only where that is asked for', async () => {
  const store = await storeWith();
  for (const type of STANDARD_EVENT_TYPES) {
    expect(await warningsOf(store, `did ${type.toUpperCase()}`)).toEqual([]);
    expect(await warningsOf(store, `did ${type}`, 'tell')).toEqual([
      `no \`${type}\` event is stored yet`,
    ]);
  }
  expect(await warningsOf(store, 'did purchse', 'tell')).toEqual([
    'no event type `purchse` yet; did you mean `purchase`?',
  ]);
});

test('each name is told once, tags before event types', async () => {
  const store = await storeWith();
  expect(
    await warningsOf(
      store,
      'did zzz or count(zzz) > 2 or tagged "vpi" or not tagged "vpi" or tagged "VIP"',
    ),
  ).toEqual(['no tag `vpi` yet; did you mean `vip`?', 'no event type `zzz` yet']);
});

test('a channel or reason of a suppression that is neither usual nor stored is told', async () => {
  const store = await storeWith();
  const meant = async (filter: string): Promise<readonly string[]> => warningsOf(store, filter);
  expect(await meant('suppressed(emial, unsubscribe) or suppressed(smss)')).toEqual([
    'nobody is suppressed in the channel `emial`; did you mean `email`?',
    'nobody is suppressed in the channel `smss`; did you mean `sms`?',
    'nobody is suppressed for the reason `unsubscribe`; did you mean `unsubscribed`?',
  ]);
  const own =
    'suppressed(EMAIL, Bounced) and not suppressed(Fax, complained) or not suppressed(fax, Complained)';
  expect(await meant(own)).toEqual([
    'nobody is suppressed in the channel `Fax`',
    'nobody is suppressed in the channel `fax`',
    'nobody is suppressed for the reason `complained`',
    'nobody is suppressed for the reason `Complained`',
  ]);
  await store.write(async (tx) =>
    tx.contacts.suppress([1], ['fax', 'emails'], 'complained' as SuppressionReason, NOW),
  );
  expect(await meant(`${own} or suppressed(emails)`)).toEqual([]);
  expect(await meant('suppressed(faxx, complaind)')).toEqual([
    'nobody is suppressed in the channel `faxx`; did you mean `fax`?',
    'nobody is suppressed for the reason `complaind`; did you mean `complained`?',
  ]);
});
