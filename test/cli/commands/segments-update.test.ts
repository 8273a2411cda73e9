import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Ran } from '../../helpers/run.ts';
import { dumpStore } from '../../helpers/store-dump.ts';
import { type Crm, done, makeCrm } from './crm.ts';

/** Ten contacts with points 10, 20 … 100; `hot` has six, `top` three. */
function tenContacts({ build = true } = {}): Crm {
  const crm = makeCrm();
  const { run, ok, world } = crm;
  world.file(
    'contacts.csv',
    [
      'email,points',
      ...Array.from({ length: 10 }, (_, index) => `c${index + 1}@example.org,${(index + 1) * 10}`),
    ].join('\n'),
  );
  ok('contacts:import', 'contacts.csv');
  ok('segments:create', 'Hot', '--where', 'points > 40');
  ok('segments:create', 'Top', '--where', 'in segment hot and points > 70');
  if (build)
    expect(summary(run('segments:update'))).toEqual([
      0,
      'segments=2 changed=2 joined=9 left=0 failed=0',
      '',
    ]);
  return crm;
}

/** Status, the summary without its milliseconds, stderr. */
function summary({ status, stdout, stderr }: Ran): unknown[] {
  return [status, stdout.replace(/ ms=\d+\n/, ''), stderr];
}

function sql({ world }: Crm, statement: string): void {
  const db = new Sqlite(`${world.folder}/crm.db`);
  db.exec(statement);
  db.close();
}

interface Document {
  readonly data: {
    readonly run_id: number | null;
    readonly segments: readonly Record<string, unknown>[];
  } & Record<string, unknown>;
}
const documentOf = ({ stdout }: Ran): Document['data'] => (JSON.parse(stdout) as Document).data;

describe('segments:update --dry-run', () => {
  test('names who would join and leave, and leaves the store as it is', () => {
    const crm = tenContacts();
    sql(crm, 'update contacts set points = 100 - points');
    const before = dumpStore(`${crm.world.folder}/crm.db`);
    const { status, stdout, stderr } = crm.run('segments:update', '--dry-run', '-q');
    expect([status, stdout.replace(/ms=\d+/, 'ms=0'), stderr]).toEqual([
      0,
      [
        'dry run, nothing was changed; it would be: segments=2 changed=2 joined=6 left=8 failed=0 ms=0',
        'hot: 4 contacts would join: c1@example.org, c2@example.org, c3@example.org, c4@example.org',
        'hot: 5 contacts would leave: c6@example.org, c7@example.org, c8@example.org, c9@example.org, c10@example.org',
        'top: 2 contacts would join: c1@example.org, c2@example.org',
        'top: 3 contacts would leave: c8@example.org, c9@example.org, c10@example.org',
        '',
      ].join('\n'),
      '',
    ]);
    expect(dumpStore(`${crm.world.folder}/crm.db`)).toEqual(before);
  });

  test('gives programs all ids', () => {
    const crm = tenContacts({ build: false });
    const data = documentOf(crm.run('segments:update', '--dry-run', '--json'));
    expect([data.run_id, data['dry_run']]).toEqual([null, true]);
    expect(
      data.segments.map(({ alias, joining, leaving, joined, members }) => ({
        alias,
        joining,
        leaving,
        joined,
        members,
      })),
    ).toEqual([
      { alias: 'hot', joining: [5, 6, 7, 8, 9, 10], leaving: [], joined: 6, members: 6 },
      { alias: 'top', joining: [8, 9, 10], leaving: [], joined: 3, members: 3 },
    ]);
  });
});

