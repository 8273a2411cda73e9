import { describe, expect, it, test } from 'vitest';
import * as z from 'zod/mini';
import { COMMANDS } from '../../../src/cli/registry.ts';
import { makeWorld, type World } from '../../helpers/run.ts';

type Row = Readonly<Record<string, unknown>>;

/** Every list, with what it counts. Settings are five lines that stand as they do. */
const LISTS: readonly (readonly [string, string])[] = [
  ['contacts:list', 'contacts'],
  ['companies:list', 'companies'],
  ['events:list', 'events'],
  ['fields:list', 'fields'],
  ['segments:list', 'segments'],
  ['segments:list --deleted', 'deleted_segments'],
  ['segments:members crowd', 'members'],
  ['suppressions:list', 'suppressions'],
  ['triggers:list', 'triggers'],
  ['runs:list', 'runs'],
  ['imports:list', 'imports'],
  ['audit:list', 'entries'],
];
/** Fields of contacts and companies by which a list is sorted, beside those that it shows. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'contacts:list': ['points', 'identified_at'],
  'companies:list': ['employees'],
  'segments:members': ['points', 'company'],
};
/** What is no column to sort by: objects, and what a list of members has beside times. */
const NO_ORDER = new Set(['properties', 'detail', 'options']);
const OF_MEMBERS = new Set(['since', 'email', ...(OTHERS['segments:members'] ?? [])]);

let world: World;

/** By the day of a March. */
const STORY = `
1 init
1 companies:add Zoom --set employees=5
1 companies:add Acme
1 contacts:import people.csv --keyless insert
1 contacts:import more.csv
1 events:add 1 purchase --value 9 --at 2026-01-02
1 events:add 2 page.hit --subject /b --at 2026-01-01
1 events:add 2 page.hit --subject /a
1 segments:create Crowd
1 segments:create Alone
1 segments:create Gone
1 segments:create Away
1 segments:create Rich --where points>5
2 segments:add crowd 1 2
3 segments:add crowd 3 4 5
3 segments:delete gone --yes
3 segments:delete away --yes
3 triggers:create z --when purchase --add alone
3 triggers:create b --when page.hit --add alone,crowd
4 segments:update
5 contacts:edit 1 --set points=70 --update
5 contacts:suppress z@x.org nobody@x.org --channel email
5 contacts:suppress a@x.org --channel sms
`;

function makeLists(): World {
  const made = makeWorld('shared');
  made.file(
    'people.csv',
    'email,points,company\nz@x.org,5,Zoom\na@x.org,,Acme\nÉ@x.org,50,\n,7,Zoom\n',
  );
  made.file('more.csv', 'email,points\nq@x.org,5\n');
  for (const line of STORY.trim().split('\n')) {
    const [day = '', ...words] = line.split(' ');
    const now = `2026-03-0${day}T08:00:00.${day === '2' ? '250' : '000'}Z`;
    expect(made.runWith({ now }, ...words)).toMatchObject({ status: 0 });
  }
  return made;
}

const rowsOf = (line: string, ...more: string[]): readonly Row[] =>
  world.json(...line.split(' '), ...more) as readonly Row[];

/** A value as it is sorted: instants are exact to the millisecond, what is missing comes last. */
function rankOf(value: unknown): string | number | null {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  const text = Array.isArray(value) ? value.join('|') : z.string().parse(value);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : text;
}

function isInOrder(one: unknown, other: unknown, descends: boolean): boolean {
  const [first, second] = [rankOf(one), rankOf(other)];
  if (second === null) return true;
  if (first === null) return false;
  return descends ? first >= second : first <= second;
}

const keysOf = (command: string, [row = {}]: readonly Row[]): string[] => {
  const keys = [...Object.keys(row), ...(OTHERS[command] ?? [])].filter(
    (key) => !NO_ORDER.has(key),
  );
  return command === 'segments:members' ? keys.filter((key) => OF_MEMBERS.has(key)) : keys;
};

