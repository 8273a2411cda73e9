import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { type Crm, done, makeCrm, refused } from './crm.ts';

/** Runs 1 (hot is built), 2 (nothing changed) and 3 (broken fails, hot goes on), a day apart. */
function crmOfThreeRuns(): Crm {
  const crm = makeCrm();
  crm.ok('contacts:add', 'ann@example.org', '--set', 'points=80');
  crm.ok('segments:create', 'Hot', '--where', 'points >= 50');
  for (const day of ['01', '02']) updateOn(crm, day);
  crm.ok('segments:create', 'Broken', '--where', 'points < 0');
  onStore(crm, "update segments set filter = 'x' where alias = 'broken'");
  updateOn(crm, '03');
  return crm;
}

const updateOn = ({ world }: Crm, day: string): unknown =>
  world.runWith({ now: `2026-03-${day}T10:00:00Z` }, 'segments:update', '--db', 'crm.db');
const statusAt = ({ world }: Crm, now: string, ...more: string[]) =>
  world.runWith({ now }, 'status', '--db', 'crm.db', ...more);
const START = /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/g;

function onStore({ world }: Crm, ...statements: string[]): void {
  const db = new Sqlite(`${world.folder}/crm.db`);
  for (const statement of statements) db.exec(statement);
  db.close();
}

/** With the run lock held by this process. */
async function whileLocked({ world }: Crm, work: () => void): Promise<void> {
  const store = await openStore(`${world.folder}/crm.db`);
  const lock = await store.lockRuns(0);
  try {
    work();
  } finally {
    await lock?.release();
    await store.close();
  }
}

describe('runs:list', () => {
  it('shows the runs that are kept, newest first, page by page', () => {
    const { run, json, ok } = crmOfThreeRuns();
    const { stdout, stderr } = run('runs:list');
    expect(stderr).toBe('3 runs\n');
    const rows = stdout.replace(START, 'START').split('\n');
    expect(rows[0]).toMatch(/^id {2}started +status +segments +changed +joined +left +failed +ms$/);
    expect(rows[1]).toMatch(/^ 3 {2}START {2}partial {2} +2 +0 +0 +0 +1 +\d+$/);
    expect(rows[3]).toMatch(/^ 1 {2}START {2}ok {7} +1 +1 +1 +0 +0 +\d+$/);
    expect(json('runs:list', '--limit', '1', '--after', '3')).toEqual([
      {
        id: 2,
        command: 'segments:update',
        now: '2026-03-02T10:00:00Z',
        started_at: expect.stringMatching(/Z$/),
        finished_at: expect.stringMatching(/Z$/),
        status: 'ok',
        segments: 1,
        changed: 0,
        joined: 0,
        left: 0,
        failed: 0,
        held: 0,
        pins_ended: 0,
        converted: 0,
        ms: expect.any(Number),
      },
    ]);
    expect(ok('runs:list', '--format', 'ids')).toBe('3\n2\n1\n');
    expect(ok('runs:list', '--format', 'csv', '--limit', '1')).toMatch(
      /^id,command,now,[^\n]+\n3,segments:update,2026-03-03T10:00:00Z,/,
    );
    expect(run('runs:list', '--after', '1')).toEqual(done('', 'no runs before 1\n'));
    expect(makeCrm().run('runs:list')).toEqual(
      done('', 'no runs yet: make the first with rollcall segments:update\n'),
    );
  });
});

