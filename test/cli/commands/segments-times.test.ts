import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { HAS_TERMINAL, onTerminal } from '../../helpers/pseudo-terminal.ts';
import { makeCrm, type Crm } from './crm.ts';

/** Runs a command at an instant, and expects it to do its work. */
function runAt(made: Crm, now: string, ...args: string[]): void {
  const { status, stderr } = made.world.runWith({ now }, ...args, '--db', 'crm.db');
  if (status !== 0) throw new Error(`rollcall ${args.join(' ')}: ${stderr}`);
}

/** Six people; hot has those of 50 points and more, news three by hand. */
function crm(): Crm {
  const made = makeCrm();
  const at = (now: string, ...args: string[]): void => runAt(made, now, ...args);
  const points = [80, 20, 60, 90, 55, 10];
  const rows = points.map((many, index) => `p${index + 1}@example.org,${many},FR`);
  made.world.file('people.csv', `email,points,country\n${rows.join('\n')}\n`);
  at('2026-02-01T08:00:00Z', 'contacts:import', 'people.csv');
  at('2026-02-01T08:00:00Z', 'segments:create', 'Hot', '--where', 'points >= 50');
  at('2026-02-01T08:00:00Z', 'segments:create', 'News');
  at('2026-02-01T09:00:00Z', 'segments:update');
  at('2026-02-02T09:00:00Z', 'segments:add', 'news', '1', '2', '3');
  at('2026-02-20T09:00:00Z', 'segments:remove', 'news', '3', '--reason', 'asked');
  at('2026-02-21T09:00:00Z', 'contacts:edit', '4', '--set', 'points=1');
  at('2026-02-21T09:00:00Z', 'segments:update');
  at('2026-02-25T09:00:00Z', 'contacts:delete', '5', '--yes');
  return made;
}

const ids = (made: Crm, ...args: string[]): string =>
  made
    .ok('segments:members', ...args, '--format', 'ids')
    .trim()
    .replaceAll('\n', ' ');

