import { expect, test } from 'vitest';
import { addContact } from '../../src/contact/contacts.ts';
import { createField, deleteField, editField } from '../../src/contact/field-changes.ts';
import { getField, loadCatalogue } from '../../src/contact/fields.ts';
import { encodeAst, readFilter } from '../../src/filter/index.ts';
import type { FieldRequest } from '../../src/contact/field-rules.ts';
import type { Store } from '../../src/store/index.ts';
import { BLANK_ATTRIBUTES } from '../../src/store/segment-attributes.ts';
import { freshStore, NOW, refusalOf } from './fresh-store.ts';

const create = async (store: Store, request: Partial<FieldRequest>) =>
  store.write(async (tx) =>
    createField(tx, { object: 'contact', alias: 'plan', type: 'text', ...request }, NOW),
  );

test('a custom field is a column, with a label from its alias', async () => {
  const store = await freshStore();
  const field = await create(store, { alias: 'last_order', type: 'date', indexed: true });
  expect(field).toMatchObject({
    alias: 'last_order',
    label: 'Last order',
    type: 'date',
    options: [],
    unique: false,
    indexed: true,
    origin: 'custom',
  });
  const id = await store.write(async (tx) => tx.contacts.insert({ last_order: '2026-01-02' }, NOW));
  expect(await store.read(async (tx) => tx.contacts.list({}, ['last_order']))).toEqual([
    { id, last_order: '2026-01-02' },
  ]);
});

test.each<[string, Partial<FieldRequest>, string, number]>([
  ['capitals', { alias: 'Plan' }, "`Plan` cannot be a field's alias", 2],
  ['a digit first', { alias: '2nd' }, "`2nd` cannot be a field's alias", 2],
  ['a blank', { alias: 'my plan' }, "`my plan` cannot be a field's alias", 2],
  ['nothing', { alias: '' }, "`` cannot be a field's alias", 2],
  ['too long', { alias: 'a'.repeat(61) }, 'an alias has at most 60 characters, this one has 61', 2],
  ['reserved', { alias: 'segments' }, '`segments` is reserved', 2],
  ['the column behind company', { alias: 'company_id' }, '`company_id` is reserved', 2],
  ['standard', { alias: 'email' }, 'there is a standard contact field `email` already', 1],
  [
    'kept by the store',
    { alias: 'created_at' },
    'there is a standard contact field `created_at` already',
    1,
  ],
  ['unknown type', { type: 'nubmer' }, 'unknown field type `nubmer`', 2],
  ['tags as a type', { type: 'tags' }, 'unknown field type `tags`', 2],
  [
    'options without a choice',
    { options: ['a'] },
    'a field of type text has no options: `plan`',
    2,
  ],
  ['a choice without options', { type: 'select' }, 'a field of type select needs its options', 2],
  [
    'the same option in another case',
    { type: 'select', options: ['Été', 'été'] },
    'the option `été` is there twice',
    2,
  ],
  ['an empty option', { type: 'select', options: ['a', ' '] }, 'an option cannot be empty', 2],
  [
    'an option with a bar',
    { type: 'multiselect', options: ['a|b'] },
    'an option cannot contain `|`: `a|b`',
    2,
  ],
  ['the option NULL', { type: 'select', options: ['NULL'] }, '`NULL` cannot be an option', 2],
  [
    'a unique choice',
    { type: 'boolean', unique: true },
    'a field of type boolean cannot be unique: `plan`',
    2,
  ],
  ['an empty label', { label: ' ' }, 'a label cannot be empty', 2],
])('a new field is refused: %s', async (_, request, message, exit) => {
  const store = await freshStore();
  const before = await store.read(async (tx) => tx.fields.list());
  expect(await refusalOf(create(store, request))).toMatchObject({ message, exit });
  expect(await store.read(async (tx) => tx.fields.list())).toEqual(before);
});

