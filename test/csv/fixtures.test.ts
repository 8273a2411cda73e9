import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { importCompanies, importContacts, importEvents } from '../../src/csv/import.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
const context = { stdin: Readable.from([]), now: NOW, by: null };

/** Imports a copy: rejects are written beside the file. */
async function imported(
  world: World,
  name: string,
  options: ImportOptions = {},
  work = importContacts,
) {
  const copy = join(world.folder, 'copy.csv');
  copyFileSync(join(FIXTURES, name), copy);
  return work(world.store, copy, options, context);
}

test('the small world, and the same again', async () => {
  const world = await makeWorld();
  await world.addField('plan', 'select', { options: ['free', 'pro', 'team'] });
  const options = { map: ['E-mail=email,Prénom=first_name,Plan=plan'] };
  const importAll = async () => [
    figures(await imported(world, 'contacts.csv', options)),
    figures(await imported(world, 'companies.csv', { key: 'name' }, importCompanies)),
    figures(await imported(world, 'hits.csv', {}, importEvents)),
    figures(await imported(world, 'events.csv', {}, importEvents)),
  ];
  const first = await importAll();
  expect(first.map(({ rows, rejected }) => [rows, rejected])).toEqual([
    [2000, undefined],
    [100, undefined],
    [expect.any(Number), undefined],
    [expect.any(Number), undefined],
  ]);
  expect(first[2]!['rows']! + first[3]!['rows']!).toBe(10_000);
  expect(await importAll()).toEqual(first.map(({ rows }) => ({ rows, unchanged: rows })));
});

test('a French spreadsheet: semicolons, decimal commas, no-break spaces', async () => {
  const world = await makeWorld();
  expect(
    figures(await imported(world, 'odd/semicolon-bom.csv', { map: ['Prénom=first_name'] })),
  ).toEqual({ rows: 3, inserted: 3 });
  expect(await world.list('first_name', 'city', 'points')).toEqual([
    ['Zoé', 'Saint-Étienne', 12.5],
    ['Loïc', 'Nantes; centre', 1234.5],
    ['Inès', null, 0],
  ]);
});

test('tabs, and line breaks in cells', async () => {
  const world = await makeWorld();
  await imported(world, 'odd/tabs.tsv');
  await imported(world, 'odd/line-breaks.csv');
  expect(await world.list('last_name', 'address1', 'points')).toEqual([
    ['Groß', 'Schloßplatz 3, Hinterhaus', 7],
    ["D'Hondt", 'Grote Markt "De Gans"', -3],
    ['佐藤', '桜丘町3-12\n渋谷ビル4階', 0],
    ['O’Brien', 'Flat 2\r\n41 "The Mill" Lane', 0],
    ['Özdemir', 'Gärtnerweg 21', 0],
  ]);
});

test('good rows with bad ones between them, and rows of one key', async () => {
  const world = await makeWorld();
  const report = await imported(world, 'odd/rejects.csv');
  expect(figures(report)).toEqual({ rows: 6, inserted: 3, rejected: 3 });
  expect(report.samples.map(({ line, column }) => [line, column])).toEqual([
    [3, 'email'],
    [5, 'points'],
    [6, ''],
  ]);
  expect(figures(await imported(world, 'odd/duplicates.csv'))).toEqual({
    rows: 3,
    inserted: 1,
    merged: 2,
  });
  expect((await world.list('first_name', 'city', 'points')).at(-1)).toEqual([
    'Noah J.',
    'New York',
    3,
  ]);
});

test('cells that a spreadsheet or a terminal would obey are kept as they are', async () => {
  const world = await makeWorld();
  await imported(world, 'odd/formulas.csv');
  await imported(world, 'odd/terminal.csv');
  expect((await world.list('first_name', 'last_name')).slice(0, 5)).toEqual([
    ['=1+1', 'Smith'],
    ['@here', '=HYPERLINK("https://example.com")'],
    ["'Tilde", '-dash'],
    ['Tab', null],
    ['\u001b[31mRed\u001b[0m', 'Alert'],
  ]);
});

test('files that are refused as a whole', async () => {
  const world = await makeWorld();
  expect(await refusal(imported(world, 'odd/broken-quote.csv'))).toMatchObject({
    exit: 65,
    message: 'copy.csv, line 2: a quote is opened and never closed',
  });
  expect(await refusal(imported(world, 'odd/no-key.csv'))).toMatchObject({
    exit: 65,
    code: 'NO_KEY_COLUMN',
  });
  expect(await world.list('email')).toEqual([]);
});
