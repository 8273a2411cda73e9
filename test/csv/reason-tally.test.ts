import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { ImportOptions, ImportReport } from '../../src/csv/import-options.ts';
import { importSuppressions } from '../../src/csv/import.ts';
import { reasonsInWords } from '../../src/csv/reason-tally.ts';
import { makeWorld, NOW, type World } from './world.ts';

const ROWS = 5;

/** A header, a good row, and rows that have something of their own wrong in the same column. */
const table = (header: string, good: string, bad: (number: number) => string): string =>
  [header, good, ...Array.from({ length: ROWS }, (_, number) => bad(number)), ''].join('\n');

const contacts =
  (text: string, options: ImportOptions = {}) =>
  async (world: World): Promise<ImportReport> =>
    world.contacts(text, options);

const suppressions =
  (text: string) =>
  async (world: World): Promise<ImportReport> => {
    const context = { stdin: Readable.from([]), now: NOW, by: null };
    return importSuppressions(world.store, world.file('stop.csv', text), {}, context);
  };

const EVENT = '2026-01-01T10:00:00Z';
const CASES: Readonly<Record<string, (world: World) => Promise<ImportReport>>> = {
  number: contacts(table('email,points', 'a@b.cd,5', (n) => `p${n}@b.cd,many${n}`)),
  email: contacts(table('email', 'a@b.cd', (n) => `nobody${n}`)),
  instant: contacts(table('email,created_at', `a@b.cd,${EVENT}`, (n) => `p${n}@b.cd,on ${n}`)),
  consent: contacts(table('email,bounced', 'a@b.cd,no', (n) => `p${n}@b.cd,maybe${n}`)),
  tags: contacts(table('email,tags', 'a@b.cd,vip', (n) => `p${n}@b.cd,--${n}`)),
  segments: contacts(table('email,segments', 'a@b.cd,', (n) => `p${n}@b.cd,none${n}`)),
  'surplus cells': contacts(table('email', 'a@b.cd', (n) => `p${n}@b.cd${',x'.repeat(n + 1)}`)),
  unknown: async (world) => {
    await world.contacts('email\na@b.cd\n');
    return world.contacts(
      table('email', 'a@b.cd', (n) => `p${n}@b.cd`),
      { mode: 'update' },
    );
  },
  'type of event': async (world) => {
    await world.contacts('email\na@b.cd\n');
    const text = table(
      'email,type,occurred_at',
      `a@b.cd,page.hit,${EVENT}`,
      (n) => `a@b.cd,no type ${n},${EVENT}`,
    );
    return world.events(text);
  },
  channel: suppressions(table('address,channel', 'a@b.cd,sms', (n) => `p${n}@b.cd,fax${n}`)),
  reason: suppressions(table('address,reason', 'a@b.cd,manual', (n) => `p${n}@b.cd,why${n}`)),
};

test.each(Object.keys(CASES))(
  'what the cells hold makes no reasons of their own: %s',
  async (name) => {
    const report = await CASES[name]?.(await makeWorld());
    const column = name === 'surplus cells' ? '' : expect.any(String);
    expect(report?.reasons).toEqual([
      { column, reason: expect.any(String), rows: ROWS, line: 3, place: 'line 3' },
    ]);
  },
);

test('the three most frequent are told, then how many others there are', () => {
  const reason = (rows: number, column = 'Score') => ({
    ...{ column, reason: 'it is missing', rows, line: 3, place: 'line 3' },
  });
  expect(reasonsInWords([])).toEqual([]);
  expect(reasonsInWords([reason(1_000), reason(2), reason(1, '')])).toEqual([
    'line 3, `Score`: it is missing (and 999 more rows)',
    'line 3, `Score`: it is missing (and 1 more row)',
    'line 3: it is missing',
  ]);
  const five = [5, 4, 3, 2, 1].map((rows) => reason(rows));
  expect(reasonsInWords(five, ', all in x.csv').slice(3)).toEqual([
    'and 2 other reasons, all in x.csv',
  ]);
});