describe('segments:members', () => {
  test('lists who was a member then, those who are contacts no more too', () => {
    const made = crm();
    expect([
      ids(made, 'hot', '--as-of', '2026-02-01T08:59:59Z'),
      ids(made, 'hot', '--as-of', '2026-02-20'),
      ids(made, 'hot', '--as-of', '2026-02-22'),
      ids(made, 'hot', '--as-of', '2026-02-26'),
      ids(made, 'hot'),
    ]).toEqual(['', '1 3 4 5', '1 3 5', '1 3', '1 3']);
    expect(
      made.ok('segments:members', 'hot', '--as-of', '2026-02-20', '--count', '--format', 'csv'),
    ).toBe('members\n4\n');
  });

  test('lists who left since, and not who is back', () => {
    const made = crm();
    expect([
      ids(made, 'hot', '--left-since', '2026-02-01'),
      ids(made, 'hot', '--left-since', '2026-02-22'),
      ids(made, 'news', '--left-since', '2026-02-20T09:00:00Z'),
      ids(made, 'news', '--left-since', '2026-02-20T09:00:00.001Z'),
    ]).toEqual(['4 5', '5', '3', '']);
    made.ok('segments:add', 'news', '3');
    expect(ids(made, 'news', '--left-since', '2026-02-01')).toBe('');
  });

  test('finds again what tables say without milliseconds', () => {
    const made = makeCrm();
    made.ok('segments:create', 'News');
    made.ok('contacts:add', 'p1@example.org');
    runAt(made, '2026-02-02T17:00:57.602Z', 'segments:add', 'news', '1');
    runAt(made, '2026-02-02T17:05:12.300Z', 'segments:remove', 'news', '1');
    const asOf = (instant: string): string => ids(made, 'news', '--as-of', instant);
    expect([
      asOf('2026-02-02T17:00:56Z'),
      asOf('2026-02-02T17:00:57Z'),
      asOf('2026-02-02T18:00:57+01:00'),
      asOf('2026-02-02 17:00:57'),
      asOf('2026-02-02T17:00:57.601Z'),
      asOf('2026-02-02T17:05:11Z'),
      asOf('2026-02-02T17:05:12Z'),
      asOf('2026-02-02T17:05:12.299Z'),
    ]).toEqual(['', '1', '1', '1', '', '1', '', '1']);
    const since = ['--left-since', '2026-02-02T17:05:12Z'];
    expect(ids(made, 'news', ...since)).toBe('1');
  });

  test('goes back before 1970 where nothing was forgotten', () => {
    const made = makeCrm();
    made.ok('segments:create', 'News');
    made.ok('contacts:add', 'p1@example.org');
    runAt(made, '1960-01-01T00:00:00Z', 'segments:add', 'news', '1');
    expect(ids(made, 'news', '--as-of', '1961-01-01')).toBe('1');
    expect(ids(made, 'news', '--as-of', '1959-01-01')).toBe('');
    expect(made.json('segments:history', 'news', '--by', 'month', '--until', '1960-02-01')).toEqual(
      [
        expect.objectContaining({ month: '1960-01', members: 1, joined: 1 }),
        expect.objectContaining({ month: '1960-02', members: 1, joined: 0 }),
      ],
    );
  });

  test.runIf(HAS_TERMINAL)('shows of those who left how they left, of then no pins', async () => {
    const made = crm();
    const headings = async (...args: string[]): Promise<string> => {
      const words = ['segments:members', 'news', ...args, '--db', 'crm.db'];
      const { screen } = await onTerminal(words, { folder: made.world.folder });
      return screen.split('\n')[0]!.replaceAll(/ +/g, ' ').trim();
    };
    made.ok('settings:set', 'timezone', 'Europe/Paris');
    expect(await headings('--left-since', '2026-02-01')).toMatch(/left left via$/);
    made.ok('segments:add', 'hot', '1');
    expect(await headings('--as-of', '2026-02-26')).not.toContain('pin');
  });

  test('shows chosen columns in another order', () => {
    const made = crm();
    expect(
      made.ok(
        'segments:members',
        'hot',
        '--fields',
        'points,contact_id,via',
        '--sort',
        'points desc',
        '--format',
        'csv',
      ),
    ).toBe('points,contact_id,via\n80,1,filter\n60,3,filter\n');
    expect(ids(made, 'news', '--as-of', '2026-02-10', '--sort', 'left_at')).toBe('3 1 2');
  });

  test('shows what it is sorted by', () => {
    const made = crm();
    const csv = (...args: string[]): string | undefined =>
      made.ok('segments:members', 'hot', ...args, '--format', 'csv').split('\n')[0];
    expect(csv('--sort', 'points desc')).toMatch(/^contact_id,email,points,since,/);
    expect(csv('--sort', 'email')).toMatch(/^contact_id,email,since,/);
    expect(csv('--sort', 'since')).toMatch(/^contact_id,email,since,/);
    expect(csv('--sort', 'points', '--fields', 'email')).toBe('email');
  });

  test('tells who can be reached, as segments:show and segments:preview count them', () => {
    const made = crm();
    made.ok('contacts:suppress', '1', '--channel', 'email');
    made.ok('contacts:edit', '3', '--set', 'email=NULL');
    made.ok('contacts:add', 'new@example.org', '--set', 'points=70');
    made.ok('segments:update');
    expect(ids(made, 'hot', '--reachable', 'email')).toBe('7');
    expect(ids(made, 'hot', '--reachable', 'sms')).toBe('1 3 7');
    expect(ids(made, 'hot', '--left-since', '2026-02-01', '--reachable', 'email')).toBe('4');
    expect(made.json('segments:show', 'hot')).toMatchObject({
      members: 3,
      suppressed: 1,
      without_address: 1,
      reachable: 1,
    });
    expect(made.json('segments:show', 'hot', '--reachable', 'sms')).toMatchObject({ reachable: 3 });
    const preview = ['segments:preview', 'points >= 50', '--reachable', 'email', '--sample', '0'];
    expect(made.json(...preview)).toMatchObject({
      matching: 3,
      reach: { channel: 'email', suppressed: 1, without_address: 1, reachable: 1 },
    });
    expect(made.ok(...preview)).toContain(
      '1 suppressed in email, 1 without an address, 1 can be reached',
    );
  });

  test('refuses what makes no sense', () => {
    const made = crm();
    const refused = [
      [['--as-of', 'tomorrow'], 'STILL_TO_COME'],
      [['--as-of', 'yesterday', '--left-since', 'yesterday'], 'USAGE'],
      [['--as-of', 'yesterday', '--reachable', 'email'], 'USAGE'],
      [['--sort', 'since', '--after', '3'], 'USAGE'],
      [['--count', '--limit', '3'], 'USAGE'],
      [['--count', '--fields', 'email'], 'USAGE'],
      [['--count', '--format', 'ids'], '`--count` does not go with --format ids'],
      [['--fields', 'email,left_at'], 'NOT_LEFT'],
      [['--sort', 'left_at'], 'NOT_LEFT'],
      [['--sort', 'nonsense'], 'UNKNOWN_FIELD'],
      [['--fields', 'nonsense'], 'UNKNOWN_FIELD'],
      [['--reachable', 'a b'], 'BAD_CHANNEL'],
      [['--left-since', 'whenever'], 'NOT_AN_INSTANT'],
    ] as const;
    for (const [options, says] of refused) {
      const inJson = says.startsWith('`') ? [] : ['--json'];
      const { status, stderr } = made.run('segments:members', 'hot', ...options, ...inJson);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringContaining(says) as string,
      });
    }
  });
});

