import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type Crm, makeCrm, refused } from './crm.ts';

interface ProfileData {
  readonly matching: number;
  readonly contacts: number;
  readonly conditions: readonly {
    readonly row: string;
    readonly glue: string | null;
    readonly condition: string;
    readonly matching: number;
    readonly share: number;
    readonly ms: number;
    readonly access: readonly Record<string, unknown>[];
    readonly inside: readonly { readonly row: string; readonly matching: number }[];
  }[];
  readonly advice: readonly {
    readonly field: string;
    readonly row: string;
    readonly command: string;
  }[];
  readonly next: {
    readonly mode: string;
    readonly reason: string;
    readonly candidates: number | null;
  } | null;
  readonly last_runs: readonly { readonly run_id: number; readonly mode: string }[];
  readonly reads: readonly string[];
  readonly segments: readonly string[];
  readonly access: readonly Record<string, unknown>[];
  readonly list: { readonly ms: number; readonly access: readonly Record<string, unknown>[] };
  readonly statement: string;
  readonly plan: readonly string[];
}

/**
 * `count` contacts with points 0, 1, 2 …, every hundredth called Ada, all of them in Lyon; and
 * Ada's visits.
 */
function makeCrowd(count: number): Crm & { readonly sql: (statement: string) => void } {
  const crm = makeCrm();
  const sql = (statement: string): void => {
    new Sqlite(join(crm.world.folder, 'crm.db')).exec(statement).close();
  };
  sql(`
    with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ${count - 1})
    insert into contacts (points, first_name, city, created_at, updated_at)
      select n, iif(n % 100 = 0, 'Ada', 'Bob'), 'Lyon', 0, 0
      from numbers;
    insert into events (contact_id, type, occurred_at)
      select id, 'page.hit', ${Date.parse('2026-02-20')}
      from contacts
      where first_name = 'Ada'`);
  return { ...crm, sql };
}

const ADAS = 'first_name = "Ada" and did page.hit in last 30 days';

test('each condition is counted by itself, groups with what is in them, beside the whole', () => {
  const { ok, run, json } = makeCrowd(1_000);
  ok('segments:create', 'Adas', '--where', ADAS);
  ok(
    'segments:create',
    'Some',
    '--where',
    'points >= 500 and not (first_name = "Bob" or city = "Paris") and in segment adas',
  );
  const data = json('segments:profile', 'some') as ProfileData;
  expect(data).toMatchObject({
    matching: 0,
    contacts: 1_000,
    reads: ['contacts'],
    segments: ['adas'],
    last_runs: [],
    next: { mode: 'full', reason: 'first build', candidates: null },
    advice: [],
  });
  expect(
    data.conditions.map(({ row, glue, condition, matching, inside }) => [
      row,
      glue,
      condition,
      matching,
      inside.map((each) => [each.row, each.matching]),
    ]),
  ).toEqual([
    ['1', null, 'points >= 500', 500, []],
    [
      '2',
      'and',
      'not (first_name = "Bob" or city = "Paris")',
      10,
      [
        ['2.1', 990],
        ['2.2', 0],
      ],
    ],
    ['3', 'and', 'in segment adas', 0, []],
  ]);
  expect(data.conditions[0]).toMatchObject({
    share: 0.5,
    access: [{ table: 'contacts', how: 'all', index: null }],
  });
  expect(data.conditions.every(({ ms }) => ms >= 0)).toBe(true);
  ok('segments:update');
  const table = run('segments:profile', 'some');
  expect([table.status, table.stderr]).toEqual([0, '']);
  expect(table.stdout).toMatch(
    /^filter: points >= 500 and not .*\nfull build: 5 of 1,000 contacts \(0\.5 %\) in [\d.]+ ms; /,
  );
  expect(table.stdout).toMatch(/^2\.1 +990 +99\.0 +[\d.]+ +all contacts +first_name = "Bob"$/m);
  expect(table.stdout).not.toMatch(/^statement:/m);
});

test('an index that a condition uses is named, and the last runs are told', () => {
  const { ok, json } = makeCrowd(1_000);
  ok('segments:create', 'Adas', '--where', ADAS);
  ok('segments:update');
  const adas = json('segments:profile', 'adas') as ProfileData;
  expect(adas.conditions[1]?.access).toContainEqual({
    table: 'events',
    how: 'index',
    index: 'events_window',
  });
  expect(adas).toMatchObject({
    matching: 10,
    reads: ['contacts', 'events page.hit'],
    next: { mode: 'skip', reason: 'nothing changed', candidates: 0 },
    last_runs: [{ run_id: 1, mode: 'full' }],
  });
});

