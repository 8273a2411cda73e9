import { expect, test } from 'vitest';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

async function peopled(): Promise<World> {
  const world = await makeWorld();
  await world.contacts('email\nann@example.org\nbob@example.org\n');
  return world;
}

const stored = async (world: World): Promise<unknown[][]> =>
  (await world.store.read(async (tx) => tx.events.list({}))).map(
    ({ contactId, type, subject, value, occurredAt, properties, externalId }) => [
      contactId,
      type,
      subject,
      value,
      new Date(occurredAt).toISOString(),
      properties,
      externalId,
    ],
  );

test('events find their contacts; the same file again changes nothing', async () => {
  const world = await peopled();
  const text =
    'email,type,subject,value,occurred_at,property.plan,property.size\n' +
    'ann@example.org,page.hit,/pricing,,2026-02-01T10:00:00Z,,\n' +
    'ann@example.org,page.hit,/pricing,,2026-02-01T10:00:00Z,,\n' +
    'BOB@example.org,purchase,,"12,5",2026-02-02,pro,10\n';
  expect(figures(await world.events(text))).toEqual({ rows: 3, inserted: 3 });
  expect(figures(await world.events(text))).toEqual({ rows: 3, unchanged: 3 });
  expect(await stored(world)).toEqual([
    [1, 'page.hit', '/pricing', null, '2026-02-01T10:00:00.000Z', null, null],
    [1, 'page.hit', '/pricing', null, '2026-02-01T10:00:00.000Z', null, null],
    [2, 'purchase', null, 12.5, '2026-02-02T00:00:00.000Z', { plan: 'pro', size: '10' }, null],
  ]);
  expect(await world.list('last_active_at')).toEqual([
    Date.parse('2026-02-01T10:00:00Z'),
    Date.parse('2026-02-02'),
  ]);
  const third = `${text}ann@example.org,page.hit,/pricing,,2026-02-01T10:00:00Z,,\n`;
  expect(figures(await world.events(third))).toEqual({ rows: 4, inserted: 1, unchanged: 3 });
});

test('an event with an id is updated in its place', async () => {
  const world = await peopled();
  const header = 'contact,type,occurred_at,id,subject\n';
  await world.events(`${header}ann@example.org,page.hit,2026-02-01,x1,/a\n`);
  expect(
    figures(await world.events(`${header}ann@example.org,page.hit,2026-02-01,x1,/b\n`)),
  ).toEqual({ rows: 1, updated: 1 });
  expect((await stored(world)).length).toBe(1);
});

const versionsOf = (...rows: string[]): string =>
  `contact,type,occurred_at,id,subject\n${rows.join('\n')}\n`;

test.each([
  ['of an unknown contact', 'nobody@example.org,page.hit,2026-02-02,x1,/b'],
  ['without an instant', 'ann@example.org,page.hit,,x1,/b'],
])('of several versions of an event the last one %s does not count', async (_, refused) => {
  const world = await peopled();
  const text = versionsOf(
    ...['bob@example.org,page.hit,2026-02-01,x1,/0', 'ann@example.org,page.hit,2026-02-01,x1,/a'],
    ...[refused, 'ann@example.org,page.hit,2026-02-01,x2,/c'],
  );
  expect(figures(await world.events(text))).toEqual({
    ...{ rows: 4, inserted: 2, merged: 1, rejected: 1 },
  });
  expect((await stored(world)).map(([contact, , subject]) => [contact, subject])).toEqual([
    [1, '/a'],
    [1, '/c'],
  ]);
  expect(figures(await world.events(text))).toEqual({
    ...{ rows: 4, unchanged: 2, merged: 1, rejected: 1 },
  });
});

test('a version of an event that a later one replaces makes no contact', async () => {
  const world = await peopled();
  const text = versionsOf(
    'new@example.org,page.hit,2026-02-01,x1,/a',
    'newer@example.org,page.hit,2026-02-02,x1,/b',
  );
  const options = { createContacts: true };
  expect(figures(await world.events(text, options))).toEqual({ rows: 2, inserted: 1, merged: 1 });
  expect(await world.list('email')).toEqual([
    ...['ann@example.org', 'bob@example.org', 'newer@example.org'],
  ]);
});

test('the contact column holds addresses or ids, or what --key says', async () => {
  const world = await peopled();
  await world.addField('code', 'text', { unique: true });
  await world.contacts('email,code\nann@example.org,7\n');
  const text = 'contact,type,occurred_at\n\n2,page.hit,2026-02-01\n';
  await world.events(text);
  await world.events(text.replace('2,page', '7,page'), { key: 'code' });
  await world.events('code,type,occurred_at\n7,form.submit,2026-02-01\n');
  expect((await stored(world)).map((event) => event.slice(0, 2))).toEqual([
    [2, 'page.hit'],
    [1, 'page.hit'],
    [1, 'form.submit'],
  ]);
});

