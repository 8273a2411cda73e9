import { expect, test } from 'vitest';
import { listContacts } from '../../src/contact/contact-list.ts';
import { showContact } from '../../src/contact/contact-view.ts';
import { addContact, deleteContacts, editContact } from '../../src/contact/contacts.ts';
import { createField } from '../../src/contact/field-changes.ts';
import { tagContacts, untagContacts } from '../../src/contact/tags.ts';
import type { RecordRow, SegmentDefinition, Store } from '../../src/store/index.ts';
import { BLANK_ATTRIBUTES } from '../../src/store/segment-attributes.ts';
import { collect, freshStore, NOW, refusalOf } from './fresh-store.ts';

const HOUR = 3_600_000;

const set = (...pairs: string[]) =>
  pairs.map((pair) => ({
    name: pair.split('=')[0] ?? '',
    value: pair.split('=').slice(1).join('='),
  }));
const add = async (
  store: Store,
  email: string | undefined,
  pairs: string[] = [],
  tags: string[] = [],
) => store.write(async (tx) => addContact(tx, { email, assignments: set(...pairs), tags }, NOW));
const edit = async (store: Store, id: number, ...pairs: string[]) =>
  store.write(async (tx) => editContact(tx, id, set(...pairs), NOW + HOUR));
const read = async (
  store: Store,
  id: number,
  ...columns: string[]
): Promise<RecordRow | undefined> =>
  (await store.read(async (tx) => tx.contacts.list({ ids: [id] }, columns)))[0];

test('blanks around a value go, and so does what is no part of it', async () => {
  const store = await freshStore();
  await add(store, 'Ann <ann@example.org>', [
    'country=\u00a0FR ',
    'points=12,50 €',
    "phone='+33 6",
    'company= Acme\t',
  ]);
  expect(await read(store, 1, 'email', 'country', 'points', 'phone', 'company')).toEqual({
    id: 1,
    email: 'ann@example.org',
    country: 'FR',
    points: 12.5,
    phone: '+33 6',
    company: 'Acme',
  });
  await edit(store, 1, 'country= BE ', 'points=\\N', 'phone= NULL ');
  expect(await read(store, 1, 'country', 'points', 'phone')).toEqual({
    id: 1,
    country: 'BE',
    points: null,
    phone: null,
  });
});

test('a new contact has its fields, company and tags, and is identified by its address', async () => {
  const store = await freshStore();
  const saved = await add(
    store,
    ' Ann@Example.org ',
    ['first_name=Ann', 'points=1 234,5', 'company=Acme'],
    ['VIP', 'lead'],
  );
  expect(saved).toEqual({ id: 1, email: 'Ann@Example.org', anonymous: false, changed: true });
  expect(
    await read(
      store,
      1,
      'email',
      'first_name',
      'points',
      'company',
      'tags',
      'identified_at',
      'created_at',
      'email_domain',
    ),
  ).toEqual({
    id: 1,
    email: 'Ann@Example.org',
    first_name: 'Ann',
    points: 1234.5,
    company: 'Acme',
    tags: 'lead|VIP',
    identified_at: NOW,
    created_at: NOW,
    email_domain: 'Example.org',
  });
});

test('without an address or a unique field a contact is anonymous', async () => {
  const store = await freshStore();
  expect(await add(store, undefined, ['city=Paris'])).toEqual({
    id: 1,
    email: null,
    anonymous: true,
    changed: true,
  });
  await store.write(async (tx) =>
    createField(tx, { object: 'contact', alias: 'member_no', type: 'number', unique: true }, NOW),
  );
  expect(await add(store, undefined, ['member_no=7'])).toEqual({
    id: 2,
    email: null,
    anonymous: false,
    changed: true,
  });
});

test('companies are made once, whatever their case', async () => {
  const store = await freshStore();
  await add(store, 'a@example.org', ['company=Acme']);
  await add(store, 'b@example.org', ['company=ACME']);
  expect(await store.read(async (tx) => tx.companies.list({}, ['name']))).toEqual([
    { id: 1, name: 'Acme' },
  ]);
  expect(await read(store, 2, 'company')).toEqual({ id: 2, company: 'Acme' });
});

