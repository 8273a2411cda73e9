import { expect, test } from 'vitest';
import { consentBySpeaking } from '../../src/csv/consent/names.ts';
import { loosely } from '../../src/csv/loosely.ts';
import { COMPANY_SYNONYMS, CONTACT_SYNONYMS, EVENT_SYNONYMS } from '../../src/csv/synonyms.ts';
import { figures, makeWorld, refusal } from './world.ts';

test('every word of the tables leads to a field of its object, and to one only', async () => {
  const world = await makeWorld();
  const fields = await world.store.read(async (tx) => tx.fields.list());
  for (const [object, synonyms] of [
    ['contact', CONTACT_SYNONYMS],
    ['company', COMPANY_SYNONYMS],
  ] as const) {
    const own = fields.filter((field) => field.object === object);
    const words = Object.values(synonyms).flat().map(loosely);
    expect(new Set(words).size).toBe(words.length);
    expect(Object.keys(synonyms).filter((key) => !own.some(({ alias }) => alias === key))).toEqual(
      [],
    );
    const names = own.flatMap(({ alias, label }) => [loosely(alias), loosely(label)]);
    expect(words.filter((word) => names.includes(word))).toEqual([]);
  }
});

test('no word speaks of consent', () => {
  const words = [CONTACT_SYNONYMS, COMPANY_SYNONYMS, EVENT_SYNONYMS].flatMap(Object.values).flat();
  expect(words.filter((word) => consentBySpeaking(String(word)) !== undefined)).toEqual([]);
});

test('columns find their fields by other words for them', async () => {
  const world = await makeWorld();
  const file =
    'Adresse e-mail,PRENOM,Nom,Code postal,Téléphone portable,Société,Job Title,Étiquettes,Straße\n' +
    'ann@example.org,Ann,Lee,06000,0612345678,Acme,CEO,vip,Weg 1\n';
  expect(figures(await world.contacts(file))).toEqual({ rows: 1, inserted: 1 });
  expect(
    await world.list('email', 'first_name', 'last_name', 'zipcode', 'mobile', 'company'),
  ).toEqual([['ann@example.org', 'Ann', 'Lee', '06000', '0612345678', 'Acme']]);
  expect(await world.list('position', 'tags', 'address1')).toEqual([['CEO', 'vip', 'Weg 1']]);
  await world.companies('Firma,Branche,Number of employees\nAcme,Steel,12\n');
  const events = 'Courriel,Event,Timestamp\nann@example.org,purchase,2026-01-02\n';
  expect(figures(await world.events(events))).toEqual({ rows: 1, inserted: 1 });
});

test('a column that is called like the field goes before, and a field of the store before both', async () => {
  const world = await makeWorld();
  const both = await world.contacts('email,Email Address\nann@example.org,bob@example.org\n');
  expect(both.columns.map(({ field, how }) => [field, how])).toEqual([
    ['email', 'name'],
    [null, 'unknown'],
  ]);
  expect(await world.list('email')).toEqual(['ann@example.org']);
  await world.addField('job_title', 'text');
  await world.contacts('email,Job Title\nann@example.org,CEO\n');
  expect(await world.list('job_title', 'position')).toEqual([['CEO', null]]);
});

test('two other words for one field are refused, naming both', async () => {
  const world = await makeWorld();
  expect(
    await refusal(world.contacts('email,Telephone,Work phone\nann@example.org,1,2\n')),
  ).toMatchObject({
    exit: 65,
    message: 'the columns 2 `Telephone` and 3 `Work phone` are both read into `phone`',
    hint: 'leave one out with --ignore "Work phone"',
  });
});

test.each([
  ['E-mail type,Other e-mail', '`Other e-mail`'],
  ['E-mail - Label,Name', 'the columns are'],
])('the hint for a missing key among %s is %s', async (header, hint) => {
  const world = await makeWorld();
  expect((await refusal(world.contacts(`${header}\nx,y\n`))).hint).toContain(hint);
});
