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
  for await (const { address, channel, reason } of eachSuppression(world.store))
    addresses.add(`${address.toLowerCase()} ${channel} ${reason}`);
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
    'nothing was lifted: 3 rows say that an address can be reached ' +
      '(suppressions:delete lifts what stands for one)',
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
  world.sql("insert into address_suppressions values ('Ann@x.example', 'email', 'manual', 5)");
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
    tx.suppressions.among([contact, 'a@x.example']),
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
