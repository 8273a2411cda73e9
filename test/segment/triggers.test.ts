import { expect, test } from 'vitest';
import { addEvent } from '../../src/contact/events.ts';
import { addToSegment, clearSegment, removeFromSegment } from '../../src/segment/members.ts';
import { convertSegment } from '../../src/segment/conversion.ts';
import { editSegment } from '../../src/segment/definition.ts';
import { setFilter } from '../../src/segment/filters.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { changeData } from '../../src/segment/triggers/data-change.ts';
import { getTrigger } from '../../src/segment/triggers/lookup.ts';
import {
  createTrigger,
  editTrigger,
  type TriggerOptions,
} from '../../src/segment/triggers/save.ts';
import { tryTrigger } from '../../src/segment/triggers/trial.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { usesOf } from '../../src/segment/uses.ts';
import type { Store, WriteTx } from '../../src/store/index.ts';
import {
  by,
  create,
  HOUR,
  memberIds,
  members,
  NOW,
  setPoints,
  storeWith,
  update,
} from './segment-world.ts';

const FAIR = 'form.submit where subject = "fair"';

async function trigger(
  store: Store,
  name: string,
  options: Partial<TriggerOptions>,
): Promise<void> {
  await changeData(store, { now: NOW }, async (tx) =>
    createTrigger(tx, { existing: false, ...options, name }, { now: NOW, by: 'tester' }),
  );
}

async function edit(store: Store, name: string, options: Partial<TriggerOptions>): Promise<void> {
  await changeData(store, { now: NOW }, async (tx) =>
    editTrigger(tx, await getTrigger(tx, name), { existing: false, ...options }, NOW),
  );
}

/** As another program writes it: triggers see it at the next update. */
async function bySql(store: Store, contact: string, subject = 'fair'): Promise<void> {
  await store.write(async (tx) => submit(tx, contact, subject));
}

async function byCommand(store: Store, contact: string, subject = 'fair'): Promise<void> {
  await changeData(store, { now: NOW }, async (tx) => submit(tx, contact, subject));
}

async function submit(tx: WriteTx, contact: string, subject: string): Promise<void> {
  await addEvent(tx, contact, { type: 'form.submit', subject, properties: [] }, NOW);
}

async function decide(
  store: Store,
  alias: string,
  ids: readonly number[],
  change: typeof removeFromSegment,
): Promise<void> {
  await changeData(store, { now: NOW }, async (tx) => {
    await change(tx, await getSegment(tx, alias), ids, by(NOW));
  });
}

test('an event fires once: by a command at once, by SQL at the next update', async () => {
  const store = await storeWith([0, 0, 0]);
  await create(store, 'leads');
  await bySql(store, '3');
  await trigger(store, 'fair', { when: FAIR, add: ['leads'] });
  await byCommand(store, '1');
  expect(await memberIds(store, 'leads')).toBe('1');
  await byCommand(store, '2', 'other');
  await bySql(store, '2');
  expect(await memberIds(store, 'leads')).toBe('1');
  const report = await update(store, NOW + HOUR);
  expect(report.triggers).toMatchObject([{ name: 'fair', contacts: 1, events: 1, error: null }]);
  expect(await memberIds(store, 'leads')).toBe('1 2');
  await store.close();
});

test('what a trigger did says so, and is not done again', async () => {
  const store = await storeWith([0, 0]);
  await create(store, 'leads');
  await trigger(store, 'fair', { when: FAIR, add: ['leads'], reason: 'met' });
  await byCommand(store, '1');
  const [one] = await members(store, 'leads');
  expect(one?.joined).toMatchObject({ via: 'trigger', name: 'fair', by: 'tester', reason: 'met' });
  await changeData(store, { now: NOW }, async (tx) =>
    clearSegment(tx, await getSegment(tx, 'leads'), { now: NOW, by: null }),
  );
  expect((await update(store, NOW + 2 * HOUR)).triggers).toEqual([]);
  expect(await memberIds(store, 'leads')).toBe('');
  await store.close();
});

test('what is stored counts with existing alone', async () => {
  const store = await storeWith([150, 0]);
  for (const alias of ['leads', 'rich', 'from-leads']) await create(store, alias);
  await bySql(store, '2');
  await trigger(store, 'fair', { when: FAIR, add: ['leads'], existing: true });
  await trigger(store, 'rich', { whenPointsReach: 100, add: ['rich'], existing: true });
  await trigger(store, 'moved', { whenJoins: 'leads', add: ['from-leads'], existing: true });
  expect(await memberIds(store, 'leads')).toBe('2');
  expect(await memberIds(store, 'rich')).toBe('1');
  expect(await memberIds(store, 'from-leads')).toBe('2');
  await store.close();
});