test.each<[string, string | undefined, string[], string[], object]>([
  [
    'an unknown field',
    undefined,
    ['contry=FR'],
    [],
    { exit: 2, code: 'UNKNOWN_FIELD', message: 'unknown field `contry`' },
  ],
  [
    'a field that the store keeps',
    undefined,
    ['created_at=2020-01-01'],
    [],
    { exit: 2, message: '`created_at` cannot be set: the store keeps it' },
  ],
  [
    'the id',
    undefined,
    ['id=5'],
    [],
    { exit: 2, message: '`id` cannot be set: the store keeps it' },
  ],
  [
    'tags',
    undefined,
    ['tags=a'],
    [],
    {
      exit: 2,
      message: '`tags` cannot be set',
      hint: 'use contacts:tag and contacts:untag, or --tag',
    },
  ],
  [
    'a wrong value',
    undefined,
    ['points=many'],
    [],
    { exit: 2, message: 'points: `many` is not a number' },
  ],
  [
    'nothing',
    undefined,
    ['city='],
    [],
    { exit: 2, message: '`city` is set to nothing', hint: 'to clear it: --set city=NULL' },
  ],
  [
    'a field twice',
    undefined,
    ['city=a', 'CITY=b'],
    [],
    { exit: 2, message: '`city` is set twice' },
  ],
  [
    'the address twice',
    'a@example.org',
    ['email=b@example.org'],
    [],
    { exit: 2, message: '`email` is set twice' },
  ],
  ['no address', 'ann', [], [], { exit: 2, message: 'email: `ann` is not an e-mail address' }],
  ['a tag with a bar', undefined, [], ['a|b'], { exit: 2, message: '`a|b` cannot be a tag' }],
  [
    'a company without a name',
    undefined,
    ['company= '],
    [],
    { exit: 2, message: '`company` is set to nothing' },
  ],
  [
    'an address that is taken',
    'ANN@example.org',
    ['company=New'],
    [],
    {
      exit: 1,
      code: 'TAKEN',
      message: 'contact 1 has the email `ANN@example.org` already',
      hint: 'to look at it: rollcall contacts:show 1',
    },
  ],
])('a new contact is refused: %s', async (_, email, pairs, tags, refusal) => {
  const store = await freshStore();
  await add(store, 'ann@example.org');
  expect(await refusalOf(add(store, email, pairs, tags))).toMatchObject(refusal);
  expect(
    await store.read(async (tx) => [
      await tx.contacts.count({}),
      await tx.companies.count({}),
      (await tx.contacts.tags()).length,
    ]),
  ).toEqual([1, 0, 0]);
});

test('editing sets, clears and says whether anything changed', async () => {
  const store = await freshStore();
  await add(store, 'ann@example.org', ['city=Paris', 'company=Acme']);
  expect(await edit(store, 1, 'city=Lyon', 'company=NULL', 'first_name=Ann')).toEqual({
    id: 1,
    email: 'ann@example.org',
    anonymous: false,
    changed: true,
  });
  expect(await read(store, 1, 'city', 'company', 'first_name', 'updated_at')).toEqual({
    id: 1,
    city: 'Lyon',
    company: null,
    first_name: 'Ann',
    updated_at: NOW + HOUR,
  });
  expect(await edit(store, 1, 'city=NULL')).toMatchObject({ changed: true });
  expect(await read(store, 1, 'city')).toEqual({ id: 1, city: null });
  expect(await edit(store, 1, 'city=NULL', 'first_name=Ann')).toMatchObject({ changed: false });
});

test('an address can change, to one that is free', async () => {
  const store = await freshStore();
  await add(store, 'ann@example.org');
  await add(store, 'bob@example.org');
  expect(await edit(store, 1, 'email=ann@example.com')).toMatchObject({
    email: 'ann@example.com',
    changed: true,
  });
  expect(await edit(store, 1, 'email=ANN@example.com')).toMatchObject({
    email: 'ANN@example.com',
    changed: true,
  });
  expect(await refusalOf(edit(store, 1, 'email=bob@example.org'))).toMatchObject({
    exit: 1,
    code: 'TAKEN',
    message: 'contact 2 has the email `bob@example.org` already',
  });
});

const SEGMENT: SegmentDefinition = {
  alias: 'hot',
  name: 'Hot',
  kind: 'static',
  filter: null,
  ...BLANK_ATTRIBUTES,
};

