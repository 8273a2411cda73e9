import { expect, test } from 'vitest';
import { addCompany } from '../../src/contact/companies.ts';
import { addContact, editContact } from '../../src/contact/contacts.ts';
import { tagContacts, untagContacts } from '../../src/contact/tags.ts';
import { figures, makeWorld, NOW, refusal } from './world.ts';

test('companies without a name are told of nothing that would import them', async () => {
  const world = await makeWorld();
  for (const keyless of ['reject', 'insert'] as const)
    expect((await world.companies('name,city\nAcme,\n,Rome\n', { keyless })).notes).toEqual([
      'rows without `name`, the key, are rejected',
    ]);
});

test('rows without a key are rejected, with what to do about it; with it they are imported', async () => {
  const world = await makeWorld();
  await world.addField('member_no', 'text', { unique: true });
  const file =
    'email,member_no,city\nann@x.example,,Rome\n,m1,Oslo\n,,Oslo\n,,Oslo\n,,Bonn\nNULL,M1,Kiel\n';
  const refused = await world.contacts(file);
  expect(figures(refused)).toEqual({ rows: 6, inserted: 1, rejected: 5 });
  expect(refused.notes).toContain(
    'rows without `email`, the key, are rejected (--keyless insert imports them all the same)',
  );
  const report = await world.contacts(file, { keyless: 'insert' });
  expect(figures(report)).toEqual({ rows: 6, inserted: 4, unchanged: 1, merged: 1 });
  expect(report.notes).toEqual([]);
  const left = [
    ['ann@x.example', null, 'Rome'],
    [null, 'M1', 'Kiel'],
    [null, null, 'Oslo'],
    [null, null, 'Oslo'],
    [null, null, 'Bonn'],
  ];
  expect(await world.list('email', 'member_no', 'city')).toEqual(left);
  expect(figures(await world.contacts(file, { keyless: 'insert' }))).toEqual({
    rows: 6,
    unchanged: 5,
    merged: 1,
  });
  expect(await world.list('email', 'member_no', 'city')).toEqual(left);
  expect(figures(await world.contacts('city\nOslo\nOslo\nOslo\n', { keyless: 'insert' }))).toEqual({
    rows: 3,
    unchanged: 2,
    inserted: 1,
  });
});

test('a wrong key is not a missing one', async () => {
  const world = await makeWorld();
  const report = await world.contacts('email\nnobody\nann@x.example\n');
  expect([figures(report), report.notes]).toEqual([{ rows: 2, inserted: 1, rejected: 1 }, []]);
});

test('tags, companies and points of a row without a key: what counts and what does not', async () => {
  const world = await makeWorld();
  const file = 'city,company,points,tags\nOslo,Acme,,\nOslo,,5,a\n';
  expect(figures(await world.contacts(file, { keyless: 'insert' }))).toEqual({
    rows: 2,
    inserted: 2,
  });
  expect(figures(await world.contacts(file, { keyless: 'insert' }))).toEqual({
    rows: 2,
    unchanged: 2,
  });
  const tagged = 'city,company,points,tags\nOslo,ACME,,b\nOslo,,5,a\n';
  expect(figures(await world.contacts(tagged, { keyless: 'insert' }))).toEqual({
    rows: 2,
    updated: 1,
    unchanged: 1,
  });
});

test('companies and tags are the same without regard to case of any letter', async () => {
  const world = await makeWorld();
  await world.contacts('email,company,tags\nann@x.example,Élan,Été\nbob@x.example,ÉLAN,éTÉ|new\n');
  expect(await world.list('company', 'tags')).toEqual([
    ['Élan', 'Été'],
    ['Élan', 'new|Été'],
  ]);
  await world.contacts('email,company,tags\nann@x.example,e\u0301lan,-ÉTÉ\n');
  expect(await world.list('company', 'tags')).toEqual([
    ['Élan', null],
    ['Élan', 'new|Été'],
  ]);
  await world.store.write(async (tx) => {
    expect(await tagContacts(tx, [1, 2], ['ÉTÉ', 'été'], NOW)).toBe(1);
    expect(await untagContacts(tx, [2], ['éTé'])).toBe(1);
  });
  expect((await world.store.read(async (tx) => tx.contacts.tagNames())).length).toBe(2);
});

test('by hand, too, nobody gets what another one has, and everybody keeps their own', async () => {
  const world = await makeWorld();
  await world.contacts('email,company\nJÖRG@x.example,Élan\nkim@bücher.example,\n');
  const named = (email: string) => ({ email, assignments: [], tags: [] });
  for (const email of ['jörg@x.example', 'jo\u0308rg@X.example', 'KIM@xn--bcher-kva.example'])
    expect(
      await refusal(world.store.write(async (tx) => addContact(tx, named(email), NOW))),
    ).toMatchObject({ code: 'TAKEN', exit: 1 });
  expect(
    await refusal(
      world.store.write(async (tx) => addCompany(tx, [{ name: 'name', value: 'éLAN' }], NOW)),
    ),
  ).toMatchObject({ code: 'TAKEN', exit: 1 });
  await world.store.write(async (tx) =>
    editContact(tx, 1, [{ name: 'email', value: 'Jörg@x.example' }], NOW),
  );
  expect(await world.list('email')).toEqual(['Jörg@x.example', 'kim@bücher.example']);
  expect(
    figures(await world.events('email,type,occurred_at\njÖrg@x.example,visit,2026-01-01\n')),
  ).toEqual({ rows: 1, inserted: 1 });
});

test('a row that is rejected because another one was first gives up nothing', async () => {
  const world = await makeWorld();
  await world.addField('crm_id', 'text', { unique: true });
  await world.contacts('email,crm_id\na@x.example,k1\nb@x.example,k2\nc@x.example,k3\n');
  const file = 'email,crm_id\na@x.example,k9\nb@x.example,k9\nc@x.example,k2\n';
  expect(figures(await world.contacts(file))).toEqual({ rows: 3, updated: 1, rejected: 2 });
  expect(await world.list('crm_id')).toEqual(['k9', 'k2', 'k3']);
});