describe('segments:history', () => {
  test('tells sizes, joins and leaves of days by channel', () => {
    const made = crm();
    const days = made.json(
      'segments:history',
      'hot',
      '--since',
      '2026-02-20',
      '--until',
      '2026-02-25',
    );
    expect(
      (days as Record<string, unknown>[]).map(({ day, members, joined_by, left_by }) => [
        day,
        members,
        joined_by,
        left_by,
      ]),
    ).toEqual([
      ['2026-02-20', 4, {}, {}],
      ['2026-02-21', 3, {}, { filter: 1 }],
      ['2026-02-22', 3, {}, {}],
      ['2026-02-23', 3, {}, {}],
      ['2026-02-24', 3, {}, {}],
      ['2026-02-25', 2, {}, { deleted: 1 }],
    ]);
  });

  test('tells ISO weeks and months of the zone of the store', () => {
    const made = crm();
    made.ok('settings:set', 'timezone', 'Pacific/Auckland');
    made.ok('settings:set', 'week-start', 'sunday');
    const csv = (...args: string[]): string =>
      made.ok('segments:history', 'hot', ...args, '--format', 'csv');
    expect(csv('--by', 'week', '--until', '2026-02-10')).toBe(
      'week,from,until,members,joined,left,joined_by,left_by\n' +
        '2026-W05,2026-01-25T11:00:00Z,2026-02-01T11:00:00Z,4,4,0,"{""filter"":4}",{}\n' +
        '2026-W06,2026-02-01T11:00:00Z,2026-02-08T11:00:00Z,4,0,0,{},{}\n' +
        '2026-W07,2026-02-08T11:00:00Z,2026-02-15T11:00:00Z,4,0,0,{},{}\n',
    );
    expect(csv('--by', 'month', '--since', '2026-02-05', '--until', '2026-02-20')).toContain(
      '\n2026-02,2026-01-31T11:00:00Z,2026-02-28T11:00:00Z,2,4,2,',
    );
  });

  test('says that members are dated later than now', () => {
    const made = crm();
    runAt(made, '2031-01-01T00:00:00Z', 'segments:add', 'news', '6');
    const { stderr } = made.run('segments:history', 'news', '--by', 'month');
    expect(stderr).toContain('news has 3 members: some joined or left at instants still to come');
    expect(made.run('segments:history', 'hot', '--by', 'month').stderr).not.toContain('to come');
  });

  test('refuses ends that make no sense', () => {
    const made = crm();
    const refused = [
      [['--since', 'tomorrow'], 'still to come'],
      [['--until', 'tomorrow'], 'still to come'],
      [['--since', '2026-02-20', '--until', '2026-02-10'], 'end before it begins'],
      [['--since', '1900-01-01'], 'more than 10,000 days'],
      [['--by', 'year'], 'not known'],
    ] as const;
    for (const [options, message] of refused)
      expect(made.run('segments:history', 'hot', ...options)).toEqual({
        ...{ status: 2, stdout: '' },
        stderr: expect.stringContaining(message) as string,
      });
  });

  test.skipIf(!HAS_TERMINAL)('draws a line on a terminal', async () => {
    const { world } = crm();
    const { screen } = await onTerminal(
      [
        'segments:history',
        'hot',
        '--since',
        '2026-02-20',
        '--until',
        '2026-02-25',
        '--db',
        'crm.db',
      ],
      { folder: world.folder },
    );
    expect(screen).toContain('6 days, 2 to 4 members\nfrom the first to the last: █▅▅▅▅▁\n');
  });
});

