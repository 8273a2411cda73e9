import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { eachImport, viewImport } from '../../src/csv/imports.ts';
import { undoImport, type UndoReport } from '../../src/csv/undo.ts';
import { convertSegment } from '../../src/segment/conversion.ts';
import { createSegment, editSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, clearSegment, removeFromSegment } from '../../src/segment/members.ts';
import type { Triggered } from '../../src/segment/triggers/data-change.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { SegmentRow, WriteTx } from '../../src/store/index.ts';
import { NOW, makeWorld, refusal, type World } from './world.ts';

const DAY = 86_400_000;

async function withSegments(): Promise<World> {
  const world = await makeWorld();
  await world.store.write(async (tx) => {
    await createSegment(tx, { name: 'news' }, { now: NOW, by: null });
    await createSegment(tx, { name: 'hot', where: 'points > 10' }, { now: NOW, by: null });
  });
  return world;
}

async function undo(
  world: World,
  more: { readonly reference?: string; readonly isDry?: boolean; readonly now?: number } = {},
): Promise<UndoReport & Triggered> {
  const { reference = 'last', isDry = false, now = NOW + DAY } = more;
  return undoImport(world.store, reference, { now, by: 'undoer', isDry });
}

/** The figures that are not 0. */
function told({
  importId: _,
  file: __,
  fieldsKept: ___,
  triggers,
  ...counts
}: UndoReport & Triggered): Record<string, number> {
  expect(triggers).toEqual([]);
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

/** All that an import changes and an undo takes back, in words: no ids, no instants. */
async function stateOf(world: World): Promise<unknown> {
  return world.store.read(async (tx) => {
    const contacts = await tx.contacts.list({}, ['email', 'tags', 'company']);
    const emails = new Map(contacts.map(({ id, email }) => [id, email]));
    const segments = await Promise.all(
      (await tx.segments.list()).map(async ({ id, alias, members }) => ({
        alias,
        members,
        in: (await tx.members.list(id, {})).map(({ email }) => email).sort(),
        pins: (await tx.pins.list(id, {}))
          .map(({ contactId, kind, via, reason }) => [emails.get(contactId), kind, via, reason])
          .sort(),
      })),
    );
    return {
      contacts: contacts.map(({ id: _, ...row }) => row),
      companies: (await tx.companies.list({}, ['name'])).map(({ name }) => name),
      events: await tx.events.list({}),
      segments,
    };
  });
}

const FILE =
  'email,first_name,tags,company\nann@x.example,Ann,vip|new,Acme\nbob@x.example,Bob,vip,Beta\n';

test('an import that nothing followed is taken back, but for values that it overwrote', async () => {
  const world = await withSegments();
  await world.contacts('email,first_name,tags\nann@x.example,Old,vip|-x\n');
  const before = await stateOf(world);
  await world.contacts(FILE, { segments: ['news', 'hot'] });
  expect(told(await undo(world))).toEqual({
    ...{ contacts: 1, companies: 1, kept: 1, left: 2, unpinned: 2, tags: 2, overwritten: 1 },
  });
  expect(await world.list('first_name')).toEqual(['Ann']);
  await world.store.write(async (tx) => {
    // a dynamic segment follows at the next update
    expect((await getSegment(tx, 'hot')).members).toBe(1);
  });
  await updateSegments(world.store, { segments: [], now: NOW + 2 * DAY });
  expect(await stateOf(world)).toEqual({
    ...(before as object),
    // a company that an overwritten value names stays
    contacts: [{ email: 'ann@x.example', tags: 'vip', company: 'Acme' }],
    companies: ['Acme'],
  });
});

test('a dry run counts the same and changes nothing; undone twice is refused', async () => {
  const world = await withSegments();
  await world.contacts(FILE, { segments: ['news'] });
  const before = await stateOf(world);
  const dry = await undo(world, { isDry: true });
  expect(await stateOf(world)).toEqual(before);
  expect(await undo(world)).toEqual(dry);
  expect(await refusal(undo(world))).toMatchObject({ exit: 1, code: 'UNDONE_BEFORE' });
  expect(await refusal(undo(world, { reference: '7' }))).toMatchObject({
    exit: 2,
    message: 'unknown import 7',
  });
});

test.each([
  ['an edit', 'update contacts set city = $city, updated_at = updated_at + 1 where id = 1'],
  ['an edit after the clock went back', 'update contacts set updated_at = updated_at - 1'],
  ['an event', "insert into events (contact_id, type, occurred_at) values (1, 'a', 0)"],
  ['a suppression', "insert into suppressions values (1, 'email', 'unsubscribed', 0)"],
  [
    'a tag',
    "insert into tags (name, created_at) values ('z', 0); insert into contact_tags select 1, id from tags where name = 'z'",
  ],
  [
    'a removal',
    "insert into pins (segment_id, contact_id, kind, via, created_at) values (1, 1, 'out', 'manual', 0)",
  ],
])('%s since keeps a contact that the import made', async (_, statement) => {
  const world = await withSegments();
  await world.contacts('email,tags\nann@x.example,vip\n');
  await world.sql(statement.replace('$city', "'Rome'"));
  expect(told(await undo(world))).toEqual({ kept: 1, tags: 1 });
  expect(await world.list('email')).toEqual(['ann@x.example']);
});

test('a membership by hand keeps a contact, one by a filter does not', async () => {
  const world = await withSegments();
  await world.contacts('email,points\nann@x.example,50\nbob@x.example,50\n');
  await updateSegments(world.store, { segments: [], now: NOW });
  await world.store.write(async (tx) => {
    const decision = { via: 'manual', now: NOW + 1, by: null };
    await addToSegment(tx, await getSegment(tx, 'news'), [2], decision);
  });
  expect(told(await undo(world))).toEqual({ contacts: 1, kept: 1 });
  expect(await world.list('email')).toEqual(['bob@x.example']);
  expect(await stateOf(world)).toMatchObject({
    segments: [{ members: 1 }, { members: 1, in: ['bob@x.example'] }],
  });
});

test('a company stays while somebody who stays is in it', async () => {
  const world = await withSegments();
  await world.contacts('email,company\nann@x.example,Acme\nbob@x.example,Beta\n');
  await world.contacts('email,company\ncy@x.example,Acme\n');
  expect(told(await undo(world, { reference: '1' }))).toEqual({
    ...{ contacts: 2, companies: 1, kept: 1 },
  });
});

test('events that it made go, with the contacts that it made for them', async () => {
  const world = await withSegments();
  await world.contacts('email\nann@x.example\n');
  await world.events(
    'contact,type,occurred_at\nann@x.example,a,2026-01-01\nnew@x.example,a,2026-01-01\n',
    { createContacts: true },
  );
  expect(told(await undo(world))).toEqual({ events: 2, contacts: 1 });
  expect(await world.list('email')).toEqual(['ann@x.example']);
});

test('overridden removals are in force again, unless somebody decided since', async () => {
  const world = await withSegments();
  await world.contacts('email\nann@x.example\nbob@x.example\n');
  await world.store.write(async (tx) => {
    const decision = { via: 'manual', now: NOW, by: 'ann', reason: 'asked' };
    for (const alias of ['news', 'hot'])
      await removeFromSegment(tx, await getSegment(tx, alias), [1, 2], decision);
  });
  const before = await stateOf(world);
  await world.contacts('email\nann@x.example\nbob@x.example\n', {
    segments: ['news', 'hot'],
    overrideRemovals: true,
  });
  expect(told(await undo(world))).toEqual({ left: 2, unpinned: 2, removals: 4 });
  await updateSegments(world.store, { segments: [], now: NOW + 2 * DAY });
  expect(await stateOf(world)).toEqual(before);
});

test('an overridden removal is not in force again for who was put into the segment by hand since', async () => {
  const world = await withSegments();
  await world.contacts('email\nann@x.example\n');
  const decision = { via: 'manual', now: NOW, by: 'ann' };
  const byHand = async (change: typeof removeFromSegment): Promise<void> =>
    world.store.write(async (tx) => {
      await change(tx, await getSegment(tx, 'news'), [1], decision);
    });
  await byHand(removeFromSegment);
  await world.contacts('email\nann@x.example\n', { segments: ['news'], overrideRemovals: true });
  await byHand(removeFromSegment);
  await byHand(addToSegment);
  expect(told(await undo(world))).toEqual({});
  expect(await stateOf(world)).toMatchObject({
    segments: [{ in: ['ann@x.example'], pins: [] }, {}],
  });
});

test('an overridden removal is not in force again for a member whom somebody added by hand since', async () => {
  const world = await withSegments();
  await world.contacts('email\nann@x.example\nbob@x.example\n');
  const decision = { via: 'manual', now: NOW, by: null };
  for (const alias of ['news', 'hot'])
    await world.store.write(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, alias), [1, 2], decision),
    );
  const options = { segments: ['news', 'hot'], overrideRemovals: true };
  await world.contacts('email\nann@x.example\nbob@x.example\n', options);
  for (const alias of ['news', 'hot'])
    await world.store.write(async (tx) =>
      addToSegment(tx, await getSegment(tx, alias), [1], decision),
    );
  expect(told(await undo(world))).toMatchObject({ removals: 2 });
  const pins = async (alias: string): Promise<unknown[]> =>
    world.store.read(async (tx) => tx.pins.list((await getSegment(tx, alias)).id, {}));
  expect(await pins('news')).toMatchObject([{ contactId: 2, kind: 'out' }]);
  expect(await pins('hot')).toMatchObject([{ contactId: 2, kind: 'out' }]);
});