test('points fire each time they are reached', async () => {
  const store = await storeWith([150, 0]);
  await create(store, 'rich');
  await trigger(store, 'rich', { whenPointsReach: 100, add: ['rich'] });
  expect(await memberIds(store, 'rich')).toBe('');
  const set = async (points: number): Promise<void> => {
    await changeData(store, { now: NOW }, async (tx) => {
      await tx.contacts.update([1, 2], { points }, NOW);
      await clearSegment(tx, await getSegment(tx, 'rich'), { now: NOW, by: null });
    });
  };
  await set(100);
  expect(await memberIds(store, 'rich')).toBe('2');
  await set(101);
  expect(await memberIds(store, 'rich')).toBe('');
  await set(99);
  await set(100);
  expect(await memberIds(store, 'rich')).toBe('1 2');
  await store.close();
});

test('what SQL wrote counts, though a command writes it over before any update', async () => {
  const store = await storeWith([100, 0]);
  await create(store, 'rich');
  await trigger(store, 'rich', { whenPointsReach: 100, add: ['rich'] });
  await setPoints(store, 1, 99);
  await setPoints(store, 2, 100);
  const { triggers } = await changeData(store, { now: NOW }, async (tx) => {
    await tx.contacts.update([1], { points: 100 }, NOW);
    await tx.contacts.update([2], { points: 0 }, NOW);
  });
  expect(await memberIds(store, 'rich')).toBe('1 2');
  expect(triggers).toMatchObject([{ name: 'rich', contacts: 2, acted: [{ joined: 2 }] }]);
  await store.close();
});

test('who loses the points while a trigger fails reaches them anew', async () => {
  const store = await storeWith([100, 100]);
  await create(store, 'rich', { public: true });
  await trigger(store, 'rich', { whenPointsReach: 100, add: ['rich'], via: 'points' });
  const open = async (isPublic: boolean): Promise<void> =>
    store.write(async (tx) => {
      await editSegment(tx, await getSegment(tx, 'rich'), { public: isPublic }, by(NOW));
    });
  await open(false);
  for (const points of [99, 100])
    await changeData(store, { now: NOW }, async (tx) => tx.contacts.update([2], { points }, NOW));
  await open(true);
  await update(store, NOW + HOUR);
  expect(await memberIds(store, 'rich')).toBe('2');
  await store.close();
});

test('triggers set each other off, and what reads the segments is true in the same run', async () => {
  const store = await storeWith([0, 0, 0]);
  for (const alias of ['leads', 'old', 'last']) await create(store, alias);
  await create(store, 'reader', { where: 'in segment leads' });
  await decide(store, 'old', [1, 2], addToSegment);
  await trigger(store, 'third', { whenLeaves: 'old', add: ['last'] });
  await trigger(store, 'second', { whenJoins: 'reader', remove: ['old'] });
  await trigger(store, 'first', { when: FAIR, add: ['leads'] });
  await byCommand(store, '1');
  await bySql(store, '2');
  const report = await update(store, NOW + HOUR);
  expect(report.triggers.map(({ name, contacts }) => `${name} ${contacts}`)).toEqual([
    'first 1',
    'second 2',
    'third 2',
  ]);
  expect(report.reports).toMatchObject([{ alias: 'reader', joined: 2, members: 2 }]);
  expect(await memberIds(store, 'old')).toBe('');
  expect(await memberIds(store, 'last')).toBe('1 2');
  await store.close();
});

test('a dry run tells the same and changes nothing', async () => {
  const store = await storeWith([0, 0]);
  for (const alias of ['leads', 'last']) await create(store, alias);
  await create(store, 'reader', { where: 'in segment leads' });
  await trigger(store, 'first', { when: FAIR, add: ['leads'] });
  await trigger(store, 'second', { whenJoins: 'reader', add: ['last'] });
  await decide(store, 'leads', [1], addToSegment);
  await bySql(store, '2');
  const request = { segments: [], now: NOW + HOUR };
  const dry = await updateSegments(store, { ...request, dryRun: true });
  expect(await memberIds(store, 'leads')).toBe('1');
  const real = await updateSegments(store, request);
  expect(dry.triggers).toEqual(real.triggers);
  expect(dry.triggers).toMatchObject([{ contacts: 1 }, { contacts: 2 }]);
  await store.close();
});