describe('runs:show', () => {
  it('shows one run with its segments', () => {
    const { ok, json } = crmOfThreeRuns();
    const text = ok('runs:show', 'last').replace(START, 'START');
    expect(text).toMatch(
      /^id +3\ncommand +segments:update\nnow +START\n[^]+\nstatus +partial\n[^]+\n\nsegment {2}alias +status {2}mode +joined {2}left {2}members +ms {2}reason +error\n/,
    );
    expect(text).toMatch(
      /\n {6}1 {2}hot +ok +skip +0 +0 +1 +\d+ {2}nothing changed +-\n {6}2 {2}broken +failed +- +0 +0 +0 +\d+ {2}- +the stored filter cannot be read/,
    );
    expect(json('runs:show', '3')).toMatchObject({
      id: 3,
      status: 'partial',
      failed: 1,
      segments: [
        {
          segment_id: 1,
          alias: 'hot',
          status: 'ok',
          mode: 'skip',
          reason: 'nothing changed',
          error_code: null,
          error_message: null,
        },
        {
          segment_id: 2,
          alias: 'broken',
          status: 'failed',
          mode: null,
          reason: null,
          error_code: 'FILTER',
        },
      ],
    });
    expect(json('runs:show', '1')).toMatchObject({
      status: 'ok',
      segments: [
        { alias: 'hot', mode: 'full', reason: 'first build', joined: 1, left: 0, members: 1 },
      ],
    });
  });

  it('gives the segments alone where there are only rows, page by page', () => {
    const { ok, json } = crmOfThreeRuns();
    expect(ok('runs:show', '3', '--format', 'ids')).toBe('1\n2\n');
    expect(ok('runs:show', '3', '--format', 'ids', '--after', '1')).toBe('2\n');
    expect(ok('runs:show', '3', '--format', 'csv', '--limit', '1')).toMatch(
      /^segment_id,alias,status,mode,joined,left,members,ms,reason,error_code,error_message\n1,hot,ok,skip,0,0,1,\d+,nothing changed,,\n$/,
    );
    expect(json('runs:show', '3', '--after', '2')).toMatchObject({ id: 3, segments: [] });
  });

  it('knows a segment that was deleted since by its id', () => {
    const { ok, json } = crmOfThreeRuns();
    ok('segments:delete', 'broken', '--yes');
    expect(json('runs:show', 'last')).toMatchObject({
      segments: [{ alias: 'hot' }, { segment_id: 2, alias: null }],
    });
  });

  it('refuses a run that is not there', () => {
    const { run } = crmOfThreeRuns();
    const hint =
      'the newest is 3, or: rollcall runs:show last; `rollcall runs:list` shows those that are kept';
    for (const reference of ['9', 'lasst', '-', '99999999999999999'])
      expect(run('runs:show', reference)).toEqual(refused(2, `unknown run ${reference}`, hint));
    expect(makeCrm().run('runs:show', 'last')).toEqual(
      refused(2, 'there are no runs yet', 'make the first: rollcall segments:update'),
    );
  });
});

describe('a record that says running', () => {
  const open =
    "insert into runs (command, now, started_at) values ('segments:update', 1772359200000, 1772359200000)";
  const statuses = ({ json }: Crm): unknown[] => [
    (json('runs:list', '--limit', '1') as { status: string }[])[0]?.status,
    (json('runs:show', 'last') as { status: string }).status,
    (json('status') as { last_run: { status: string }; locked: boolean }).last_run.status,
  ];

  it('is a run at work while the run lock is held, and one that died when it is not', async () => {
    const crm = crmOfThreeRuns();
    onStore(crm, open);
    await whileLocked(crm, () => {
      expect(statuses(crm)).toEqual(['running', 'running', 'running']);
      expect(crm.json('status')).toMatchObject({ locked: true });
      expect(crm.ok('status')).toMatch(/\n {2}run lock +held: a run is at work\n/);
    });
    expect(statuses(crm)).toEqual(['interrupted', 'interrupted', 'interrupted']);
    expect(crm.json('status')).toMatchObject({ locked: false, last_success: { run_id: 2 } });
  });
});

