import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/main.ts';
import { NOW } from '../helpers/run.ts';
import { fakeIo } from '../helpers/streams.js';

/** Every list that is long enough to be cut on some terminal. */
const LISTS: readonly [string, ...string[]][] = [
  ['segments:members', 'hot'],
  ['segments:members', 'hot', '--as-of', 'yesterday'],
  ['segments:members', 'hot', '--left-since', '30 days ago'],
  ['segments:list'],
  ['segments:versions', 'hot'],
  ['segments:overlap', 'hot', 'newsletter-of-the-spring'],
  ['segments:compare', 'hot', 'newsletter-of-the-spring', '--by', 'points,city'],
  ['segments:history', 'hot'],
  ['contacts:list'],
  ['contacts:segments', '1'],
  ['contacts:history', '1'],
  ['contacts:duplicates'],
  ['events:list'],
  ['fields:list'],
  ['audit:list'],
  ['runs:list'],
  ['imports:list'],
  ['suppressions:list'],
  ['triggers:list'],
];

let folder: string;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NEWS = 'newsletter-of-the-spring';
const PEOPLE = 'a-long-name-of-a-file-of-people.csv';

/** By the day of a February. */
const STORY: readonly (readonly [number, ...string[]])[] = [
  [1, 'init'],
  [1, 'settings:set', 'timezone', 'Europe/Paris'],
  [1, 'contacts:import', PEOPLE],
  [1, 'segments:create', 'Hot', '--where', 'points >= 50', '--note', 'a first guess at it'],
  [1, 'segments:create', 'Newsletter of the spring', '--public', '--unpublished'],
  [1, 'segments:edit', NEWS, '--published', '--note', 'now is the time for it, they said'],
  [2, 'segments:update'],
  [3, 'segments:add', 'hot', '3', '--until', '2027-01-01', '--reason', 'met at the fair'],
  [3, 'segments:import', NEWS, PEOPLE, '--create-contacts'],
  [4, 'contacts:edit', '2', '--set', 'points=1'],
  [4, 'triggers:create', 'fair', '--when', 'form.submit where subject = "fair"', '--add', NEWS],
  [5, 'segments:update'],
  [6, 'segments:remove', 'hot', '1', '--reason', 'asked us by telephone'],
  [6, 'contacts:suppress', '1', '--channel', 'email', '--reason', 'unsubscribed'],
  [6, 'events:add', '3', 'page.hit', '--subject', '/pricing/of/what/we/sell/everywhere'],
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-narrow-'));
  writeFileSync(
    join(folder, PEOPLE),
    'email,first_name,last_name,phone,city,points\n' +
      'ann@example.org,Ann,Archer,0612345678,Paris,80\n' +
      'a.very.long.address.of.ann@mail.example.org,Ann,Archer,0612345678,Paris,60\n' +
      'bo@example.org,Bo,,,Lyon,5\n',
  );
  for (const [day, ...line] of STORY) {
    const { io, stderr } = fakeIo();
    const args = line.map((word) => (word === PEOPLE ? join(folder, word) : word));
    const place = ['--now', `2026-02-0${day}T08:00:00.250Z`, '--db', join(folder, 'crm.db')];
    const status = await main([...args, ...place], io);
    expect({ status, stderr: stderr() }).toMatchObject({ status: 0 });
  }
});

async function shown(
  columns: number,
  args: readonly string[],
): Promise<{ readonly table: string; readonly notes: string; readonly status: number }> {
  const { io, stdout, stderr } = fakeIo({ columns, env: { NO_COLOR: '1' } });
  const status = await main(['--now', NOW, ...args, '--db', `${folder}/crm.db`], io);
  return { table: stdout(), notes: stderr().replace(/\s+/g, ' '), status };
}

/** What stands in cells, broken or not: the words of the lines below the heading. */
function wordsOf(table: string): Set<string> {
  const [, ...rows] = table.split('\n');
  return new Set(
    rows.flatMap((row) => row.split(/\s+/)).filter((word) => /^[^-…]{4,}$/.test(word)),
  );
}