test('removals by hand hold against triggers, those by triggers do not', async () => {
  const store = await storeWith([0, 0]);
  await create(store, 'leads');
  await trigger(store, 'fair', { when: FAIR, add: ['leads'] });
  await trigger(store, 'gone', { when: 'form.submit where subject = "no"', remove: ['leads'] });
  await decide(store, 'leads', [1], removeFromSegment);
  await byCommand(store, '2', 'no');
  await byCommand(store, '1');
  await byCommand(store, '2');
  expect(await memberIds(store, 'leads')).toBe('2');
  await store.close();
});

test('a trigger that cannot act fails by itself, and catches up', async () => {
  const store = await storeWith([0, 0]);
  for (const alias of ['leads', 'other']) await create(store, alias, { public: true });
  await trigger(store, 'fair', { when: FAIR, add: ['leads'], via: 'form' });
  await trigger(store, 'also', { when: FAIR, add: ['other'] });
  await store.write(async (tx) =>
    editSegment(tx, await getSegment(tx, 'leads'), { public: false }, { now: NOW, by: null }),
  );
  await byCommand(store, '1');
  const report = await update(store, NOW + HOUR);
  expect(report.triggers).toMatchObject([{ name: 'fair', error: { code: 'NOT_PUBLIC' } }]);
  expect(await memberIds(store, 'other')).toBe('1');
  await update(store, NOW + 2 * HOUR);
  await store.write(async (tx) =>
    editSegment(tx, await getSegment(tx, 'leads'), { public: true }, { now: NOW, by: null }),
  );
  await update(store, NOW + 3 * HOUR);
  expect(await memberIds(store, 'leads')).toBe('1');
  await store.close();
});

test('a trigger that watches an unpublished segment fails', async () => {
  const store = await storeWith([0]);
  for (const alias of ['a', 'b']) await create(store, alias);
  await trigger(store, 'on', { whenJoins: 'a', add: ['b'] });
  await store.write(async (tx) => {
    const a = await getSegment(tx, 'a');
    await tx.segments.update(a.id, { ...a, published: false }, { now: NOW, by: null });
  });
  const { triggers } = await update(store, NOW + HOUR);
  expect(triggers).toMatchObject([{ error: { code: 'UNPUBLISHED' } }]);
  await store.close();
});

test('circles are refused, also those that a filter closes', async () => {
  const store = await storeWith([0]);
  for (const alias of ['a', 'b']) await create(store, alias);
  await create(store, 'reader', { where: 'in segment a' });
  await trigger(store, 'on', { whenJoins: 'a', add: ['b'], remove: ['a'] });
  const circle = { code: 'TRIGGER_CIRCLE', exit: 1 };
  await expect(trigger(store, 'back', { whenJoins: 'b', add: ['a'] })).rejects.toMatchObject(
    circle,
  );
  await expect(trigger(store, 'self', { whenJoins: 'a', add: ['a'] })).rejects.toMatchObject(
    circle,
  );
  await expect(
    trigger(store, 'through', { whenJoins: 'reader', add: ['a'] }),
  ).rejects.toMatchObject(circle);
  await trigger(store, 'out', { whenLeaves: 'reader', add: ['b'] });
  await create(store, 'other', { where: 'points > 5' });
  await trigger(store, 'other', { whenJoins: 'other', add: ['b'] });
  const closing = store.write(async (tx) =>
    setFilter(tx, await getSegment(tx, 'other'), 'in segment b', { now: NOW, by: null }),
  );
  await expect(closing).rejects.toMatchObject(circle);
  await store.close();
});

test('a filter that asks for others closes no circle where its members join', async () => {
  const store = await storeWith([0, 0]);
  for (const alias of ['d1', 's1']) await create(store, alias);
  await create(store, 'd2', {
    where: 'in segment d1 and not (not in segment d1 or in segment s1)',
  });
  await trigger(store, 'once', { whenJoins: 'd2', add: ['s1'] });
  await decide(store, 'd1', [1, 2], addToSegment);
  const { triggers } = await update(store, NOW + HOUR);
  expect(triggers).toMatchObject([{ name: 'once', contacts: 2 }]);
  expect([await memberIds(store, 'd2'), await memberIds(store, 's1')]).toEqual(['', '1 2']);
  await expect(trigger(store, 'again', { whenLeaves: 'd2', remove: ['s1'] })).rejects.toThrow(
    'trigger again would set off itself: trigger again → leaving s1 → joining d2 → ' +
      'trigger once → joining s1 → leaving d2 → trigger again',
  );
  await store.close();
});