test('an alias of 60 characters is the longest', async () => {
  const store = await freshStore();
  expect((await create(store, { alias: 'a'.repeat(60) })).alias).toHaveLength(60);
});

test('an alias is taken per object', async () => {
  const store = await freshStore();
  await create(store, {});
  expect(await refusalOf(create(store, {}))).toMatchObject({
    code: 'TAKEN',
    exit: 1,
    message: 'there is a contact field `plan` already',
  });
  expect((await create(store, { object: 'company' })).object).toBe('company');
});

test('editing keeps what is not named and the alias always', async () => {
  const store = await freshStore();
  const before = await create(store, { type: 'select', options: ['free', 'pro'], indexed: true });
  const edit = async () =>
    store.write(async (tx) =>
      editField(
        tx,
        'contact',
        'PLAN',
        { label: 'Price plan', options: ['free', 'pro', 'team'] },
        NOW,
      ),
    );
  const { field: after, changed } = await edit();
  expect(changed).toBe(true);
  expect(after).toEqual({ ...before, label: 'Price plan', options: ['free', 'pro', 'team'] });
  expect(await edit()).toEqual({ field: after, changed: false });
  expect(
    await store.read(async (tx) => getField(await tx.fields.list(), 'contact', 'plan')),
  ).toEqual(after);
});

test('an option in use stays', async () => {
  const store = await freshStore();
  await create(store, { type: 'select', options: ['free', 'pro'] });
  await store.write(async (tx) => tx.contacts.insert({ plan: 'Pro' }, NOW));
  const edit = async (options: string[]) =>
    store.write(async (tx) => editField(tx, 'contact', 'plan', { options }, NOW));
  expect(await refusalOf(edit(['free']))).toMatchObject({
    code: 'IN_USE',
    exit: 1,
    message: 'the option `pro` of `plan` is in use by 1 contact',
  });
  expect((await edit(['pro'])).field.options).toEqual(['pro']);
});

test('an option of a multiselect field in use stays', async () => {
  const store = await freshStore();
  await create(store, { type: 'multiselect', options: ['news', 'new'] });
  await store.write(async (tx) => tx.contacts.insert({ plan: '|news|' }, NOW));
  const edit = async (options: string[]) =>
    store.write(async (tx) => editField(tx, 'contact', 'plan', { options }, NOW));
  expect(await refusalOf(edit(['new']))).toMatchObject({
    message: 'the option `news` of `plan` is in use by 1 contact',
  });
  expect((await edit(['news'])).field.options).toEqual(['news']);
});

test('a field becomes unique only when its values differ', async () => {
  const store = await freshStore();
  await create(store, {});
  await store.write(async (tx) => tx.contacts.insert({ plan: 'a' }, NOW));
  const twin = await store.write(async (tx) => tx.contacts.insert({ plan: 'A' }, NOW));
  const edit = async () =>
    store.write(async (tx) => editField(tx, 'contact', 'plan', { unique: true }, NOW));
  expect(await refusalOf(edit())).toMatchObject({
    code: 'TAKEN',
    exit: 1,
    message: '`plan` cannot become unique: contacts have the same value: 1 and 2 (`a`, `A`)',
  });
  await store.write(async (tx) => tx.contacts.delete([twin], { now: NOW, by: null }));
  expect((await edit()).field.unique).toBe(true);
});

