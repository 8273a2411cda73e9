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