/** The words of a heading, and of a key. */
const inWords = (name: string): string => name.replace(/_(?:at|id)$/, '').replaceAll('_', ' ');

describe.each(LISTS)('%s', (...args) => {
  test.each([40, 80, 120])('shows no less with -v than without it at %i columns', async (width) => {
    const [plain, told] = [await shown(width, args), await shown(width, [...args, '-v'])];
    expect(told.status).toBe(0);
    expect(told.notes).not.toContain('too narrow');
    expect(told.table).not.toContain('…');
    const all = told.table.replace(/\s+/g, '');
    for (const word of wordsOf(plain.table)) expect(all).toContain(word.replace(/Z$/, ''));
  });

  test('calls columns as programs do, and what is left out as --fields does', async () => {
    const { table: json } = await shown(1_000, [...args, '--json']);
    const [row] = (JSON.parse(json) as { data: Record<string, unknown>[] }).data;
    const known = new Set(Object.keys(row ?? {}));
    const { table } = await shown(1_000, args);
    const isChosen = CHOOSING.has(args[0]);
    const headings = (table.split('\n')[0] ?? '').trim().split(/ {2,}/);
    const words = new Set([...known].map(inWords));
    const others = headings.filter((heading) => !words.has(heading) && !known.has(heading));
    expect(others).toEqual(OTHERWISE[args[0]] ?? []);
    const named = isChosen ? known : new Set([...headings, 'picture']);
    const [, left = ''] = /too narrow for ([^:]*):/.exec((await shown(40, args)).notes) ?? [];
    for (const key of left
      .replace(/ and \d+ more$/, '')
      .split(', ')
      .filter(Boolean))
      expect([...named]).toContain(key);
  });
});

/** Lists of which columns are chosen by `--fields`, which takes keys; the others name headings. */
const CHOOSING = new Set(['segments:members', 'contacts:list']);

/** Headings that are names of the user's own, or others than the keys. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  'segments:list': ['joined', 'left'],
  'contacts:history': ['where'],
  'segments:overlap': ['picture'],
  'segments:compare': ['hot', 'newsletter-of-the-spring'],
  'contacts:duplicates': ['shared', 'contacts'],
};

/** What people come for, by list. */
const NEEDED: readonly (readonly [string, readonly string[]])[] = [
  ['contacts:history 1', ['at', 'what', 'where', 'via']],
  ['audit:list', ['at', 'by', 'action', 'object', 'detail']],
  ['runs:list', ['started', 'status', 'joined', 'left']],
  ['imports:list', ['file', 'finished', 'rows']],
  ['segments:list', ['alias', 'members']],
  ['suppressions:list', ['address', 'channel']],
  ['segments:members hot', ['email', 'since', 'pin']],
  ['segments:members hot --as-of yesterday', ['email', 'since']],
  [`segments:members ${NEWS} --fields email,since,city,pin_until`, ['since', 'city', 'until']],
  ['contacts:list --fields email,phone,first_name,points', ['phone', 'first_name', 'points']],
  ['segments:changes --since start --format table', ['at', 'email', 'change', 'via']],
  ['segments:history hot --by day', ['members', 'joined', 'left']],
  [`segments:overlap hot ${NEWS}`, ['segment', 'other', 'members', 'share']],
  [`segments:compare hot ${NEWS} --by points,city`, ['value', 'hot', NEWS, 'share', 'lift']],
  ['segments:profile hot', ['row', 'matching', '%', 'ms', 'condition']],
  ['segments:versions hot', ['version', 'saved', 'note']],
  ['contacts:segments 3', ['alias', 'since', 'via', 'pin']],
  ['contacts:duplicates', ['shared', 'contacts']],
  ['events:list', ['type', 'occurred']],
  ['imports:list', ['kind', 'file', 'finished', 'rows', 'inserted', 'rejected']],
  ['runs:show last', ['alias', 'status', 'joined', 'left', 'members']],
  ['triggers:list', ['name', 'when', 'add']],
];