test('of a standard field the label and the index change, and whether a text is unique', async () => {
  const store = await freshStore();
  const edit = async (change: object) =>
    store.write(async (tx) => editField(tx, 'contact', 'city', change, NOW));
  expect((await edit({ label: 'Town' })).field.label).toBe('Town');
  expect((await edit({ indexed: true })).field.indexed).toBe(true);
  expect((await edit({ indexed: false })).field.indexed).toBe(false);
  expect(await refusalOf(edit({ options: ['a'] }))).toMatchObject({
    code: 'STANDARD_FIELD',
    exit: 1,
  });
  for (const alias of ['id', 'email', 'company', 'tags']) {
    const refused = store.write(async (tx) =>
      editField(tx, 'contact', alias, { indexed: false }, NOW),
    ); // found by a key, or no column
    expect(await refusalOf(refused), alias).toMatchObject({ code: 'STANDARD_FIELD', exit: 1 });
  }
  for (const alias of ['id', 'email', 'company', 'tags', 'points', 'created_at', 'email_domain']) {
    const refused = store.write(async (tx) =>
      editField(tx, 'contact', alias, { unique: true }, NOW),
    );
    expect(await refusalOf(refused), alias).toMatchObject({ code: 'STANDARD_FIELD', exit: 1 });
  }
  expect((await edit({ unique: true })).field.unique).toBe(true);
  expect((await edit({ unique: false })).field.unique).toBe(false);
});

test('phones that are unique compare by their digits, and name their contacts', async () => {
  const store = await freshStore();
  const phones = ['+33 6 12 34 56 78', '0033612345678', '06 12', '+44 20 7946 0000', null];
  await store.write(async (tx) => {
    for (const phone of phones) await tx.contacts.insert({ phone }, NOW);
  });
  const makeUnique = async () =>
    store.write(async (tx) => editField(tx, 'contact', 'phone', { unique: true }, NOW));
  expect(await refusalOf(makeUnique())).toMatchObject({
    message:
      '`phone` cannot become unique: contacts have the same value: ' +
      '1 and 2 (`+33 6 12 34 56 78`, `0033612345678`)',
    hint: 'make the values differ first: rollcall contacts:edit ID --set phone=…',
  });
  await store.write(async (tx) => tx.contacts.delete([2], { now: NOW, by: null }));
  await makeUnique();
  await store.read(async (tx) => {
    expect(
      await tx.contacts.match('phone', [
        '(0033) 612345678',
        '0612',
        '+442079460000',
        '33612345678',
        '1',
      ]),
    ).toEqual([1, 3, 4, 1, null]);
    expect(
      (await tx.contacts.list({}, ['identified_at'])).map((contact) => contact['identified_at']),
    ).toEqual([NOW, NOW, NOW, null]);
  });
  const add = async (phone: string) =>
    store.write(async (tx) =>
      addContact(tx, { assignments: [{ name: 'phone', value: phone }], tags: [] }, NOW),
    );
  expect(await refusalOf(add('00 44 (20) 7946-0000'))).toMatchObject({ code: 'TAKEN', exit: 1 });
  expect((await add('+44 20 7946 0001')).anonymous).toBe(false);
});

test('deleting a field takes its values along and says how many', async () => {
  const store = await freshStore();
  const field = await create(store, {});
  await store.write(async (tx) => tx.contacts.insert({ plan: 'a' }, NOW));
  expect(await store.write(async (tx) => deleteField(tx, 'contact', 'plan'))).toEqual({
    field,
    values: 1,
    wishes: 0,
    segments: [],
  });
  expect(
    await refusalOf(store.write(async (tx) => deleteField(tx, 'contact', 'plan'))),
  ).toMatchObject({ code: 'UNKNOWN_FIELD', exit: 2 });
  const again = await create(store, { type: 'number' });
  expect(again.id).toBeGreaterThan(field.id);
});

/** A dynamic segment with this filter. */
const define = async (store: Store, alias: string, filter: string) =>
  store.write(async (tx) => {
    const { ast } = readFilter(filter, await loadCatalogue(tx));
    return tx.segments.insert(
      { ...BLANK_ATTRIBUTES, alias, name: alias, kind: 'dynamic', filter: encodeAst(ast) },
      { now: NOW, by: null },
    );
  });