test('what is wrong is rejected, row by row', async () => {
  const world = await peopled();
  const report = await world.events(
    'contact,type,occurred_at,value\n' +
      'cid@example.org,page.hit,2026-02-01,\n' +
      ',page.hit,2026-02-01,\n' +
      'ann@example.org,,,\n' +
      'ann@example.org,page hit,2026-02-01,\n' +
      'ann@example.org,page.hit,2026-02-30,x\n' +
      'ann@example.org,page.hit,2026-02-01,\n',
  );
  expect(figures(report)).toEqual({ rows: 6, inserted: 1, rejected: 5 });
  expect(
    world
      .read('events.csv.rejects.csv')
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^.*?,(?=\d,)/, '')),
  ).toEqual([
    '3,contact,E-mail: the contact is not named',
    '4,"type, occurred_at","type: `` is not an event type: write dotted words, ' +
      'such as page.hit; occurred_at: the instant is missing"',
    '5,type,"type: `page hit` is not an event type: write dotted words, such as page.hit"',
    '6,"occurred_at, value",occurred_at: ' +
      '`2026-02-30` is not a date with a time (YYYY-MM-DD HH:MM); value: `x` is not a number',
    '2,contact,E-mail: no contact has it',
    '',
  ]);
});

test('contacts are made where that is asked for', async () => {
  const world = await peopled();
  const text =
    'contact,type,occurred_at\n' +
    'cid@example.org,page.hit,2026-02-01\n' +
    'cid@example.org,form.submit,2026-02-02\n' +
    'nobody,page.hit,2026-02-01\n';
  expect(figures(await world.events(text, { createContacts: true }))).toEqual({
    rows: 3,
    inserted: 2,
    rejected: 1,
  });
  expect(await world.list('email', 'created_at')).toEqual([
    ['ann@example.org', NOW],
    ['bob@example.org', NOW],
    ['cid@example.org', NOW],
  ]);
});

test('a file without a contact, a type or an instant is refused', async () => {
  const world = await peopled();
  expect(await refusal(world.events('E-mails,type,occurred_at\n'))).toEqual({
    exit: 65,
    code: 'NO_KEY_COLUMN',
    message: 'events.csv has no column for the contact',
    hint: 'is it `E-mails`? then add --map "E-mails=contact"',
  });
  expect(await refusal(world.events('contact,kind,occurred_at\n'))).toMatchObject({
    exit: 65,
    message: "events.csv has no column for the event's `type`",
  });
  expect(await refusal(world.events('contact,type,when\n'))).toMatchObject({
    exit: 65,
    message: "events.csv has no column for the event's `occurred_at`",
  });
});

test('companies by name', async () => {
  const world = await makeWorld();
  expect(
    figures(await world.companies('Name,Employees,Postal code\nAcme,"1 000",75001\nZeta,,\n')),
  ).toEqual({ rows: 2, inserted: 2 });
  expect(figures(await world.companies('name,employees\nACME,1000\nzeta,5\n'))).toEqual({
    rows: 2,
    updated: 2,
  });
  expect(
    await world.store.read(async (tx) => tx.companies.list({}, ['name', 'employees', 'zipcode'])),
  ).toEqual([
    { id: 1, name: 'ACME', employees: 1000, zipcode: '75001' },
    { id: 2, name: 'zeta', employees: 5, zipcode: null },
  ]);
  expect(figures(await world.companies('id,city\n2,Rome\n', { key: 'id' }))).toEqual({
    rows: 1,
    updated: 1,
  });

  await world.addField('siren', 'text', { unique: true, object: 'company' });
  await world.companies('name,siren\nAcme,1\n');
  expect(await refusal(world.companies('siren,city\n1,Rome\n', { key: 'siren' }))).toMatchObject({
    exit: 65,
    message: 'companies.csv has no column for `name`, which a new company needs',
  });
  expect((await world.companies('siren,name\n1,Acme\n9,\n', { key: 'siren' })).samples).toEqual([
    { line: 3, place: 'line 3', column: 'name', reason: 'Name: it is missing' },
  ]);
  expect(
    figures(
      await world.companies('siren,city\n1,Rome\n9,Oslo\n', { key: 'siren', mode: 'update' }),
    ),
  ).toEqual({ rows: 2, updated: 1, rejected: 1 });
});