test('contacts:history keeps to the order of commits where the clock went back', () => {
  const made = makeCrm();
  made.ok('segments:create', 'News');
  made.ok('contacts:add', 'p1@example.org');
  const via = ['--via', 'form:a'];
  made.ok('segments:edit', 'news', '--public');
  runAt(made, '2026-02-03T09:00:00Z', 'segments:add', 'news', '1', ...via);
  runAt(made, '2026-02-01T09:00:00Z', 'segments:remove', 'news', '1', ...via);
  runAt(made, '2026-02-02T09:00:00Z', 'segments:add', 'news', '1', ...via);
  const told = made.json('contacts:history', '1') as { what: string; at: string }[];
  expect(told.filter(({ what }) => !what.startsWith('pinned'))).toMatchObject([
    { what: 'joined', at: '2026-02-03T09:00:00Z' },
    { what: 'left', at: '2026-02-01T09:00:00Z' },
    { what: 'joined', at: '2026-02-02T09:00:00Z' },
  ]);
});

test('what is no longer kept is told, and the feed begins anew', () => {
  const made = crm();
  const cursor = made.ok('segments:changes', '--since', 'start').split('"')[3] ?? '';
  made.ok('settings:set', 'keep-history', '7');
  made.ok('segments:update'); // on the first of March
  for (const args of [
    ['segments:members', 'hot', '--as-of', '2026-02-21'],
    ['segments:members', 'hot', '--left-since', '2026-02-21'],
    ['segments:history', 'hot', '--since', '2026-02-21'],
  ]) {
    const { status, stderr } = made.run(...args);
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is kept from 2026-02-22T10:00:00Z on') as string,
    });
  }
  expect(made.run('segments:changes', '--since', cursor)).toMatchObject({
    status: 65,
    stderr: expect.stringContaining('lies before what is kept') as string,
  });
  expect(ids(made, 'hot', '--as-of', '2026-02-23')).toBe('1 3 5');
  expect(made.ok('segments:history', 'hot', '--format', 'ids')).toMatch(/^2026-02-23\n/);
  expect(made.run('contacts:history', '4').stderr).toContain(
    'what ended before 2026-02-22T10:00:00Z is not kept',
  );
  expect(made.run('settings:set', 'keep-history', '0').status).toBe(2);
  expect(made.ok('settings:set', 'keep-history', 'all')).toBe('keep-history is now all\n');
});

