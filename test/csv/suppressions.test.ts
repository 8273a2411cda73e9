import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { eachSuppression } from '../../src/contact/consent.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { importSuppressions } from '../../src/csv/import.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

async function importList(world: World, text: string, options: ImportOptions = {}) {
  const context = { stdin: Readable.from([]), now: NOW, by: 'tester' };
  return importSuppressions(world.store, world.file('list.csv', text), options, context);
}

async function stateOf(world: World) {
  const addresses = new Set<string>();
  for await (const { value, channel, reason } of eachSuppression(world.store))
    addresses.add(`${String(value).toLowerCase()} ${channel} ${reason}`);
  const contacts = await world.store.read(async (tx) => {
    const rows = await tx.contacts.list({}, ['email']);
    const said = await tx.contacts.suppressions(rows.map(({ id }) => id));
    return rows.map(({ id, email }) => ({
      id,
      email: email === null ? null : String(email).toLowerCase(),
      said: said
        .filter(({ contactId }) => contactId === id)
        .map(({ channel, reason }) => `${channel} ${reason}`),
    }));
  });
  return { addresses: [...addresses].sort(), contacts };
}

test('a list is read with its channels, reasons and dates, and the same again changes nothing', async () => {
  const world = await makeWorld();
  await world.contacts('email\nANN@x.example\n');
  const list =
    'Email address,channel,reason,created_at\n' +
    'ann@x.example,,,\nbob@x.example,sms,Bounced,2020-01-02\nBOB@x.example,sms,bounced,\n';
  expect(figures(await importList(world, list))).toEqual({ rows: 3, inserted: 2, merged: 1 });
  expect(await stateOf(world)).toEqual({
    addresses: ['ann@x.example email manual', 'bob@x.example sms bounced'],
    contacts: [{ id: 1, email: 'ann@x.example', said: ['email manual'] }],
  });
  expect(figures(await importList(world, list))).toEqual({ rows: 3, unchanged: 2, merged: 1 });
  await world.contacts('email\nbob@x.example\n');
  const of = await world.store.read(async (tx) => tx.contacts.suppressions([2]));
  expect(of).toEqual([
    {
      ...{ contactId: 2, channel: 'sms', reason: 'bounced' },
      createdAt: Date.parse('2020-01-02'),
    },
  ]);
});

test('words of a status are reasons; who can be reached is left alone, and nothing is lifted', async () => {
  const world = await makeWorld();
  await world.contacts('email,unsubscribed\nann@x.example,yes\n');
  const list =
    'Email Address,Status\nann@x.example,subscribed\nbob@x.example,Cleaned\n' +
    'cid@x.example,UNSUBSCRIBED\ndan@x.example,non-subscribed\neve@x.example,active\n' +
    'fay@x.example,odd\nbob@x.example,subscribed\n';
  const report = await importList(world, list);
  expect(figures(report)).toEqual({ rows: 7, inserted: 3, unchanged: 3, rejected: 1 });
  expect(report.notes).toEqual([
    'nothing was lifted: 3 rows say of nobody that they must not be reached ' +
      '(suppressions:delete lifts what stands for an address)',
  ]);
  expect(report.samples[0]?.reason).toBe(
    'odd is no reason: write manual, bounced, unsubscribed, or a status ' +
      '(active, unsubscribed, bounced, …)',
  );
  expect((await stateOf(world)).addresses).toEqual([
    'ann@x.example email unsubscribed',
    'bob@x.example email bounced',
    'cid@x.example email unsubscribed',
    'dan@x.example email manual',
  ]);
  expect(figures(await importList(world, list))).toEqual({ rows: 7, unchanged: 6, rejected: 1 });
});

test('what a list does not name is told by options; other words reject their rows', async () => {
  const world = await makeWorld();
  const list =
    'address,channel,reason\na@x.example,,\nb@x.example,fx,\nc@x.example,,angry\nnone,,\n';
  const report = await importList(world, list, { channels: ['fax'], reason: 'unsubscribed' });
  expect(report.samples.map(({ line, column }) => [line, column])).toEqual([
    [3, 'channel'],
    [4, 'reason'],
    [5, 'address'],
  ]);
  expect((await stateOf(world)).addresses).toEqual(['a@x.example fax unsubscribed']);
  const { exit } = await refusal(importList(world, 'name\nx\n'));
  expect(exit).toBe(65);
});