test('an overridden removal is not in force again for who was added with many others since', async () => {
  const world = await withSegments();
  await world.contacts('email\nann@x.example\n');
  const action = { now: NOW, by: 'ann' };
  const change = async (work: (tx: WriteTx, news: SegmentRow) => Promise<unknown>) =>
    world.store.write(async (tx) => work(tx, await getSegment(tx, 'news')));
  const bulk = { ...action, via: 'manual', isBulk: true };
  await change(async (tx, news) => removeFromSegment(tx, news, [1], { ...action, via: 'manual' }));
  await world.contacts('email\nann@x.example\n', { segments: ['news'], overrideRemovals: true });
  await change(async (tx, news) => clearSegment(tx, news, action));
  await change(async (tx, news) => addToSegment(tx, news, [1], bulk));
  expect(told(await undo(world))).toEqual({});
});

test('what joined a segment that was converted since leaves it', async () => {
  const world = await withSegments();
  await world.contacts('email\nann@x.example\n', { segments: ['hot'] });
  await world.store.write(async (tx) =>
    convertSegment(tx, await getSegment(tx, 'hot'), 'static', 'drop', {
      ...{ now: NOW + 1, by: null },
    }),
  );
  expect(told(await undo(world))).toEqual({ left: 1, contacts: 1 });
});