test('a filter that sleeps closes no circle until it wakes', async () => {
  const store = await storeWith([0]);
  for (const alias of ['a', 'b']) await create(store, alias);
  await store.write(async (tx) =>
    setFilter(tx, await getSegment(tx, 'b'), 'in segment a', { now: NOW, by: null }),
  );
  await trigger(store, 'on', { whenJoins: 'b', add: ['a'] });
  const waking = store.write(async (tx) =>
    convertSegment(tx, await getSegment(tx, 'b'), 'dynamic', 'drop', { now: NOW, by: null }),
  );
  await expect(waking).rejects.toMatchObject({ code: 'TRIGGER_CIRCLE', exit: 1 });
  await store.close();
});

test('segments that triggers name are neither deleted nor unpublished', async () => {
  const store = await storeWith([0]);
  for (const alias of ['a', 'b']) await create(store, alias);
  await trigger(store, 'on', { whenJoins: 'a', add: ['b'] });
  const uses = await store.read(async (tx) => usesOf(tx, await getSegment(tx, 'b')));
  expect(uses).toEqual([{ kind: 'trigger', name: 'on', holds: true }]);
  const unpublishing = store.write(async (tx) =>
    editSegment(tx, await getSegment(tx, 'a'), { published: false }, { now: NOW, by: null }),
  );
  await expect(unpublishing).rejects.toMatchObject({ code: 'IN_USE' });
  await store.close();
});

test('another condition, and publishing again, begin anew', async () => {
  const store = await storeWith([0, 0]);
  await create(store, 'leads');
  await trigger(store, 'fair', { when: FAIR, add: ['leads'] });
  await edit(store, 'fair', { published: false });
  await byCommand(store, '1');
  await edit(store, 'fair', { published: true });
  await update(store, NOW + HOUR);
  expect(await memberIds(store, 'leads')).toBe('');
  await edit(store, 'fair', { when: FAIR, existing: true });
  expect(await memberIds(store, 'leads')).toBe('1');
  await expect(edit(store, 'fair', { existing: true })).rejects.toMatchObject({ exit: 2 });
  await store.close();
});

test('the condition that it has begins nothing anew: what came meanwhile fires', async () => {
  const store = await storeWith([0]);
  await create(store, 'leads');
  await trigger(store, 'fair', { when: FAIR, add: ['leads'] });
  await bySql(store, '1');
  await edit(store, 'fair', { when: FAIR, reason: 'met' });
  expect(await memberIds(store, 'leads')).toBe('1');
  await store.close();
});

test('a trial changes nothing, and asks of one contact', async () => {
  const store = await storeWith([0, 0, 0]);
  await create(store, 'leads');
  await trigger(store, 'fair', { when: FAIR, add: ['leads'] });
  await bySql(store, '1');
  await bySql(store, '3');
  expect(await tryTrigger(store, 'fair', { now: NOW })).toMatchObject({
    contactIds: [1, 3],
    acted: [{ alias: 'leads', joined: 2 }],
  });
  expect(await tryTrigger(store, 'FAIR', { now: NOW, contact: '3' })).toMatchObject({
    contactIds: [3],
  });
  expect(await tryTrigger(store, '1', { now: NOW, contact: '2' })).toMatchObject({ contacts: 0 });
  await update(store, NOW + HOUR);
  expect(await memberIds(store, 'leads')).toBe('1 3');
  await store.close();
});

test.each([
  [{ add: ['a'] }, 'is missing'],
  [{ when: 'form.submit' }, 'to do is missing'],
  [{ when: 'form.submit', whenJoins: 'a', add: ['b'] }, 'contradict'],
  [{ when: 'form.submit in last 7 days', add: ['a'] }, 'window'],
  [{ when: 'form.submit or did page.hit', add: ['a'] }, 'one set of events'],
  [{ when: 'form.submit', add: ['a'], remove: ['a'] }, 'under --add and under --remove'],
  [{ when: 'form.submit', add: ['nobody'] }, 'unknown segment'],
  [{ when: 'form.submit where', add: ['a'] }, 'expected'],
])('%j is refused: %s', async (options, words) => {
  const store = await storeWith([]);
  for (const alias of ['a', 'b']) await create(store, alias);
  await expect(trigger(store, 'odd', options)).rejects.toMatchObject({
    exit: 2,
    message: expect.stringContaining(words) as unknown,
  });
  expect(await store.read(async (tx) => tx.triggers.list())).toEqual([]);
  await store.close();
});

test('names are one, and no numbers', async () => {
  const store = await storeWith([]);
  await create(store, 'a');
  await trigger(store, 'fair', { when: FAIR, add: ['a'] });
  const taken = trigger(store, 'FAIR', { when: FAIR, add: ['a'] });
  await expect(taken).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
  await expect(trigger(store, '12', { when: FAIR, add: ['a'] })).rejects.toMatchObject({ exit: 2 });
  await store.close();
});