test('what another program wrote for an address reaches who has it with the next list', async () => {
  const world = await makeWorld();
  await world.contacts('email\nann@x.example\n');
  await world.sql(
    "insert into address_suppressions (address, channel, reason, created_at) values ('Ann@x.example', 'email', 'manual', 5)",
  );
  const report = await importList(world, 'address\nann@x.example\n');
  expect(figures(report)).toEqual({ rows: 1, unchanged: 1 });
  expect((await stateOf(world)).contacts).toEqual([
    { id: 1, email: 'ann@x.example', said: ['email manual'] },
  ]);
});

test.each([
  ['kim@xn--bcher-kva.example', 'kim@bücher.example'],
  ['kim@bücher.example', 'kim@xn--bcher-kva.example'],
  ['JÖRG@x.example', 'jörg@x.example'],
])('what stands for %s is known, and lifted by an import, as %s', async (address, contact) => {
  const world = await makeWorld();
  await importList(world, `address\n${address}\n`, { reason: 'unsubscribed' });
  await world.contacts(`email\n${contact}\n`);
  const among = await world.store.read(async (tx) =>
    tx.suppressions.among('email', [contact, 'a@x.example']),
  );
  expect(among).toEqual([contact]);
  await world.contacts(`email,unsubscribed\n${contact},no\n`, { allowResubscribe: true });
  expect(await stateOf(world)).toMatchObject({ addresses: [], contacts: [{ said: [] }] });
});

test('reasons may be words of a status, but for those that speak against nobody', async () => {
  const world = await makeWorld();
  const list = 'email,reason\na@x.example,Hard bounce\nb@x.example,OPTED_OUT\nc@x.example,Active\n';
  expect(figures(await importList(world, list))).toEqual({ rows: 3, inserted: 2, unchanged: 1 });
  expect((await stateOf(world)).addresses).toEqual([
    'a@x.example email bounced',
    'b@x.example email unsubscribed',
  ]);
});

test('a list that begins with an address is told that it has no header', async () => {
  const world = await makeWorld();
  const { exit, hint } = await refusal(importList(world, 'ann@x.example\nbob@x.example\n'));
  expect([exit, hint]).toEqual([
    65,
    'its first line, with `ann@x.example`, must name the columns: put such a line before it',
  ]);
});

test('columns of consent say row by row whether an address must not be reached', async () => {
  const world = await makeWorld();
  const list =
    'email,unsubscribed,bounced,do_not_contact\na@x.example,no,,\nb@x.example,yes,no,\n' +
    'c@x.example,2026-01-02,hard bounce,yes\nd@x.example,,,\ne@x.example,maybe,,\n' +
    'B@x.example,email,,no\n';
  const report = await importList(world, list);
  expect(figures(report)).toEqual({ rows: 6, inserted: 2, unchanged: 2, merged: 1, rejected: 1 });
  expect(report.samples.map(({ line, column }) => [line, column])).toEqual([[6, 'unsubscribed']]);
  expect((await stateOf(world)).addresses).toEqual([
    'b@x.example email unsubscribed',
    'c@x.example email bounced',
    'c@x.example email manual',
    'c@x.example email unsubscribed',
    'c@x.example sms manual',
  ]);
  const again = figures(await importList(world, list));
  expect(again).toEqual({ rows: 6, unchanged: 4, merged: 1, rejected: 1 });
});

test.each([
  ['Subscribed', 'subscribed'],
  ['MARKETING_STATUS', 'status'],
  ['Do Not Call', 'do_not_contact:phone'],
  ['UNSUB_REASON', 'unsubscribed:reason'],
])('a list with the column %s stops until it is settled', async (column, target) => {
  const world = await makeWorld();
  const list = `email,${column}\na@x.example,no\nb@x.example,unsubscribed\n`;
  const { exit, code, hint } = await refusal(importList(world, list));
  expect([exit, code]).toEqual([65, 'CONSENT_UNSETTLED']);
  expect(hint).toContain(`--map "${column}=${target}"`);
  await importList(world, list, { ignore: [column] });
  const { addresses } = await stateOf(world);
  expect(addresses).toEqual(['a@x.example email manual', 'b@x.example email manual']);
});

