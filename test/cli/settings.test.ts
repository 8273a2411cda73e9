import { statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type World, makeWorld } from '../helpers/run.ts';

function worldWithStore(): World {
  const world = makeWorld('shared');
  world.ok('init', '--db', 'a.db');
  return world;
}

describe('init', () => {
  it('makes a store for its owner only, and leaves one that is there', () => {
    const world = makeWorld('shared');
    expect(world.run('init', '--db', 'a.db')).toEqual({
      status: 0,
      stdout: 'made the store a.db\n',
      stderr: '',
    });
    expect(statSync(join(world.folder, 'a.db')).mode & 0o777).toBe(0o600);
    world.ok('settings:set', 'week-start', 'sunday', '--db', 'a.db');
    expect(world.json('init', '--db', 'a.db')).toEqual({ path: 'a.db', created: false });
    expect(world.ok('settings:get', 'week-start', '--db', 'a.db')).toBe('sunday\n');
  });

  it('makes missing folders for the default place only', () => {
    const world = makeWorld('shared');
    expect(world.run('init').status).toBe(0);
    expect(statSync(join(world.folder, '.local/share/rollcall')).mode & 0o777).toBe(0o700);
    expect(world.run('init', '--db', 'no/such/folder/a.db').status).toBe(73);
  });

  it('refuses a file that is no store', () => {
    const world = makeWorld('shared');
    world.file('letter.txt', 'Dear Ann,\n'.repeat(200));
    expect(world.run('init', '--db', 'letter.txt').status).toBe(69);
  });

  it('is silent with -q', () =>
    expect(makeWorld('shared').ok('init', '--db', 'a.db', '-q')).toBe(''));
});

describe('settings', () => {
  it('are listed in every format', () => {
    const world = worldWithStore();
    const list = (format: string): string =>
      world.ok('settings:list', '--db', 'a.db', '--format', format);
    const about = 'in which days begin and local times are read';
    expect(list('table').split('\n').slice(0, 2)).toEqual([
      'name          value   about',
      `timezone      UTC     ${about}`,
    ]);
    expect(JSON.parse(list('json'))).toMatchObject({
      schema: 'rollcall/settings.list/1',
      data: [
        { name: 'timezone', value: 'UTC', about },
        { name: 'week-start' },
        { name: 'keep-runs', value: '90' },
        { name: 'keep-history', value: 'all' },
        { name: 'keep-audit', value: 'all' },
      ],
    });
    expect(
      list('ndjson')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { name: 'timezone', value: 'UTC' },
      { name: 'week-start' },
      { name: 'keep-runs' },
      { name: 'keep-history' },
      { name: 'keep-audit' },
    ]);
    expect(list('csv').split('\n').slice(0, 2)).toEqual([
      'name,value,about',
      `timezone,UTC,${about}`,
    ]);
    expect(list('tsv').split('\n').slice(0, 2)).toEqual([
      'name\tvalue\tabout',
      `timezone\tUTC\t${about}`,
    ]);
    expect(list('ids')).toBe('timezone\nweek-start\nkeep-runs\nkeep-history\nkeep-audit\n');
  });

  it('change, and say when they do not', () => {
    const world = worldWithStore();
    expect(world.ok('settings:set', 'timezone', 'Europe/Paris', '--db', 'a.db')).toBe(
      'timezone is now Europe/Paris\n',
    );
    expect(world.ok('settings:set', 'timezone', 'Europe/Paris', '--db', 'a.db')).toBe(
      'timezone is Europe/Paris already\n',
    );
    expect(world.json('settings:set', 'keep-runs', '7', '--db', 'a.db')).toEqual({
      name: 'keep-runs',
      value: '7',
      changed: true,
    });
    expect(world.ok('settings:get', 'keep-runs', '--db', 'a.db', '-q')).toBe('7\n');
  });

  it.each([
    ['timezon', 'UTC', 'unknown setting `timezon`', 'did you mean `timezone`?'],
    ['timezone', 'Europe/Pari', 'unknown time zone `Europe/Pari`', 'did you mean `Europe/Paris`?'],
    [
      'timezone',
      '+02:00',
      'unknown time zone `+02:00`',
      'give a name such as Europe/Paris, or UTC',
    ],
    [
      'week-start',
      'friday',
      'a week starts on monday or sunday, not on `friday`',
      'give monday or sunday',
    ],
    ['keep-runs', '-1', '`-1` is no number of days', 'give a whole number, 1 or more'],
    ['keep-audit', 'ever', '`ever` is no number of days', 'give a whole number, 1 or more'],
    ['keep-runs', '1.5', '`1.5` is no number of days', 'give a whole number, 1 or more'],
  ])('%s does not take %s', (name, value, message, hint) => {
    expect(worldWithStore().run('settings:set', '--db', 'a.db', '--', name, value)).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: ${message}\nhint: ${hint}\n`,
    });
  });

  it('need a store that is there', () => {
    const { status, stderr } = makeWorld('shared').run('settings:list', '--db', 'none.db');
    expect(status).toBe(69);
    expect(stderr).toContain('rollcall init --db none.db');
  });
});

it('shows settings that are no text, where their table has lost its STRICT', () => {
  const world = worldWithStore();
  const raw = new Sqlite(join(world.folder, 'a.db'));
  raw.unsafeMode(true);
  raw.pragma('writable_schema = on');
  raw.exec("update sqlite_schema set sql = replace(sql, ') strict', ')') where name = 'settings'");
  raw.pragma('writable_schema = reset');
  raw.exec("insert or replace into settings (key, value) values ('timezone', x'61')");
  raw.close();
  expect(world.run('settings:get', 'timezone', '--db', 'a.db')).toMatchObject({
    status: 0,
    stdout: 'a\n',
  });
});