test('a contact is identified once, and its segments count fewer anonymous members', async () => {
  const store = await freshStore();
  await add(store, undefined);
  await store.write(async (tx) =>
    tx.members.add(await tx.segments.insert(SEGMENT, { now: NOW, by: null }), [1], {
      via: 'manual',
      now: NOW,
      runId: null,
    }),
  );
  const counts = async () =>
    store.read(async (tx) =>
      (await tx.segments.list()).map(({ members, anonymous }) => ({ members, anonymous })),
    );
  expect(await counts()).toEqual([{ members: 1, anonymous: 1 }]);
  expect(await edit(store, 1, 'city=Paris')).toMatchObject({ anonymous: true });
  expect(await edit(store, 1, 'email=ann@example.org')).toMatchObject({ anonymous: false });
  expect(await counts()).toEqual([{ members: 1, anonymous: 0 }]);
  await store.write(async (tx) => editContact(tx, 1, set('email=ann@example.com'), NOW + 2 * HOUR));
  expect(await read(store, 1, 'identified_at')).toEqual({ id: 1, identified_at: NOW + HOUR });
  expect(await edit(store, 1, 'email=NULL')).toMatchObject({ email: null, anonymous: false });
  expect(await counts()).toEqual([{ members: 1, anonymous: 0 }]);
});

test('tags are added and taken away; a tag that never was is refused', async () => {
  const store = await freshStore();
  await add(store, 'ann@example.org', [], ['vip']);
  await add(store, 'bob@example.org');
  expect(await store.write(async (tx) => tagContacts(tx, [1, 2], [' VIP ', 'new'], NOW))).toBe(3);
  expect(await store.write(async (tx) => tagContacts(tx, [1, 2], ['vip'], NOW))).toBe(0);
  expect(await read(store, 2, 'tags')).toEqual({ id: 2, tags: 'new|vip' });
  expect(await store.write(async (tx) => untagContacts(tx, [1, 2], ['Vip']))).toBe(2);
  expect(await store.write(async (tx) => untagContacts(tx, [1, 2], ['vip']))).toBe(0);
  expect(
    await refusalOf(store.write(async (tx) => untagContacts(tx, [1], ['new', 'vib']))),
  ).toMatchObject({
    exit: 2,
    code: 'UNKNOWN_TAG',
    message: 'unknown tag `vib`',
    hint: 'did you mean `vip`?',
  });
  expect(await read(store, 1, 'tags')).toEqual({ id: 1, tags: 'new' });
});

test('deleting takes tags, events and memberships along', async () => {
  const store = await freshStore();
  await add(store, 'ann@example.org', [], ['vip']);
  await store.write(async (tx) => {
    await tx.events.insert(
      [
        {
          contactId: 1,
          type: 'page.hit',
          subject: null,
          value: null,
          occurredAt: NOW,
          properties: null,
          externalId: null,
        },
      ],
      NOW,
    );
    await tx.members.add(await tx.segments.insert(SEGMENT, { now: NOW, by: null }), [1], {
      via: 'manual',
      now: NOW,
      runId: null,
    });
  });
  expect(await store.write(async (tx) => deleteContacts(tx, [1], { now: NOW, by: null }))).toBe(1);
  const left = await store.read(async (tx) => [
    await tx.contacts.count({}),
    (await tx.events.list({})).length,
    (await tx.segments.list())[0]?.members,
    (await tx.contacts.tags())[0]?.contacts,
  ]);
  expect(left).toEqual([0, 0, 0, 0]);
});

test('a list has the columns that are asked for, pages, filters and warns', async () => {
  const store = await freshStore();
  for (const name of ['ann', 'bob', 'cat', 'dan'])
    await add(store, `${name}@example.org`, [`first_name=${name}`]);
  const list = async (request: Parameters<typeof listContacts>[1]) => {
    const { fields, rows, warnings } = await listContacts(store, request, NOW);
    return { aliases: fields.map(({ alias }) => alias), found: await collect(rows), warnings };
  };
  expect(await list({ columns: ['First_name'], where: 'first_name != "bob"', limit: 2 })).toEqual({
    aliases: ['first_name'],
    found: [
      { id: 1, first_name: 'ann' },
      { id: 3, first_name: 'cat' },
    ],
    warnings: [],
  });
  expect(
    (await list({ columns: [], where: 'first_name != "bob"', limit: 2, after: 3 })).found,
  ).toEqual([{ id: 4 }]);
  expect(
    (await list({ columns: [], where: 'first_name in ("ann", "bob")', search: '!ann' })).found,
  ).toEqual([{ id: 2 }]);
  expect((await list({ columns: [], limit: 0 })).found).toEqual([]);
  expect((await list({})).aliases).toEqual([
    'id',
    'email',
    'first_name',
    'last_name',
    'company',
    'tags',
  ]);
  expect((await list({ columns: [], where: 'tagged "vip"' })).warnings).toHaveLength(1);
  expect(await refusalOf(list({ columns: ['nmae'] }))).toMatchObject({
    exit: 2,
    message: 'unknown field `nmae`',
  });
  expect(await refusalOf(list({ where: 'contry = "FR"' }))).toMatchObject({
    exit: 2,
    code: 'FILTER',
  });
});