test('columns are settled by --map, and by the system that wrote the file', async () => {
  const world = await makeWorld();
  const map = ['Subscribed=subscribed,MARKETING_STATUS=status:sms'];
  const text = 'email,Subscribed,MARKETING_STATUS\na@x.example,no,\nb@x.example,yes,blocked\n';
  await importList(world, `${text}c@x.example,yes,NULL\n`, { map });
  const mailchimp =
    'Email Address,Address,UNSUB_TIME,UNSUB_CAMPAIGN_ID,OPTIN_TIME\n' +
    'd@x.example,1 Main St,2026-01-02 10:00:00,abc,2020-01-01\n';
  const report = await importList(world, mailchimp);
  expect(report.preset?.name).toBe('mailchimp');
  expect((await stateOf(world)).addresses).toEqual([
    'a@x.example email unsubscribed',
    'b@x.example sms manual',
    'd@x.example email unsubscribed',
  ]);
  expect(await world.value('select max(created_at) from address_suppressions')).toBe(NOW);
});

test('a report of Mautic on Do Not Contact says each wish with its channel and day', async () => {
  const world = await makeWorld();
  const report = await importList(
    world,
    'Contact ID,Email,First Name,DNC Reason,DNC Comment,DNC Date,DNC Channel\n' +
      '1,a@x.example,Ann,DNC Unsubscribed,,2024-01-02 10:00:00,Email\n' +
      '1,a@x.example,Ann,DNC Manually Unsubscribed,by phone,2024-01-03 10:00:00,Text Message\n' +
      '2,b@x.example,Bob,DNC Bounced,550,2024-01-04 10:00:00,Email\n' +
      '3,c@x.example,Cid,Contactable,,2024-01-05 10:00:00,Email\n',
  );
  expect(report).toMatchObject({ preset: { name: 'mautic' }, inserted: 3, rejected: 0 });
  expect((await stateOf(world)).addresses).toEqual([
    ...['a@x.example email unsubscribed', 'a@x.example sms manual', 'b@x.example email bounced'],
  ]);
  expect(await world.value('select min(created_at) from address_suppressions')).toBe(
    Date.UTC(2024, 0, 2, 10),
  );
});

test('what columns of consent say is about the channel of the row', async () => {
  const world = await makeWorld();
  const list = 'email,channel,unsubscribed\na@x.example,sms,yes\nb@x.example,,yes\n';
  await importList(world, list, { channels: ['push'] });
  expect((await stateOf(world)).addresses).toEqual([
    'a@x.example sms unsubscribed',
    'b@x.example push unsubscribed',
  ]);
});

test('a reason for every row and a column that says which rows have one are refused', async () => {
  const world = await makeWorld();
  const list = 'email,unsubscribed\na@x.example,no\n';
  const { exit, code, hint } = await refusal(importList(world, list, { reason: 'manual' }));
  expect([exit, code]).toEqual([2, 'REASON_TWICE']);
  expect(hint).toBe('leave --reason out, or the column: --map "unsubscribed=-"');
});

test('a status, channel or date of NULL or \\N is empty', async () => {
  const world = await makeWorld();
  const list =
    'email,status,channel,created_at\na@x.example,NULL,NULL,NULL\nb@x.example,\\N,\\N,\\N\n';
  expect(figures(await importList(world, list))).toEqual({ rows: 2, inserted: 2 });
  expect((await stateOf(world)).addresses).toEqual([
    'a@x.example email manual',
    'b@x.example email manual',
  ]);
});

test('an address is suppressed though something else in its row is wrong', async () => {
  const world = await makeWorld();
  await world.contacts('email\na@x.example\n');
  const list =
    'email,channel,reason,bounced,created_at\na@x.example,,manual,,never\nb@x.example,fx,manual,,\n' +
    'c@x.example,,angry,,\nd@x.example,,angry,yes,\ne@x.example,,manual,,,surplus\nf,,manual,,\n';
  const report = await importList(world, list);
  expect([figures(report), report.consentKept]).toEqual([{ rows: 6, rejected: 6 }, 3]);
  expect(await stateOf(world)).toEqual({
    addresses: [
      'a@x.example email manual',
      'd@x.example email bounced',
      'e@x.example email manual',
    ],
    contacts: [{ id: 1, email: 'a@x.example', said: ['email manual'] }],
  });
});
