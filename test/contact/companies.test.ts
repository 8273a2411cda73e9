import { expect, test } from 'vitest';
import {
  addCompany,
  deleteCompanies,
  editCompany,
  getCompanies,
  getCompany,
} from '../../src/contact/companies.ts';
import { listCompanies, showCompany } from '../../src/contact/company-list.ts';
import { addContact } from '../../src/contact/contacts.ts';
import type { Store } from '../../src/store/index.ts';
import { collect, freshStore, NOW, refusalOf } from './fresh-store.ts';

const set = (...pairs: string[]) =>
  pairs.map((pair) => ({
    name: pair.split('=')[0] ?? '',
    value: pair.split('=').slice(1).join('='),
  }));
const add = async (store: Store, ...pairs: string[]) =>
  store.write(async (tx) => addCompany(tx, set(...pairs), NOW));
const edit = async (store: Store, id: number, ...pairs: string[]) =>
  store.write(async (tx) => editCompany(tx, id, set(...pairs), NOW));

test('a company is added, changed and shown with how many contacts it has', async () => {
  const store = await freshStore();
  expect(await add(store, 'name=Acme', 'industry=Anvils', 'employees=250')).toEqual({
    id: 1,
    name: 'Acme',
    changed: true,
  });
  expect(await edit(store, 1, 'industry=NULL', 'city=Lyon')).toEqual({
    id: 1,
    name: 'Acme',
    changed: true,
  });
  expect(await edit(store, 1, 'city=Lyon')).toEqual({ id: 1, name: 'Acme', changed: false });
  await store.write(async (tx) =>
    addContact(tx, { assignments: set('company=acme'), tags: [] }, NOW),
  );
  const { fields, ...view } = await store.read(async (tx) => showCompany(tx, 1));
  expect(view).toEqual({ id: 1, name: 'Acme', contacts: 1 });
  expect(fields.map(({ field, value }) => [field.alias, value])).toEqual([
    ['city', 'Lyon'],
    ['employees', 250],
    ['created_at', NOW],
    ['updated_at', NOW],
  ]);
});

test.each<[string[], object]>([
  [
    ['name=ACME'],
    {
      exit: 1,
      code: 'TAKEN',
      message: 'company 1 has the name `ACME` already',
      hint: 'to look at it: rollcall companies:show 1',
    },
  ],
  [['name=NULL'], { exit: 2, message: 'a company needs a name' }],
  [['name= '], { exit: 2, message: 'a company needs a name' }],
  [['name='], { exit: 2, message: 'a company needs a name' }],
  [['name=New', 'country_=FR'], { exit: 2, message: 'unknown company field `country_`' }],
  [['name=New', 'points=5'], { exit: 2, hint: '`points` is a contact field' }],
])('a company is refused: %j', async (pairs, refusal) => {
  const store = await freshStore();
  await add(store, 'name=Acme');
  expect(await refusalOf(add(store, ...pairs))).toMatchObject(refusal);
  expect(await store.read(async (tx) => tx.companies.count({}))).toBe(1);
});

test('a company can be given another name, but not none and not one in use', async () => {
  const store = await freshStore();
  await add(store, 'name=Acme');
  await add(store, 'name=Bolt');
  expect(await edit(store, 1, 'name=ACME')).toEqual({ id: 1, name: 'ACME', changed: true });
  expect(await refusalOf(edit(store, 1, 'name=NULL'))).toMatchObject({ exit: 2 });
  expect(await refusalOf(edit(store, 1, 'name=bolt'))).toMatchObject({
    exit: 1,
    message: 'company 2 has the name `bolt` already',
  });
});

test('companies are named by id or name, the id first', async () => {
  const store = await freshStore();
  await add(store, 'name=2');
  await add(store, 'name=Bolt');
  const get = async (...refs: string[]) => store.read(async (tx) => getCompanies(tx, refs));
  expect(await get('bolt', '1', ' Bolt ')).toEqual([2, 1]);
  expect(await get('2')).toEqual([2]);
  await store.write(async (tx) => deleteCompanies(tx, [2]));
  expect(await get('2')).toEqual([1]);
  expect(await refusalOf(get('2', '3', 'Blot'))).toMatchObject({
    exit: 2,
    message: 'unknown company `3`',
    hint: 'did you mean `2`?',
  });
  expect(await refusalOf(store.read(async (tx) => getCompany(tx, 'Zebra')))).toMatchObject({
    hint: '`rollcall companies:list` shows them all',
  });
});

test('deleting a company leaves its contacts without one', async () => {
  const store = await freshStore();
  await store.write(async (tx) =>
    addContact(tx, { assignments: set('company=Acme'), tags: [] }, NOW),
  );
  expect(await store.write(async (tx) => deleteCompanies(tx, [1]))).toBe(1);
  expect(await store.read(async (tx) => tx.contacts.list({}, ['company']))).toEqual([
    { id: 1, company: null },
  ]);
});

test('a list has columns and pages', async () => {
  const store = await freshStore();
  for (const name of ['A', 'B', 'C']) await add(store, `name=${name}`);
  const { fields, rows } = await listCompanies(store, { columns: ['name'], after: 1, limit: 1 });
  expect(fields.map(({ alias }) => alias)).toEqual(['name']);
  expect(await collect(rows)).toEqual([{ id: 2, name: 'B' }]);
  expect(await refusalOf(listCompanies(store, { columns: ['nmae'] }))).toMatchObject({ exit: 2 });
});

test('blanks around a value go', async () => {
  const store = await freshStore();
  await add(store, 'name=\u00a0Acme ', 'website= acme.example ', 'city=\tParis ');
  expect(
    await store.read(async (tx) => tx.companies.list({}, ['name', 'website', 'city'])),
  ).toEqual([{ id: 1, name: 'Acme', website: 'acme.example', city: 'Paris' }]);
  await edit(store, 1, 'city= Lyon\u202f');
  expect(await store.read(async (tx) => tx.companies.list({}, ['city']))).toEqual([
    { id: 1, city: 'Lyon' },
  ]);
});