const ADDRESS = 'a.very.long.address.of.ann@mail.example.org';

/** Of a record, of which nothing is cut. */
const INSTANT_OF_RECORD = /^(?:now|started|finished) +[\d-]+T[\d:.+]+$/;

/** In blocks only: a name, and a word that is not to be broken. */
const ONE_WORD = /^(?:\S+ )*\S* +\S+$/;

describe.each(NEEDED)('%s', (line, needed) => {
  const args = line.split(' ') as [string, ...string[]];

  test.each([40, 60, 80])('has what people come for at %i columns', async (columns) => {
    const { table } = await shown(columns, args);
    const names = new Set(table.split(/\s+/));
    expect(needed.filter((name) => !names.has(name))).toEqual([]);
    const long = table.split('\n').filter(({ length }) => length > columns);
    for (const row of long.filter((each) => !INSTANT_OF_RECORD.test(each))) {
      expect(columns).toBeLessThan(60);
      expect(row).toMatch(ONE_WORD);
      expect(row).toMatch(new RegExp(`${ADDRESS},?$`));
    }
  });

  // details of the audit log are texts of any length
  test.skipIf(args[0] === 'audit:list').each([40, 80])(
    'breaks no address and no alias at %i columns',
    async (columns) => {
      const { table: whole } = await shown(1_000, args);
      const { table } = await shown(columns, args);
      for (const word of [ADDRESS, NEWS].filter((each) => whole.includes(each)))
        expect(table).toContain(word);
    },
  );
});

test('names of files are whole at any width', async () => {
  for (const columns of [40, 60, 80, 120]) {
    const { table } = await shown(columns, ['imports:list']);
    expect(table).not.toContain('…');
    expect(table.replace(/\s+/g, '')).toContain('file');
  }
});

test.each([40, 80])(
  'chosen columns are all there, also empty ones, at %i columns',
  async (width) => {
    const fields = 'email,last_name,mobile,city,phone,points,created_at,updated_at';
    for (const listing of [['contacts:list'], ['segments:members', 'hot']]) {
      const { table, notes } = await shown(width, [...listing, '--fields', fields]);
      for (const name of ['email', 'last_name', 'city', 'phone', 'points', 'created_at'])
        expect(table).toContain(name);
      expect(notes).not.toContain('too narrow');
    }
    const { table } = await shown(width, ['contacts:list', '--fields', 'email,first_name,mobile']);
    expect(table).toContain('mobile');
  },
);

test('what marks mean is told only where they are', async () => {
  const overlap = ['segments:overlap', 'hot', 'n'];
  await shown(80, ['segments:create', 'n', '--where', 'points < 3']);
  const marks = await Promise.all([40, 120].map(async (width) => shown(width, overlap)));
  expect(marks.map(({ table }) => /[█▒░]/.test(table))).toEqual([false, true]);
  expect(marks.map(({ notes }) => notes.includes('█ in the segment'))).toEqual([false, true]);
  await shown(80, ['segments:delete', 'n', '--yes']);
});

test('no two columns of which one is left out have one heading', async () => {
  const { table, notes } = await shown(40, ['segments:compare', 'hot', NEWS, '--by', 'city']);
  expect(table).toMatch(/^share /m);
  expect(notes).not.toContain('too narrow for share');
});

test('what the note names can be chosen', async () => {
  const listing = ['contacts:list'];
  const { notes } = await shown(60, listing);
  const [, left = ''] = /too narrow for ([^:]*): --fields chooses, -v shows all/.exec(notes) ?? [];
  expect(left).not.toBe('');
  expect(await shown(200, [...listing, '--fields', left.replaceAll(', ', ',')])).toMatchObject({
    status: 0,
  });
});