describe('every list', () => {
  test('is here', () => {
    const lists = Object.keys(COMMANDS).filter((name) => name.endsWith(':list'));
    const here = new Set(LISTS.map(([line]) => line.split(' ')[0]));
    expect(lists.filter((name) => !here.has(name))).toEqual(['settings:list']);
  });

  test('is sorted by each of its columns, both ways, and cut behind that', () => {
    world = makeLists();
    for (const [line] of LISTS) {
      const [command = ''] = line.split(' ');
      const usual = rowsOf(line);
      expect(usual.length).toBeGreaterThan(1);
      for (const key of keysOf(command, usual))
        for (const way of [[], ['--desc']]) {
          const sorted = rowsOf(line, '--sort', key, ...way);
          const where = `${line} --sort ${key} ${way.join('')}`;
          expect(sorted, where).toHaveLength(usual.length);
          const values = sorted.map((row) => row[key]);
          const astray = values.filter(
            (value, at) => at > 0 && !isInOrder(values[at - 1], value, way.length > 0),
          );
          expect(astray, where).toEqual([]);
          expect(rowsOf(line, '--sort', key, ...way, '--limit', '2')).toEqual(sorted.slice(0, 2));
        }
    }
  });

  test('is counted', () => {
    world = makeLists();
    for (const [line, things] of LISTS)
      expect(rowsOf(line, '--count')).toEqual([{ [things]: rowsOf(line).length }]);
    expect(rowsOf('contacts:list --where points>=50', '--count')).toEqual([{ contacts: 2 }]);
    expect(rowsOf('events:list --type page.hit', '--count')).toEqual([{ events: 2 }]);
    const segments = rowsOf('audit:list --object segment').length;
    expect(rowsOf('audit:list --object segment', '--count')).toEqual([{ entries: segments }]);
    expect(segments).toBeGreaterThan(5);
    expect(rowsOf('segments:list --search cro', '--count')).toEqual([{ segments: 1 }]);
  });

  test('refuses what makes no sense', () => {
    world = makeLists();
    const refused: readonly (readonly [string, string])[] = [
      ['--sort nonsense', 'unknown'],
      ['--desc', '`--desc` says which way'],
      ['--limit 0', 'must be at least 1'],
      ['--count --limit 2', 'does not go with'],
      ['--count --sort id', 'does not go with'],
      ['--count --format ids', 'a number is no id'],
    ];
    for (const [line] of LISTS)
      for (const [options, why] of refused) {
        const { status, stdout, stderr } = world.run(...line.split(' '), ...options.split(' '));
        const where = `${line} ${options}: ${stderr}`;
        expect({ status, stdout }, where).toEqual({ status: 2, stdout: '' });
        expect(stderr, where).toContain(why);
        expect(stderr.includes('hint:') || options === '--limit 0', where).toBe(true);
      }
  });
});

describe('a sorted list', () => {
  it('takes the way behind the column, and refuses two ways', () => {
    world = makeLists();
    expect(world.ok('contacts:list', '--sort', 'points desc', '--format', 'ids')).toBe(
      world.ok('contacts:list', '--sort', 'points', '--desc', '--format', 'ids'),
    );
    expect(world.run('contacts:list', '--sort', 'points asc', '--desc')).toMatchObject({
      status: 2,
    });
    expect(world.run('contacts:list', '--sort', 'points', '--after', '1')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('`--sort` does not go with `--after`'),
    });
  });

  it('names the columns where one is not known', () => {
    world = makeLists();
    expect(world.run('runs:list', '--sort', 'statsu').stderr).toBe(
      'error: unknown column `statsu`\nhint: did you mean `status`? a list like this is sorted by ' +
        'id, command, now, started_at, finished_at, status, segments, changed, joined, left, ' +
        'failed, held, pins_ended, converted, ms\n',
    );
    expect(world.ok('runs:list', '--sort', 'Started')).toBe(
      world.ok('runs:list', '--sort', 'started_at'),
    );
  });

  it('shows the field that it is sorted by', () => {
    world = makeLists();
    expect(world.ok('contacts:list', '--sort', 'points', '--desc', '--limit', '1')).toMatch(
      /^id +email +points +/,
    );
    expect(Object.keys(rowsOf('companies:list --sort annual_revenue')[0] ?? {})).toContain(
      'annual_revenue',
    );
  });
});