test('leaves are taken back, but for those who were removed since', async () => {
  const world = await withSegments();
  const all = 'email\nann@x.example\nbob@x.example\ncy@x.example\n';
  await world.contacts(all, { segments: ['news'] });
  await world.contacts('email\nann@x.example\n', {
    ...{ segments: ['news'], mirror: true, maxShrink: { kind: 'share', share: 1 } },
  });
  expect(await stateOf(world)).toMatchObject({ segments: [{ in: ['ann@x.example'] }, {}] });
  await world.store.write(async (tx) => {
    const decision = { via: 'manual', now: NOW + 1, by: null };
    await removeFromSegment(tx, await getSegment(tx, 'news'), [2], decision);
  });
  expect(told(await undo(world))).toEqual({ rejoined: 1 });
  expect(await stateOf(world)).toMatchObject({
    segments: [{ in: ['ann@x.example', 'cy@x.example'] }, {}],
  });
});

const ALL = 'email\nann@x.example\nbob@x.example\ncy@x.example\n';
const ANN = 'email\nann@x.example\n';
const MIRROR = {
  segments: ['news'],
  mirror: true,
  maxShrink: { kind: 'share', share: 1 },
} as const;

test('leaves are not taken back of those whom somebody took out again since', async () => {
  const world = await withSegments();
  await world.contacts(ALL, { segments: ['news'] });
  await world.contacts(ANN, MIRROR);
  await world.store.write(async (tx) => {
    const news = await getSegment(tx, 'news');
    await addToSegment(tx, news, [2], { via: 'manual', now: NOW + 1, by: null });
    await clearSegment(tx, news, { now: NOW + 2, by: null });
  });
  expect(told(await undo(world))).toEqual({ rejoined: 1 });
  expect(await stateOf(world)).toMatchObject({ segments: [{ in: ['cy@x.example'] }, {}] });
});

