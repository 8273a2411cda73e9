import { describe, expect, it, test } from 'vitest';
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

function makeLists(): World {
  const made = makeWorld('shared');
  const { ok, file } = made;
  const at = (now: string, ...args: string[]): unknown => made.runWith({ now }, ...args);
  ok('init');
  ok('companies:add', 'Zoom', '--set', 'employees=5');
  ok('companies:add', 'Acme');
  const people = 'email,points,company\nz@x.org,5,Zoom\na@x.org,,Acme\nÉ@x.org,50,\n,7,Zoom\n';
  ok('contacts:import', file('people.csv', people), '--keyless', 'insert');
  ok('contacts:import', file('more.csv', 'email,points\nq@x.org,5\n'));
  ok('events:add', '1', 'purchase', '--value', '9', '--at', '2026-01-02');
  ok('events:add', '2', 'page.hit', '--subject', '/b', '--at', '2026-01-01');
  ok('events:add', '2', 'page.hit', '--subject', '/a');
  for (const name of ['Crowd', 'Alone', 'Gone', 'Away']) ok('segments:create', name);
  ok('segments:create', 'Rich', '--where', 'points > 5');
  at('2026-02-01T00:00:00.250Z', 'segments:add', 'crowd', '1', '2');
  at('2026-02-01T00:00:00Z', 'segments:add', 'crowd', '3', '4', '5');
  ok('segments:delete', 'gone', '--yes');
  ok('segments:delete', 'away', '--yes');
  ok('triggers:create', 'z', '--when', 'purchase', '--add', 'alone');
  ok('triggers:create', 'b', '--when', 'page.hit', '--add', 'alone,crowd');
  at('2026-03-02', 'segments:update');
  ok('contacts:edit', '1', '--set', 'points=70', '--update');
  for (const address of ['z@x.org', 'nobody@x.org', 'a@x.org'])
    ok('contacts:suppress', address, '--channel', address === 'a@x.org' ? 'sms' : 'email');
  return made;
}

const rowsOf = (line: string, ...more: string[]): readonly Row[] =>
  world.json(...line.split(' '), ...more) as readonly Row[];

/** A value as it is sorted: instants are exact to the millisecond, what is missing comes last. */
function rankOf(value: unknown): string | number | null {
  if (value === null || typeof value === 'number') return value as number | null;
  if (typeof value === 'boolean') return Number(value);
  if (Array.isArray(value)) return value.join('|') === '' ? null : value.join('|');
  const text = String(value);
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