describe('segments:update with a guard', () => {
  test('ends with 4 when it held a segment, and says why even when quiet', () => {
    const crm = tenContacts();
    sql(crm, 'update contacts set points = 0 where id > 7');
    expect(crm.run('segments:update', '--max-shrink', '60%', '-q')).toEqual({
      status: 4,
      stdout: '',
      stderr:
        'warning: segment top held, it keeps its members: 3 of 3 members would leave: more than --max-shrink 60%\n',
    });
    const data = documentOf(crm.run('segments:update', '--max-shrink', '2', '--json'));
    expect([
      data['held'],
      data.segments.map(({ alias, status, error }) => [alias, status, error]),
    ]).toEqual([
      1,
      [
        ['hot', 'ok', null],
        ['top', 'held', null],
      ],
    ]);
    expect(summary(crm.run('segments:update'))).toEqual([
      0,
      'segments=2 changed=1 joined=0 left=3 failed=0',
      '',
    ]);
  });

  test('ends with 3 when another segment failed', () => {
    const crm = tenContacts();
    crm.ok('segments:create', 'Bad', '--where', 'points < 0');
    sql(
      crm,
      "update contacts set points = 0 where id > 7; update segments set filter = 'broken' where alias = 'bad'",
    );
    expect(summary(crm.run('segments:update', '--max-shrink', '0')).slice(0, 2)).toEqual([
      3,
      'segments=3 changed=0 joined=0 left=0 failed=1 held=2',
    ]);
  });
});

describe('segments:update as Mautic has it', () => {
  test('limits the changes of a segment; further runs do the rest', () => {
    const crm = tenContacts({ build: false });
    const limited = crm.run('segments:rebuild', '-i', '1', '-m', '4');
    expect(summary(limited)).toEqual([
      3,
      'segments=1 changed=1 joined=4 left=0 failed=0 limited=1',
      'warning: segment hot limited: first build; 2 changes left for the next run by --max-contacts\n',
    ]);
    expect(
      summary(crm.run('segments:update', '--list-id', 'hot', '--max-contacts', '4')).slice(0, 2),
    ).toEqual([0, 'segments=1 changed=1 joined=2 left=0 failed=0']);
  });

  test('excludes segments, works in batches, and shows where the time went', () => {
    const crm = tenContacts({ build: false });
    expect(summary(crm.run('segments:update', '-d', 'top', '-b', '2'))).toEqual([
      0,
      'segments=1 changed=1 joined=6 left=0 failed=0',
      '',
    ]);
    const { stdout } = crm.run('segments:update', '--full', '--timing');
    expect(stdout).toMatch(
      /\nalias +mode +plan ms +evaluate ms +write ms +ms +reason\nhot +full( +\d+){4} +asked for with --full\ntop +full/,
    );
  });

  test('goes on without the run lock when told to', () => {
    const crm = tenContacts();
    const lock = new Sqlite(`${crm.world.folder}/crm.db.lock`);
    lock.exec('begin exclusive');
    expect(crm.run('segments:update').status).toBe(75);
    for (const option of ['--bypass-locking', '--force', '-f'])
      expect(crm.run('segments:update', option).status).toBe(0);
    const skipped = crm.run('segments:update', '--if-locked', 'skip', '--json');
    expect([skipped.status, documentOf(skipped)]).toEqual([
      0,
      {
        run_id: null,
        now: '2026-03-01T10:00:00Z',
        segments: [],
        changed: 0,
        joined: 0,
        left: 0,
        failed: 0,
        held: 0,
        ms: 0,
        notices: [],
        triggers: [],
        skipped: true,
      },
    ]);
    expect(crm.run('segments:update', '-f', '--if-locked', 'skip')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: `--if-locked` and `--force` contradict each other\nhint: give one of them\n',
    });
    lock.close();
  });
});

describe('segments:update --max-time', () => {
  test('with time enough reaches all', () => {
    expect(
      summary(tenContacts({ build: false }).run('segments:update', '--max-time', '10m')),
    ).toEqual([0, 'segments=2 changed=2 joined=9 left=0 failed=0', '']);
  });
});