test('what the next update would look at follows what changed', () => {
  const { ok, json, sql } = makeCrowd(1_000);
  ok('segments:create', 'Rich', '--where', 'points >= 500');
  ok('segments:update');
  sql('update contacts set points = 900 where id <= 3');
  const { next } = json('segments:profile', 'rich') as ProfileData;
  expect(next).toEqual({ mode: 'delta', reason: '3 contacts may have changed', candidates: 3 });
  expect((json('segments:update') as { segments: { mode: string }[] }).segments[0]?.mode).toBe(
    'delta',
  );
});

test('-v shows a statement that a sqlite3 shell runs, and its plan', () => {
  const { ok, run, json, world } = makeCrowd(300);
  ok('segments:create', 'Adas', '--where', 'first_name = "Ada" and points > 50');
  const { statement, plan } = json('segments:profile', 'adas') as ProfileData;
  expect(run('segments:profile', 'adas', '-v').stdout).toContain(`plan:\n  ${plan[0] ?? ''}\n`);
  const raw = new Sqlite(join(world.folder, 'crm.db'), { readonly: true });
  expect(raw.prepare(statement).pluck().all()).toEqual([101, 201]);
  raw.close();
});

test('an index is advised where it was tried and helps, and the advice comes true', () => {
  const { ok, json } = makeCrowd(20_000);
  ok('fields:create', 'code', '--type', 'text');
  ok(
    'segments:create',
    'Few',
    '--where',
    'city = "Lyon" and points = 77 and first_name contains "o"',
  );
  const before = json('segments:profile', 'few') as ProfileData;
  // not city, which all share; not first_name, where no index helps
  expect(before.advice.map(({ field, row, command }) => [field, row, command])).toEqual([
    ['points', '2', 'rollcall fields:edit points --index --db crm.db'],
  ]);
  expect(before.list.access).toEqual([{ table: 'contacts', how: 'all', index: null }]);
  ok('fields:edit', 'points', '--index');
  const after = json('segments:profile', 'few') as ProfileData;
  expect(after.advice).toEqual([]);
  expect(after.list.access).toEqual([
    { table: 'contacts', how: 'index', index: 'field_contact_points' },
  ]);
  // a build reads all of them in any case
  expect(after.access).toContainEqual({ table: 'contacts', how: 'all', index: null });
  expect(after.matching).toBe(before.matching);
  expect(ok('doctor')).toContain('25 checks');
});

test('nothing is advised where an index would not be used', () => {
  const { ok, json } = makeCrowd(20_000);
  // both would need one
  ok('segments:create', 'Either', '--where', 'points = 77 or first_name = "Zoe"');
  ok('segments:create', 'Most', '--where', 'points > 5');
  ok('segments:create', 'Group', '--where', 'not points = 77');
  for (const alias of ['either', 'most', 'group'])
    expect((json('segments:profile', alias) as ProfileData).advice, alias).toEqual([]);
});

test('a sleeping filter is measured; none, a broken one and an unknown segment are refused', () => {
  const { ok, run, json, sql } = makeCrowd(10);
  ok('segments:create', 'Hand');
  expect(run('segments:profile', 'hand')).toEqual(
    refused(
      1,
      'segment hand is static and has no filter: there is nothing to measure',
      '`rollcall segments:members hand --db crm.db` lists who was put there',
    ),
  );
  ok('segments:filters:set', 'hand', 'points > 5');
  expect(json('segments:profile', 'hand')).toMatchObject({
    type: 'static',
    matching: 4,
    next: null,
  });
  expect(run('segments:profile', 'hand').stdout).toMatch(
    /^sleeping filter: points > 5\n[\s\S]*^next update: none, the segment is static$/m,
  );
  sql("update segments set filter = '{'");
  expect(run('segments:profile', 'hand')).toMatchObject({ status: 2, stdout: '' });
  expect(run('segments:profile', 'hnd').stderr).toContain('did you mean hand?');
});

test('nothing is left in the store, and a reader of it may profile', () => {
  const { ok, json, world } = makeCrowd(20_000);
  ok('segments:create', 'Few', '--where', 'points = 77');
  ok('segments:update');
  const objects = (): unknown => {
    const raw = new Sqlite(join(world.folder, 'crm.db'), { readonly: true });
    const found = [
      raw.pragma('schema_version'),
      raw.prepare('select count(*) from contact_changes').all(),
      raw.prepare('select epoch from capture').all(),
    ];
    raw.close();
    return found;
  };
  const before = objects();
  expect((json('segments:profile', 'few') as ProfileData).advice).toHaveLength(1);
  expect(objects()).toEqual(before);
});