test('imports into a segment that a later one made equal to its file are taken back after that', async () => {
  const world = await withSegments();
  await world.contacts(ALL, { segments: ['news'] });
  await world.contacts(ANN, MIRROR);
  await world.contacts(ANN, { ...MIRROR, segments: ['NEWS'] });
  const before = await stateOf(world);
  for (const reference of ['1', '2'])
    expect(await refusal(undo(world, { reference }))).toMatchObject({
      ...{ code: 'MIRRORED_SINCE', exit: 1 },
      hint: 'undo that one first: rollcall imports:undo 3',
    });
  expect(await stateOf(world)).toEqual(before);
  expect(told(await undo(world, { reference: '3' }))).toEqual({});
  expect(told(await undo(world, { reference: '2' }))).toEqual({ rejoined: 2 });
  expect(told(await undo(world, { reference: '1' }))).toMatchObject({ contacts: 3 });
});

async function rename(world: World, from: string, alias: string): Promise<void> {
  await world.store.write(async (tx) =>
    editSegment(tx, await getSegment(tx, from), { alias }, { now: NOW + 1, by: null }),
  );
}

test('a later mirror is known by its segment, whatever that is called since', async () => {
  const world = await withSegments();
  await world.contacts(ALL);
  await world.contacts(ALL, MIRROR);
  await world.contacts(ANN, MIRROR);
  await rename(world, 'news', 'letters');
  expect(await refusal(undo(world, { reference: '2' }))).toMatchObject({ code: 'MIRRORED_SINCE' });
});

test('the mirror of another segment that had the alias is none of this one', async () => {
  const world = await withSegments();
  await world.store.write(async (tx) =>
    createSegment(tx, { name: 'other' }, { now: NOW, by: null }),
  );
  await world.contacts(ALL);
  await world.contacts(ALL, { segments: ['other'] });
  await world.contacts(ANN, MIRROR);
  await rename(world, 'news', 'old');
  await rename(world, 'other', 'news');
  expect(told(await undo(world, { reference: '2' }))).toEqual({ left: 3 });
});

test('imports that are taken back in the order of their time give nothing back to each other', async () => {
  const world = await withSegments();
  await world.contacts(ALL);
  await world.contacts('email,tags\nann@x.example,vip\nbob@x.example,\n');
  await world.contacts('email,tags\nann@x.example,-vip\n', MIRROR);
  await undo(world, { reference: '2' });
  expect(told(await undo(world, { reference: '3' }))).toEqual({ overwritten: 1, left: 1 });
});