describe('status', () => {
  it('shows the store at one look', () => {
    const crm = crmOfThreeRuns();
    crm.ok('segments:create', 'List', '--unpublished');
    crm.ok('contacts:add', 'bob@example.org');
    const lines = statusAt(crm, '2026-03-04T12:30:00Z').stdout.split('\n');
    expect(lines[0]).toMatch(/^store crm\.db$/);
    expect(lines[1]).toMatch(/^ {2}size +\d+\.\d kB$/);
    expect(lines.slice(2)).toEqual([
      '  contacts      2',
      '  segments      2 dynamic, 1 static, 1 of them unpublished',
      '  last run      1d 2h ago, at 2026-03-03T10:00:00Z (run 3), partial',
      expect.stringMatching(/^ {2}problems {6}broken failed: the stored filter cannot be read: /),
      '  last success  2d 2h ago, at 2026-03-02T10:00:00Z (run 2)',
      '  stale         2 segments: broken (never built), hot',
      '  run lock      free',
      '  pending       1 change',
      expect.stringMatching(
        /^ {2}to build {6}1 segment: broken \(the stored filter cannot be read/,
      ),
      '  triggers      none',
      '',
    ]);
    expect(JSON.parse(statusAt(crm, '2026-03-04T12:30:00Z', '--json').stdout)).toEqual({
      schema: 'rollcall/status/1',
      data: {
        store: 'crm.db',
        size_bytes: expect.any(Number),
        contacts: 2,
        segments: { dynamic: 2, static: 1, unpublished: 1 },
        last_run: expect.objectContaining({
          run_id: 3,
          now: '2026-03-03T10:00:00Z',
          status: 'partial',
          failed: 1,
        }),
        last_success: expect.objectContaining({
          run_id: 2,
          now: '2026-03-02T10:00:00Z',
          status: 'ok',
        }),
        age_seconds: 2 * 86_400 + 9_000,
        stale: [
          { alias: 'broken', built_at: null },
          { alias: 'hot', built_at: '2026-03-03T10:00:00Z' },
        ],
        locked: false,
        pending_changes: 1,
        log_held_since: null,
        pending_builds: [
          { alias: 'broken', reason: expect.stringContaining('cannot be read') as string },
        ],
        triggers: { published: 0, unpublished: 0, failing: [], waiting: [] },
      },
    });
  });

  it('says which segments are not what they are defined as, and which the last run left so', () => {
    const crm = makeCrm();
    for (const email of ['ann@example.org', 'bob@example.org'])
      crm.ok('contacts:add', email, '--set', 'points=80');
    crm.ok('segments:create', 'Hot', '--where', 'points >= 50', '--update');
    crm.ok('segments:create', 'Gone', '--where', 'points > 60', '--update');
    expect(crm.ok('status')).toContain('\n  to build      none\n');
    crm.ok('segments:filters:set', 'hot', 'points > 100');
    crm.ok('segments:delete', 'gone', '--yes');
    crm.ok('segments:restore', 'gone');
    expect(crm.ok('status')).toContain(
      '\n  to build      2 segments: hot (definition changed), gone (definition changed)\n',
    );
    expect(crm.run('segments:update', '--max-shrink', '1').status).toBe(4);
    const why = '2 of 2 members would leave: more than --max-shrink 1';
    expect(crm.ok('status')).toContain(`, partial\n  problems      hot held: ${why}\n`);
    expect(crm.json('status')).toMatchObject({
      last_run: { problems: [{ alias: 'hot', status: 'held', reason: why, error: null }] },
      pending_builds: [{ alias: 'hot', reason: 'definition changed' }],
    });
    const late = statusAt(crm, '2026-03-09T12:00:00Z', '--max-age', '2h').stdout;
    expect(late).toMatch(/; the last run, \d+, is partial \(hot held\)\n$/);
  });

  it('is there in an empty store too', () => {
    const { ok, run } = makeCrm();
    expect(ok('status')).toMatch(
      /last run {6}none yet\n {2}last success {2}none yet\n {2}stale {9}none\n/,
    );
    expect(run('status', '--max-age', '2h')).toEqual({
      status: 4,
      stdout: 'no successful update yet\n',
      stderr: '',
    });
  });

  it('counts no more changes than the next update will see', () => {
    const crm = crmOfThreeRuns();
    crm.ok('segments:delete', 'broken', '--yes');
    updateOn(crm, '04');
    expect(crm.json('status')).toMatchObject({ pending_changes: 0 });
    crm.ok('contacts:edit', '1', '--set', 'points=90');
    crm.ok('segments:add', 'hot', '1');
    expect(crm.json('status')).toMatchObject({ pending_changes: 2 });
  });

  describe('--max-age', () => {
    it('is 0 to the second and 4 behind it, with one line; -q leaves that to 4', () => {
      const crm = makeCrm();
      crm.ok('segments:update');
      expect(statusAt(crm, '2026-03-01T12:00:00Z', '--max-age', '2h')).toEqual(
        done('ok: last successful update 2h ago, at 2026-03-01T10:00:00Z (run 1)\n'),
      );
      expect(statusAt(crm, '2026-03-01T12:00:00Z', '--max-age', '2h', '-q')).toEqual(done(''));
      const old = {
        status: 4,
        stdout:
          'too old: last successful update 2h 1s ago, at 2026-03-01T10:00:00Z (run 1), more than 2h\n',
        stderr: '',
      };
      expect(statusAt(crm, '2026-03-01T12:00:01Z', '--max-age', '2h')).toEqual(old);
      expect(statusAt(crm, '2026-03-01T12:00:01Z', '--max-age', '120m', '-q')).toEqual(old);
      expect(
        JSON.parse(statusAt(crm, '2026-03-01T12:00:01Z', '--max-age', '2h', '--json').stdout),
      ).toMatchObject({
        schema: 'rollcall/status/1',
        data: { ok: false, finding: 'old', max_age_seconds: 7200, age_seconds: 7201 },
      });
      expect(
        JSON.parse(statusAt(crm, '2026-03-01T11:00:00Z', '--max-age', '2h', '--json').stdout),
      ).toMatchObject({ data: { ok: true, finding: null } });
    });

    it('counts only runs in which all went well', () => {
      const crm = crmOfThreeRuns();
      expect(statusAt(crm, '2026-03-03T10:30:00Z', '--max-age', '1d')).toMatchObject({
        status: 4,
        stdout:
          'too old: last successful update 1d 30m ago, at 2026-03-02T10:00:00Z (run 2), ' +
          'more than 1d; the last run, 3, is partial (broken failed)\n',
      });
    });

    it('does not take a success of some segments for one of all', () => {
      const crm = makeCrm();
      for (const name of ['One', 'Two']) crm.ok('segments:create', name, '--where', 'points >= 50');
      updateOn(crm, '02');
      crm.world.runWith(
        { now: '2026-03-04T10:00:00Z' },
        'segments:update',
        'one',
        '--db',
        'crm.db',
      );
      expect(statusAt(crm, '2026-03-04T10:00:00Z', '--max-age', '1d')).toEqual({
        status: 4,
        stdout: 'stale for more than 1d: 1 segment: two\n',
        stderr: '',
      });
      crm.world.runWith(
        { now: '2026-03-04T09:00:00Z' },
        'segments:edit',
        'two',
        '--where',
        'points >= 60',
        '--db',
        'crm.db',
      );
      // it was edited an hour ago: its turn comes
      expect(statusAt(crm, '2026-03-04T10:00:00Z', '--max-age', '1d').status).toBe(0);
      updateOn(crm, '05');
      expect(statusAt(crm, '2026-03-05T10:00:00Z', '--max-age', '1d').status).toBe(0);
    });

    it('does not believe a success that lies ahead', () => {
      const crm = makeCrm();
      updateOn(crm, '05');
      expect(statusAt(crm, '2026-03-05T09:00:00Z', '--max-age', '2h').status).toBe(0);
      expect(statusAt(crm, '2026-03-05T07:00:00Z', '--max-age', '2h')).toMatchObject({
        status: 4,
        stdout:
          'wrong clock: last successful update 3h ahead, at 2026-03-05T10:00:00Z (run 1), more than 2h\n',
      });
    });

    it.each(['2', '2x', '-1h', '1.5h', ''])('refuses `%s`', (age) => {
      expect(makeCrm().run('status', `--max-age=${age}`)).toEqual(
        refused(2, `\`--max-age ${age}\` must be a number with s, m, h or d, such as 15m or 2h`),
      );
    });

    it('refuses no time at all', () =>
      expect(makeCrm().run('status', '--max-age', '0h')).toEqual(
        refused(2, '`--max-age 0h` must be longer than that: 15m, say'),
      ));

    it('says that a store is missing by 69, not by 4', () => {
      expect(makeCrm().world.run('status', '--max-age', '2h', '--db', 'none.db').status).toBe(69);
    });
  });
});
