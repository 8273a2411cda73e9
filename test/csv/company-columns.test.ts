import { describe, expect, test } from 'vitest';
import { undoImport } from '../../src/csv/undo.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

async function withCompanies(): Promise<World> {
  const world = await makeWorld();
  await world.companies('name,city,industry\nAcme,Lyon,Steel\nBeta,Oslo,\n');
  await world.contacts('email,company\nann@x.example,Acme\nbob@x.example,Acme\ncid@x.example,\n');
  return world;
}

async function companies(world: World, ...columns: string[]): Promise<unknown[]> {
  const rows = await world.store.read(async (tx) => tx.companies.list({}, ['name', ...columns]));
  return rows.map((row) => [row['name'], ...columns.map((column) => row[column])]);
}

describe('company.FIELD columns', () => {
  test('edit the company that the row names, else the one that its contact has', async () => {
    const world = await withCompanies();
    const text =
      'email,company,company.city,Company.Industry,Size\n' +
      'ann@x.example,,Nice,NULL,\nbob@x.example,beta,Bergen,,12\ndan@x.example,New,Rome,,\n';
    const report = await world.contacts(text, { map: ['Size=company.employees'] });
    expect(report.columns.map(({ field, how }) => `${field ?? '-'} ${how}`)).toEqual([
      ...['email name', 'company name', 'company.city name', 'company.industry name'],
      'company.employees map',
    ]);
    expect(figures(report)).toEqual({ rows: 3, inserted: 1, updated: 1, unchanged: 1 });
    expect(report.companiesUpdated).toBe(2);
    expect(await companies(world, 'city', 'industry', 'employees')).toEqual([
      ['Acme', 'Nice', null, null],
      ['Beta', 'Bergen', null, 12],
      ['New', 'Rome', null, null],
    ]);
    const again = await world.contacts(text, { map: ['Size=company.employees'] });
    expect(figures(again)).toEqual({ rows: 3, unchanged: 3 });
    expect(again.companiesUpdated).toBe(0);
  });

  test('are told in a dry run as they are done then', async () => {
    const world = await withCompanies();
    const text = 'email,company.city\nann@x.example,Nice\n';
    const dry = await world.contacts(text, { dryRun: true });
    expect(await companies(world, 'city')).toContainEqual(['Acme', 'Lyon']);
    const { companiesUpdated } = await world.contacts(text);
    expect([dry.companiesUpdated, companiesUpdated]).toEqual([1, 1]);
  });

  test.each([
    ['last', ['Nice', 'Rome']],
    ['first', ['Paris', 'Steel']],
  ] as const)(
    'of several rows about one company the %s filled cell counts',
    async (duplicates, to) => {
      const world = await withCompanies();
      const text =
        'email,company,company.city,company.industry\n' +
        'ann@x.example,Acme,Paris,Steel\nbob@x.example,ACME,Nice,Rome\ncid@x.example,acme ,,\n';
      await world.contacts(text, { duplicates });
      expect((await companies(world, 'city', 'industry'))[0]).toEqual(['Acme', ...to]);
    },
  );

  test('reject rows that contradict an earlier one where duplicates are errors', async () => {
    const world = await withCompanies();
    const text =
      'email,company,company.city\nann@x.example,Acme,Paris\n' +
      'bob@x.example,,Nice\ncid@x.example,Acme,Paris\n';
    const report = await world.contacts(text, { duplicates: 'error' });
    expect(report.samples.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [3, 'company.city', 'company.city: another row gives the company another value'],
    ]);
    expect(await companies(world, 'city')).toEqual([
      ['Acme', 'Paris'],
      ['Beta', 'Oslo'],
    ]);
  });

  test('say nothing of a company that a later row of the same contact replaces', async () => {
    const world = await withCompanies();
    const text =
      'email,company,company.city\nann@x.example,Acme,Paris\nann@x.example,Beta,\n' +
      'bob@x.example,,Nice\nbob@x.example,BETA,\n';
    expect(figures(await world.contacts(text))).toEqual({ rows: 4, updated: 2, merged: 2 });
    expect(await companies(world, 'city')).toEqual([
      ['Acme', 'Lyon'],
      ['Beta', 'Nice'],
    ]);
  });

  test('reject rows whose contacts have no company, if they have a value for it', async () => {
    const world = await withCompanies();
    const text =
      'email,company,company.city\ncid@x.example,,Paris\ndan@x.example,,NULL\n' +
      'ann@x.example,NULL,Paris\neve@x.example,,Rome\n';
    const report = await world.contacts(text);
    expect(report.samples.map(({ line, column, reason }) => [line, column, reason])).toEqual(
      [2, 4, 5].map((line) => [
        line,
        'company.city',
        'company.city: the contact has no company to edit',
      ]),
    );
    expect(figures(report)).toEqual({ rows: 4, inserted: 1, rejected: 3 });
    expect(await world.list('company')).toEqual(['Acme', 'Acme', null, null]);
  });

  test('of rejected rows edit nothing and make no company', async () => {
    const world = await withCompanies();
    await world.addField('no', 'text', { unique: true });
    await world.contacts('email,no\nann@x.example,1\n');
    const text =
      'email,no,company,company.city\nbob@x.example,1,Acme,Paris\nx@x.example,1,C,Rome\n';
    expect(figures(await world.contacts(`${text}cid@x.example,3,,\n`))).toMatchObject({
      rejected: 2,
    });
    expect(await companies(world, 'city')).toEqual([
      ['Acme', 'Lyon'],
      ['Beta', 'Oslo'],
    ]);
  });

  test('are read like those of companies, and a wrong value rejects the row', async () => {
    const world = await withCompanies();
    const text =
      'email,company.employees,company.website\nann@x.example,many,\nbob@x.example,"12,5",\n';
    const report = await world.contacts(text);
    expect(report.samples.map(({ line, column }) => [line, column])).toEqual([
      [2, 'company.employees'],
    ]);
    expect(await companies(world, 'employees')).toContainEqual(['Acme', 12.5]);
    const { notes } = await world.contacts('email,company.id,company.updated_at\na@x.example,7,\n');
    expect(notes).toEqual([
      'left out, because the store keeps them itself: `company.id`, `company.updated_at`',
    ]);
  });

  test('can be set for all rows, and made with --create-fields', async () => {
    const world = await withCompanies();
    const options = { set: [{ name: 'company.city', value: 'Nice' }], createFields: true };
    const report = await world.contacts('email,company.Plan name\nann@x.example,Gold\n', options);
    expect(report.createdFields).toEqual([
      {
        ...{ column: 'company.Plan name', object: 'company', alias: 'plan_name', type: 'text' },
        spoiler: null,
      },
    ]);
    expect(await companies(world, 'city', 'plan_name')).toContainEqual(['Acme', 'Nice', 'Gold']);
    const undo = { now: NOW + 1, by: null, isDry: true };
    expect(await undoImport(world.store, 'last', undo)).toMatchObject({
      fieldsKept: ['company.plan_name'],
      overwritten: 1,
    });
  });

  test('company.name says which company it is', async () => {
    const world = await withCompanies();
    await world.contacts('email,company.name,company.city\nann@x.example,Beta,Nice\n');
    expect(await world.list('company')).toEqual(['Beta', 'Acme', null]);
    expect(await companies(world, 'city')).toContainEqual(['Beta', 'Nice']);
  });

  test('an undo deletes companies that the import made, edited or not', async () => {
    const world = await withCompanies();
    await world.contacts('email,company,company.city\nnew@x.example,New,Rome\n');
    const undo = { now: NOW + 1, by: null, isDry: false };
    expect(await undoImport(world.store, 'last', undo)).toMatchObject({
      contacts: 1,
      companies: 1,
    });
  });

  test('of a unique field are refused', async () => {
    const world = await withCompanies();
    await world.addField('siren', 'text', { unique: true, object: 'company' });
    const refused = refusal(world.contacts('email,company.siren\nann@x.example,1\n'));
    expect(await refused).toMatchObject({
      exit: 65,
      message:
        'the column `company.siren` is a unique field of companies, which contacts cannot give',
      hint:
        'leave it out with --ignore company.siren, and import it from a file with a row for each ' +
        'company: rollcall companies:import FILE --key siren',
    });
  });

  test('that are misspelt in --map are refused with the near name', async () => {
    const world = await withCompanies();
    const refused = refusal(
      world.contacts('email,X\nann@x.example,1\n', { map: ['X=company.indutry'] }),
    );
    expect(await refused).toMatchObject({ exit: 2, hint: 'did you mean `company.industry`?' });
  });
});

test('segments that read the company follow, also where no contact was written', async () => {
  const world = await withCompanies();
  const members = async () => {
    await updateSegments(world.store, { segments: [], now: NOW });
    return world.store.read(async (tx) =>
      (await tx.members.list((await getSegment(tx, 'nice')).id, {})).map(({ email }) => email),
    );
  };
  await world.store.write(async (tx) =>
    createSegment(tx, { name: 'nice', where: 'company.city = "Nice"' }, { now: NOW, by: null }),
  );
  expect(await members()).toEqual([]);
  await world.contacts('email,company.city\nann@x.example,Nice\n');
  expect(await members()).toEqual(['ann@x.example', 'bob@x.example']);
});

test('`company.` names no field of a company', async () => {
  const world = await makeWorld();
  const refused = await refusal(
    world.contacts('email,Sz\na@x.example,5\n', { map: ['Sz=company.'] }),
  );
  expect(refused).toMatchObject({ exit: 2, code: 'UNKNOWN_FIELD' });
});