test('what an import made is forgotten with the runs of its time', async () => {
  const world = await withSegments();
  await world.contacts(FILE, { segments: ['news'] });
  await world.store.write(async (tx) => tx.imports.forget(Date.now() - DAY));
  expect(told(await undo(world, { isDry: true }))).toMatchObject({ contacts: 2 });
  await world.store.write(async (tx) => tx.imports.forget(Date.now() + DAY));
  expect(await refusal(undo(world))).toMatchObject({ exit: 1, code: 'FORGOTTEN_IMPORT' });
});

test('imports are listed newest first, and shown with their segments', async () => {
  const world = await withSegments();
  await world.contacts(FILE, { segments: ['news'], key: 'email', overrideRemovals: false });
  await world.companies('name\nAcme\nZeta\n');
  const listed = [];
  for await (const { id, kind, inserted, unchanged, by } of eachImport(world.store, {}))
    listed.push({ id, kind, inserted, unchanged, by });
  expect(listed).toEqual([
    { id: 2, kind: 'companies', inserted: 1, unchanged: 1, by: 'tester' },
    { id: 1, kind: 'contacts', inserted: 2, unchanged: 0, by: 'tester' },
  ]);
  const { row, segments } = await world.store.read(async (tx) => viewImport(tx, '1'));
  expect(row).toMatchObject({
    file: expect.stringContaining('contacts.csv') as string,
    // sha256sum of FILE
    hash: await sha256(FILE),
    options: '{"segments":["news"],"key":"email","segmentIds":[1]}',
    merged: 0,
  });
  expect(segments).toEqual([
    { segmentId: 1, alias: 'news', joined: 2, left: 0, open: 2, pinned: 0 },
  ]);
});

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Buffer.from(digest).toString('hex');
}

const people = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
const cell = fc.constantFrom('', 'x', 'x|y', '-x', 'NULL', '-x|y', 'y|-z');
const table = people.chain((names) =>
  fc.tuple(
    ...names.map((name) => fc.tuple(fc.constant(name), cell, fc.constantFrom('', 'K', 'L'))),
  ),
);

test('law: an import that nothing followed leaves no trace of people, tags, members and pins', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      table,
      fc.record({
        segments: fc.subarray(['news', 'hot']),
        removed: fc.subarray([1, 2]),
        mirror: fc.boolean(),
        overrideRemovals: fc.boolean(),
      }),
      async (first, second, { segments, removed, mirror, overrideRemovals }) => {
        const world = await withSegments();
        await world.contacts(inCsv(first), { segments: ['news'] });
        await world.store.write(async (tx) => {
          const decision = { via: 'manual', now: NOW, by: null };
          const ids = (await tx.contacts.list({}, [])).map(({ id }) => id);
          for (const alias of ['news', 'hot'])
            await removeFromSegment(
              tx,
              await getSegment(tx, alias),
              ids.filter((id) => removed.includes(id)),
              decision,
            );
        });
        await updateSegments(world.store, { segments: [], now: NOW });
        const before = (await stateOf(world)) as { contacts: { company: string | null }[] };
        const companies = before.contacts.map(({ company }) => company);
        const options: ImportOptions = mirror
          ? { segments: ['news'], mirror, maxShrink: { kind: 'share', share: 1 } }
          : { segments };
        await world.contacts(inCsv(second), { ...options, overrideRemovals });
        await undo(world);
        await updateSegments(world.store, { segments: [], now: NOW + 2 * DAY });
        const after = (await stateOf(world)) as typeof before;
        const overwritten = { companies: [] };
        expect({
          ...after,
          ...overwritten,
          // a company is a value: one that was overwritten is gone
          contacts: after.contacts.map((row, index) => ({ ...row, company: companies[index] })),
        }).toEqual({ ...before, ...overwritten });
      },
    ),
    { numRuns: 20 },
  );
});

function inCsv(rows: readonly (readonly [string, string, string])[]): string {
  const lines = rows.map(([name, tags, company]) => `${name}@x.example,${tags},${company}`);
  return `email,tags,company\n${lines.join('\n')}\n`;
}