test('contacts:history tells joins, leaves, pins and consent, of deleted segments too', () => {
  const made = crm();
  runAt(
    made,
    '2026-02-22T09:00:00Z',
    ...['contacts:suppress', '3', '--channel', 'sms', '--reason', 'manual'],
  );
  runAt(made, '2026-02-26T09:00:00Z', 'segments:delete', 'hot', '--yes');
  const told = made.json('contacts:history', '3') as Record<string, unknown>[];
  expect(
    told.map(({ at, what, segment, deleted, channel, via, reason }) => [
      at,
      what,
      segment ?? channel,
      deleted,
      via,
      reason,
    ]),
  ).toEqual([
    ['2026-02-01T09:00:00Z', 'joined', 'hot', true, 'filter', null],
    ['2026-02-02T09:00:00Z', 'joined', 'news', false, 'manual', null],
    ['2026-02-20T09:00:00Z', 'left', 'news', false, 'manual', 'asked'],
    ['2026-02-20T09:00:00Z', 'pinned out', 'news', false, 'manual', 'asked'],
    ['2026-02-22T09:00:00Z', 'suppressed', 'sms', false, null, 'manual'],
    ['2026-02-26T09:00:00Z', 'left', 'hot', true, 'segment-deleted', null],
  ]);
  expect(told[0]).toMatchObject({ run_id: 1, version: 1 });
  expect(made.run('contacts:history', 'nobody@example.org').status).toBe(2);
});