test.each([
  [
    ['--max-shrink', '20 %'],
    '`--max-shrink 20 %` must be a share of the members such as 20%, or a number of contacts',
  ],
  [
    ['--max-grow', '-1'],
    '`--max-grow -1` must be a share of the members such as 20%, or a number of contacts',
  ],
  [['--max-time', '10'], '`--max-time 10` must be a number with s, m, h or d, such as 15m or 2h'],
  [['-m', '0'], '`--max-contacts 0` must be at least 1'],
  [['-b', 'x'], '`--batch-limit x` must be a whole number'],
  [['-d', 'hott'], 'unknown segment hott'],
])('segments:update %j is refused', (options, message) => {
  const { status, stdout, stderr } = tenContacts({ build: false }).run(
    'segments:update',
    ...options,
  );
  expect([status, stdout, stderr.split('\n')[0]]).toEqual([2, '', `error: ${message}`]);
});

describe('segments:verify', () => {
  test('finds nothing after an update, and not what the next one would change', () => {
    const crm = tenContacts();
    expect(crm.run('segments:verify')).toEqual(done('2 segments verified: nothing found\n'));
    sql(crm, 'update contacts set points = 100 - points');
    expect(crm.run('segments:verify', '-q')).toEqual(done(''));
  });

  test('lists what is wrong, and puts it right when told to', () => {
    const crm = tenContacts();
    sql(
      crm,
      `delete from joined where segment_id = 1 and contact_id = 7;
        insert into joined select 2, 1, min(id) from causes;
        update segments set anonymous = 2 where id = 2`,
    );
    const table = [
      'alias  contact  email            finding',
      'hot          7  c7@example.org   should be a member',
      'hot          -  -                says 6 members where 5 are stored',
      'top          1  c1@example.org   should not be a member',
      'top          -  -                says 3 members where 4 are stored',
      'top          -  -                says 2 anonymous members where 0 are stored',
      '',
    ];
    const shown = (stdout: string): string => stdout.replaceAll(/ +/g, ' ');
    const found = crm.run('segments:verify', '-q');
    expect([found.status, shown(found.stdout), found.stderr]).toEqual([
      4,
      shown(
        ['2 segments verified: 5 findings in 2 segments; --repair puts them right', ...table].join(
          '\n',
        ),
      ),
      '',
    ]);
    const data = documentOf(crm.run('segments:verify', '--json'));
    expect(data).toMatchObject({
      run_id: null,
      repaired: false,
      findings: 5,
      failed: 0,
      segments: [
        {
          alias: 'hot',
          status: 'ok',
          missing: [7],
          extra: [],
          members: { stored: 6, counted: 5 },
          anonymous: null,
          error: null,
        },
        {
          alias: 'top',
          status: 'ok',
          missing: [],
          extra: [1],
          members: { stored: 3, counted: 4 },
          anonymous: { stored: 2, counted: 0 },
          error: null,
        },
      ],
    });
    const repaired = crm.run('segments:verify', '--repair');
    expect([repaired.status, repaired.stdout.split('\n')[0]]).toEqual([
      4,
      '2 segments verified: 5 findings in 2 segments, put right',
    ]);
    expect(crm.run('segments:verify')).toEqual(done('2 segments verified: nothing found\n'));
    expect(crm.json('segments:list')).toMatchObject([
      { alias: 'hot', members: 6 },
      { alias: 'top', members: 3 },
    ]);
  });

  test('tells which segments could not be verified (3)', () => {
    const crm = tenContacts();
    sql(crm, "update segments set filter = 'broken' where alias = 'top'");
    const { status, stdout, stderr } = crm.run('segments:verify');
    expect([status, stdout]).toEqual([3, '1 segment verified: nothing found\n']);
    expect(stderr).toMatch(/^warning: segment top could not be verified: /);
  });

  test('waits for no run unless it repairs', () => {
    const crm = tenContacts();
    const lock = new Sqlite(`${crm.world.folder}/crm.db.lock`);
    lock.exec('begin exclusive');
    expect([
      crm.run('segments:verify').status,
      crm.run('segments:verify', '--repair').status,
      crm.run('segments:verify', '--repair', '--if-locked', 'skip').status,
    ]).toEqual([0, 75, 0]);
    expect(crm.run('segments:verify', '--if-locked', 'skip').status).toBe(2);
    lock.close();
  });
});