test('a contact is shown with all that is known of it', async () => {
  const store = await freshStore();
  await store.write(async (tx) => {
    await createField(
      tx,
      { object: 'contact', alias: 'likes', type: 'multiselect', options: ['tea', 'jam'] },
      NOW,
    );
    await createField(tx, { object: 'contact', alias: 'vegan', type: 'boolean' }, NOW);
  });
  await add(store, 'ann@example.org', ['company=Acme', 'likes=jam|tea', 'vegan=no'], ['vip']);
  await store.write(async (tx) => {
    const event = {
      contactId: 1,
      type: 'page.hit',
      subject: '/a',
      value: null,
      properties: null,
      externalId: null,
    };
    await tx.events.insert(
      [
        { ...event, occurredAt: NOW },
        { ...event, occurredAt: NOW - HOUR },
      ],
      NOW,
    );
    await tx.members.add(await tx.segments.insert(SEGMENT, { now: NOW, by: null }), [1], {
      via: 'manual',
      now: NOW,
      runId: null,
    });
  });
  const view = await store.read(async (tx) => showContact(tx, 1));
  expect(Object.fromEntries(view.fields.map(({ field, value }) => [field.alias, value]))).toEqual({
    email: 'ann@example.org',
    points: 0,
    created_at: NOW,
    updated_at: NOW,
    identified_at: NOW,
    last_active_at: NOW,
    email_domain: 'example.org',
    likes: ['tea', 'jam'],
    vegan: false,
  });
  expect(view).toMatchObject({
    id: 1,
    email: 'ann@example.org',
    anonymous: false,
    company: { id: 1, name: 'Acme' },
    tags: ['vip'],
    suppressions: [],
  });
  expect(view.segments).toMatchObject([
    {
      segmentId: 1,
      alias: 'hot',
      name: 'Hot',
      since: NOW,
      via: 'manual',
      pin: null,
      pinUntil: null,
    },
  ]);
  expect(view.events.map(({ occurredAt }) => occurredAt)).toEqual([NOW, NOW - HOUR]);
});

test.each([
  ['vegan', 'perhaps', 'write yes or no'],
  ['born', 'soon', 'write it like 2026-03-01'],
  ['seen', 'soon', 'write it like 2026-03-01T10:00 or 2026-03-01T10:00:00Z'],
  ['plan', 'fre', 'its options are free, pro'],
  ['plan', 'gold', '`rollcall fields:edit FIELD --options LIST` gives a field other options'],
  ['likes', 'tea|jum', 'its options are tea, jam, with | between them'],
  [
    'likes',
    'tea|ink',
    'several have | between them; `rollcall fields:edit FIELD --options LIST` gives a field other options',
  ],
  ['website', 'a b', 'write it like https://example.org/, without blanks'],
  ['phone', 'none', 'write it like +44 161 496 0772'],
  ['city', 'a\0b', 'any text will do, but for a NUL character'],
  [
    'created_at',
    '2026-01-01',
    '`rollcall fields:list` shows which are standard or custom: these can be set',
  ],
])('%s is not set to %j, and it says how', async (alias, value, hint) => {
  const store = await freshStore();
  await store.write(async (tx) => {
    await createField(tx, { object: 'contact', alias: 'vegan', type: 'boolean' }, NOW);
    await createField(tx, { object: 'contact', alias: 'born', type: 'date' }, NOW);
    await createField(tx, { object: 'contact', alias: 'seen', type: 'datetime' }, NOW);
    await createField(
      tx,
      { object: 'contact', alias: 'plan', type: 'select', options: ['free', 'pro'] },
      NOW,
    );
    await createField(
      tx,
      { object: 'contact', alias: 'likes', type: 'multiselect', options: ['tea', 'jam'] },
      NOW,
    );
  });
  expect(await refusalOf(add(store, undefined, [`${alias}=${value}`]))).toMatchObject({
    exit: 2,
    hint,
  });
});