describe('segments:overlap', () => {
  test('counts segments and pairs, with shares', () => {
    const made = crm();
    expect(made.ok('segments:overlap', 'hot', 'news', '--format', 'csv')).toBe(
      'segment,other,members,share,share_of_other,in_no_other\n' +
        'hot,,2,1,,1\nnews,,2,1,,1\nhot,news,1,0.5,0.5,1\n',
    );
    expect(made.ok('segments:overlap', 'hot', 'news', '--only', '--format', 'csv')).toBe(
      'contact_id,email,segment\n2,p2@example.org,news\n3,p3@example.org,hot\n',
    );
    expect(
      made.ok('segments:overlap', 'hot', 'news', '--only', '--after', '2', '--format', 'ids'),
    ).toBe('3\n');
  });

  test.skipIf(!HAS_TERMINAL)('draws them on a terminal of 80 columns', async () => {
    const { world } = crm();
    const { screen } = await onTerminal(['segments:overlap', 'hot', 'news', '--db', 'crm.db'], {
      folder: world.folder,
    });
    expect(screen).toContain('████▒▒▒▒\n');
    expect(screen).toContain('███▒▒░░░\n');
    expect(screen.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  test('counts nobody whom SQL has deleted, as segments:members does not', () => {
    const made = crm();
    const db = new Sqlite(join(made.world.folder, 'crm.db'));
    db.pragma('foreign_keys = off'); // as the shell has it
    db.prepare('delete from contacts where id = 1').run();
    db.close();
    const members = (segment: string): unknown => made.json('segments:members', segment, '--count');
    const rows = made.json('segments:overlap', 'hot', 'news') as { members: number }[];
    expect([members('hot'), members('news')]).toEqual([[{ members: 1 }], [{ members: 1 }]]);
    expect(rows.map((row) => row.members)).toEqual([1, 1, 0]);
  });

  test('refuses too few, one twice, unknown ones', () => {
    const made = crm();
    const refused = [
      [['hot'], 'it takes 2 to 20 segments'],
      [['hot', 'HOT'], 'hot is given twice'],
      [['hot', 'no'], 'unknown segment no'],
      [['hot', 'news', '--limit', '3'], '`--limit` goes with `--only` alone'],
    ] as const;
    for (const [args, message] of refused)
      expect(made.run('segments:overlap', ...args)).toEqual({
        ...{ status: 2, stdout: '' },
        stderr: expect.stringContaining(message) as string,
      });
  });
});

describe('segments:compare', () => {
  /** Thirty of France, twenty of them in one; ten of Italy and two of Spain, all in two. */
  function large(): Crm {
    const made = makeCrm();
    const country = (n: number): string => (n < 30 ? 'FR' : n < 40 ? 'IT' : 'ES');
    const rows = Array.from(
      { length: 42 },
      (_, n) => `p${n}@example.org,${country(n)},${n < 20 ? 'a' : ''}`,
    );
    made.world.file('people.csv', `email,country,city\n${rows.join('\n')}\n`);
    made.ok('contacts:import', 'people.csv');
    made.ok('segments:create', 'One', '--where', 'city = "a"');
    made.ok('segments:create', 'Two', '--where', 'city is empty');
    made.ok('segments:update');
    return made;
  }

  test('tells shares and lift, and what is too small', () => {
    const made = large();
    expect(made.ok('segments:compare', 'one', 'two', '--by', 'country,city')).toBe(
      `field    value  one  share    two  share    lift
country  FR      20  100.0 %   10   45.5 %  2.20 x
country  IT       0    0.0 %   10   45.5 %  0.00 x
country  ES       0    0.0 %    2    9.1 %  too few
city     a       20  100.0 %    0    0.0 %  only here
city     -        0    0.0 %   22  100.0 %  0.00 x
`,
    );
    expect(made.json('segments:compare', 'two', 'one', '--by', 'country', '--limit', '1')).toEqual([
      {
        ...{ field: 'country', value: 'FR', segment: 'two', members: 10, share: 10 / 22 },
        ...{ other: 'one', members_of_other: 20, share_of_other: 1 },
        ...{ lift: 10 / 22, small: false },
      },
    ]);
  });

  /** The values told of a field of these cells, half of them of people in one of two segments. */
  function valuesOf(type: string, cells: readonly string[]): unknown[] {
    const made = makeCrm();
    made.ok('fields:create', 'x', '--type', type);
    made.ok('settings:set', 'timezone', 'Europe/Paris');
    const rows = cells.map((cell, n) => `p${n}@example.org,${cell},${n % 2 === 0 ? 'a' : ''}`);
    made.world.file('people.csv', `email,x,city\n${rows.join('\n')}\n`);
    made.ok('contacts:import', 'people.csv');
    made.ok('segments:create', 'One', '--where', 'city = "a"');
    made.ok('segments:create', 'Two', '--where', 'city is empty');
    made.ok('segments:update');
    const compared = ['segments:compare', 'one', 'two', '--by', 'x', '--limit', '100'];
    return (made.json(...compared) as { value: unknown }[]).map(({ value }) => value).sort();
  }

  test.each<[string, string, readonly string[], readonly unknown[]]>([
    ['few numbers stay', 'number', ['1', '2', '10', '2'], [1, 10, 2]],
    [
      'whole numbers become ranges, and what lies far off an open one',
      'number',
      [...Array.from({ length: 120 }, (_, n) => String(n % 60)), '90000', ''],
      ['0 to 9', '10 to 19', '20 to 29', '30 to 39', '40 to 49', '50 to 59', '60 or more', null],
    ],
    [
      'so do others',
      'number',
      Array.from({ length: 40 }, (_, n) => String(n / 10)),
      [
        ...['0 to below 0.5', '0.5 to below 1', '1 to below 1.5', '1.5 to below 2'],
        ...['2 to below 2.5', '2.5 to below 3', '3 to below 3.5', '3.5 to below 4'],
      ].sort(),
    ],
    [
      'days become months',
      'date',
      ['2026-01-31', '2026-02-01', '2026-02-28', ''],
      ['2026-01', '2026-02', null],
    ],
    [
      'many months become years',
      'date',
      Array.from({ length: 30 }, (_, n) =>
        `20${20 + Math.floor(n / 12)}-${(n % 12) + 101}-05`.replace('-1', '-'),
      ),
      ['2020', '2021', '2022'],
    ],
    [
      'instants become months of the zone of the store',
      'datetime',
      ['2026-01-31T22:59:00Z', '2026-01-31T23:00:00Z'],
      ['2026-01', '2026-02'],
    ],
  ])('%s', (_name, type, cells, values) => expect(valuesOf(type, cells)).toEqual(values));

  test('refuses one segment twice, unknown fields, and none', () => {
    const made = large();
    const refused = [
      [['one', 'one', '--by', 'country'], 'one is given twice'],
      [['one', 'two', '--by', 'nonsense'], 'nonsense'],
      [['one', 'two'], '--by'],
      [['one', 'two', '--by', 'country', '--limit', '0'], 'at least 1'],
    ] as const;
    for (const [args, message] of refused)
      expect(made.run('segments:compare', ...args)).toEqual({
        ...{ status: 2, stdout: '' },
        stderr: expect.stringContaining(message) as string,
      });
  });
});
