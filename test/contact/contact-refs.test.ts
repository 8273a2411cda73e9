import { expect, test } from 'vitest';
import { getContact, getContacts, resolveContacts } from '../../src/contact/contact-refs.ts';
import { addContact } from '../../src/contact/contacts.ts';
import { createField } from '../../src/contact/field-changes.ts';
import type { Store } from '../../src/store/index.ts';
import { freshStore, NOW, refusalOf } from './fresh-store.ts';

/** Ann (1), Bob (2) and an anonymous contact with the member number 7 (3). */
async function storeOfThree(): Promise<Store> {
  const store = await freshStore();
  await store.write(async (tx) => {
    await createField(
      tx,
      { object: 'contact', alias: 'member_no', type: 'number', unique: true },
      NOW,
    );
    await createField(tx, { object: 'contact', alias: 'code', type: 'text', unique: true }, NOW);
    await addContact(
      tx,
      { email: 'ann@example.org', assignments: [{ name: 'code', value: 'a=b' }], tags: [] },
      NOW,
    );
    await addContact(tx, { email: 'x=y@example.org', assignments: [], tags: [] }, NOW);
    await addContact(tx, { assignments: [{ name: 'member_no', value: '7' }], tags: [] }, NOW);
  });
  return store;
}

test('a contact is named by id, e-mail address, or a unique field', async () => {
  const store = await storeOfThree();
  const resolve = async (...refs: string[]) => store.read(async (tx) => resolveContacts(tx, refs));
  expect(
    await resolve(
      '1',
      'ANN@Example.org',
      ' 1 ',
      'email=ann@example.org',
      'id=1',
      'code=a=b',
      'CODE=A=B',
    ),
  ).toEqual({ ids: [1], unknown: [] });
  expect(await resolve('x=y@example.org', 'member_no=7', 'member_no=7.0')).toEqual({
    ids: [2, 3],
    unknown: [],
  });
  expect(await resolve('member_no=7', '1')).toEqual({ ids: [3, 1], unknown: [] });
});

test('what no contact answers to is unknown, in its order, the rest is found', async () => {
  const store = await storeOfThree();
  const refs = [
    'nobody@example.org',
    '1',
    '99',
    'member_no=8',
    'member_no=seven',
    'city=Paris',
    'colour=red',
    'Ann',
    '',
    'code=',
    'code=NULL',
  ];
  expect(await store.read(async (tx) => resolveContacts(tx, refs))).toEqual({
    ids: [1],
    unknown: refs.filter((ref) => ref !== '1'),
  });
});

test('a hundred thousand references are resolved in a few look-ups', async () => {
  const store = await storeOfThree();
  const refs = Array.from({ length: 100_000 }, (_, index) =>
    index % 2 === 0 ? `${index + 1}` : `nobody${index}@example.org`,
  );
  const looks: number[] = [];
  const { ids, unknown } = await store.read(async (tx) => {
    const contacts = {
      ...tx.contacts,
      match: async (column: string, values: readonly (string | number | null)[]) => {
        looks.push(values.length);
        return tx.contacts.match(column, values);
      },
    };
    return resolveContacts({ ...tx, contacts }, refs);
  });
  expect(looks).toEqual([50_000, 50_000]);
  expect(ids).toEqual([1, 3]);
  expect(unknown).toHaveLength(99_998);
});

test.each([
  ['an@example.org', 'unknown contact `an@example.org`', 'did you mean `ann@example.org`?'],
  ['ann@exampel.org', 'unknown contact `ann@exampel.org`', 'did you mean `ann@example.org`?'],
  [
    'zoe@far.example',
    'unknown contact `zoe@far.example`',
    'a contact is an id, an e-mail address, or FIELD=VALUE of a unique field',
  ],
  [
    '99',
    'unknown contact `99`',
    'a contact is an id, an e-mail address, or FIELD=VALUE of a unique field',
  ],
  [
    'coed=a',
    'unknown field `coed`',
    'did you mean `code`? `rollcall fields:list --object contact` shows all 29',
  ],
  [
    'city=Paris',
    'contacts cannot be named by `city`: it is not unique',
    'unique fields: id, email, member_no, code',
  ],
  ['member_no=seven', 'member_no: `seven` is not a number', 'write it like 12.5'],
  ['code=', 'no contact is named by an empty `code`', 'any text will do, but for a NUL character'],
])('the reference %s alone is refused', async (ref, message, hint) => {
  const store = await storeOfThree();
  expect(await refusalOf(store.read(async (tx) => getContact(tx, ref)))).toMatchObject({
    exit: 2,
    message,
    hint,
  });
});

test('many unknown references are named up to ten', async () => {
  const store = await storeOfThree();
  const refs = ['1', ...Array.from({ length: 12 }, (_, index) => `${index + 100}`)];
  const named = Array.from({ length: 10 }, (_, index) => `\`${index + 100}\``).join(', ');
  expect(await refusalOf(store.read(async (tx) => getContacts(tx, refs)))).toMatchObject({
    message: `unknown contacts ${named} and 2 more`,
  });
});