test('a field that filters use is deleted by force only', async () => {
  const store = await freshStore();
  await create(store, {});
  await create(store, { alias: 'other' });
  await define(store, 'b-side', 'points > 1 and not (plan = "a" or city = "b")');
  await define(store, 'a-side', 'plan is empty');
  await define(store, 'bystander', 'other = "plan"');
  const remove = async (force: boolean) =>
    store.write(async (tx) => deleteField(tx, 'contact', 'plan', { force }));
  expect(await refusalOf(remove(false))).toEqual({
    exit: 1,
    code: 'IN_USE',
    message: 'the field `plan` is in use by the filters of a-side, b-side',
    detail: [],
    hint: 'change what they say first; --force deletes the field and leaves them broken',
  });
  expect(await remove(true)).toMatchObject({ segments: ['a-side', 'b-side'] });
});

test.each([
  'plan = "PRO"',
  'not (plan in ("free", "pro") and points > 1)',
  'likes has any ("tea")',
  'points > 1 or likes has all ("jam", "TEA")',
  'likes has none ("tea")',
])('an option that a filter compares with stays: %s', async (filter) => {
  const store = await freshStore();
  await create(store, { type: 'select', options: ['free', 'pro'] });
  await create(store, { alias: 'likes', type: 'multiselect', options: ['tea', 'jam'] });
  await define(store, 'payers', filter);
  const [alias, kept, gone] = filter.includes('plan')
    ? (['plan', 'free', 'pro'] as const)
    : (['likes', 'jam', 'tea'] as const);
  const edit = store.write(async (tx) => editField(tx, 'contact', alias, { options: [kept] }, NOW));
  expect(await refusalOf(edit)).toMatchObject({
    exit: 1,
    code: 'IN_USE',
    message: `the option \`${gone}\` of \`${alias}\` is in use by the filter of payers`,
  });
});

test('contacts with a value in a field that becomes unique are identified', async () => {
  const store = await freshStore();
  await create(store, {});
  await store.write(async (tx) => [
    await tx.contacts.insert({ plan: 'a' }, NOW),
    await tx.contacts.insert({}, NOW),
    await tx.contacts.insert({ plan: 'b', identified_at: 5 }, NOW),
  ]);
  await store.write(async (tx) => editField(tx, 'contact', 'plan', { unique: true }, NOW));
  expect(await store.read(async (tx) => tx.contacts.list({}, ['identified_at']))).toEqual([
    { id: 1, identified_at: NOW },
    { id: 2, identified_at: null },
    { id: 3, identified_at: 5 },
  ]);
});

test('standard fields cannot be deleted', async () => {
  const store = await freshStore();
  expect(
    await refusalOf(store.write(async (tx) => deleteField(tx, 'contact', 'city'))),
  ).toMatchObject({
    exit: 1,
    message: '`city` is a standard field: it cannot be deleted',
  });
});

test('an unknown field comes with the nearest, or with where it is', async () => {
  const store = await freshStore();
  const fields = await store.read(async (tx) => tx.fields.list());
  const look = async (alias: string) =>
    refusalOf((async () => getField(fields, 'contact', alias))());
  expect(await look('contry')).toMatchObject({
    exit: 2,
    message: 'unknown field `contry`',
    hint: 'did you mean `country`? `rollcall fields:list --object contact` shows all 27',
  });
  expect(await look('industry')).toMatchObject({ hint: '`industry` is a company field' });
  expect(await look('zzzzzz')).toMatchObject({
    hint: '`rollcall fields:list --object contact` shows all 27',
  });
});

test('the catalogue names fields of both objects, and company once', async () => {
  const store = await freshStore();
  await create(store, { type: 'select', options: ['free'] });
  const catalogue = await store.read(async (tx) => loadCatalogue(tx));
  expect(catalogue.fields.filter((field) => field.name === 'company')).toEqual([]);
  expect(catalogue.fields.find((field) => field.name === 'plan')).toEqual({
    id: 1000,
    object: 'contact',
    name: 'plan',
    label: 'Plan',
    type: 'select',
    column: 'plan',
    options: ['free'],
  });
  expect(catalogue.segments).toEqual([]);
});
