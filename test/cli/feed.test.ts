import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { BIN, makeWorld, NOW, type World } from '../helpers/run.ts';

/* The feed as people and their scripts meet it: cursors, files of cursors, exports and hooks. */

interface Line {
  readonly cursor: string;
  readonly contact_id: number;
  readonly change: string;
  readonly segment_id: number;
}

interface Feed extends World {
  readonly rc: (...words: string[]) => string;
  /** Shell commands in the folder, `rc` being rollcall on the store. */
  readonly shell: (script: string) => { status: number | null; stdout: string; stderr: string };
  readonly at: (name: string) => string;
}

function feedWorld(processes: 'own' | 'shared' = 'shared'): Feed {
  const world = makeWorld(processes);
  const rc = (...words: string[]): string => world.ok(...words, '--db', 'crm.db');
  rc('init');
  world.file('c.csv', 'email,points\na@x.org,1\nb@x.org,60\nc@x.org,70\n');
  rc('contacts:import', 'c.csv');
  rc('segments:create', 'Hot', '--where', 'points >= 50');
  rc('segments:create', 'Hand');
  rc('segments:update');
  const program = `rc() { '${process.execPath}' '${BIN}' --db crm.db --now ${NOW} "$@"; }\n`;
  return {
    ...world,
    rc,
    at: (name) => join(world.folder, name),
    shell: (script) => {
      const options = { cwd: world.folder, encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync('bash', ['-c', program + script], options);
      return { status, stdout, stderr };
    },
  };
}

function linesOf(text: string): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** `hot+2 hot-3`, without the last line. */
function told(text: string): string[] {
  return linesOf(text)
    .slice(0, -1)
    .map(({ contact_id: id, segment_id: segment, change }) => `${segment} ${change} ${id}`);
}

describe('segments:changes', () => {
  test.each(['', '-'])('the file of the cursor %j is refused before anything is told', (file) => {
    const { run } = feedWorld();
    const ran = run('segments:changes', '--cursor-file', file, '--db', 'crm.db');
    expect(ran).toMatchObject({ status: 2, stdout: '' });
  });

  test('tells what was since a cursor, and the last line has the cursor alone', () => {
    const { rc } = feedWorld();
    const first = rc('segments:changes', '--since', 'start');
    expect(told(first)).toEqual(['1 joined 2', '1 joined 3']);
    const last = linesOf(first).at(-1)!;
    expect(Object.keys(last)).toEqual(['cursor']);
    expect(rc('segments:changes', '--since', last.cursor)).toBe(`${JSON.stringify(last)}\n`);
    rc('segments:add', 'hand', 'a@x.org');
    rc('contacts:delete', 'b@x.org', '--yes');
    const then = rc('segments:changes', '--since', last.cursor);
    expect(told(then)).toEqual(['2 joined 1', '1 left 2']);
    expect(rc('segments:changes', '--since', last.cursor)).toBe(then);
    expect(told(rc('segments:changes', 'hand', '--since', last.cursor))).toEqual(['2 joined 1']);
    const between = linesOf(first)[0]!.cursor;
    expect(told(rc('segments:changes', '--since', between))).toEqual(['1 joined 3', ...told(then)]);
  });

  test('a cursor stays good when the last cause there was is pruned', () => {
    const { rc } = feedWorld();
    rc('segments:add', 'hot', 'a@x.org'); // a pin of its own
    rc('segments:remove', 'hot', 'a@x.org');
    rc('segments:unpin', 'hot', 'a@x.org');
    const { cursor } = linesOf(rc('segments:changes', '--since', 'start')).at(-1)!;
    rc('segments:update');
    expect(told(rc('segments:changes', '--since', cursor))).toEqual([]);
  });

  test.each([
    ['yesterday', 2, 'USAGE', 'is no cursor'],
    ['', 2, 'USAGE', 'is no cursor'],
    [`${'0'.repeat(32)}.1.1.0`, 65, 'BAD_CURSOR', 'of another store'],
    ['AHEAD', 65, 'BAD_CURSOR', 'lies ahead'],
    ['DAMAGED', 2, 'USAGE', 'is no cursor'],
  ])('the cursor %o is refused', (given, exit, code, message) => {
    const { rc, run } = feedWorld();
    const { cursor } = linesOf(rc('segments:changes', '--since', 'start')).at(-1)!;
    const [life = ''] = cursor.split('.');
    const since = given.replace('AHEAD', `${life}.zzzz.1.0`).replace('DAMAGED', cursor.slice(9));
    const words = ['segments:changes', '--since', since, '--db', 'crm.db', '--json'];
    const { status, stdout, stderr } = run(...words);
    expect([status, stdout]).toEqual([exit, '']);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code, message: expect.stringContaining(message) as string },
    });
  });

  test('after a restore a cursor of before is refused, also in its file, which stays', () => {
    const { rc, run, at } = feedWorld();
    rc('backup', 'kept.db');
    rc('segments:changes', '--cursor-file', 'k');
    const before = readFileSync(at('k'), 'utf8');
    rc('restore', 'kept.db', '--yes');
    const { status, stdout, stderr } = run(
      'segments:changes',
      '--cursor-file',
      'k',
      '--db',
      'crm.db',
    );
    expect([status, stdout]).toEqual([65, '']);
    expect(stderr).toContain('of before this one was restored');
    expect(stderr).toContain('segments:export');
    expect(readFileSync(at('k'), 'utf8')).toBe(before);
  });

  test('a segment that is purged takes the cursors before its end with it', () => {
    const { rc, run, runWith } = feedWorld();
    rc('segments:add', 'hand', 'a@x.org');
    const lines = linesOf(rc('segments:changes', '--since', 'start'));
    rc('segments:delete', 'hand', '--yes');
    const end = linesOf(rc('segments:changes', '--since', 'start')).at(-1)!.cursor;
    runWith({ now: '2026-07-01T00:00:00Z' }, 'segments:update', '--db', 'crm.db');
    const { status, stderr } = run(
      'segments:changes',
      '--since',
      lines[0]!.cursor,
      '--db',
      'crm.db',
    );
    expect([status, stderr]).toEqual([65, expect.stringContaining('before what is kept')]);
    expect(told(rc('segments:changes', '--since', end))).toEqual([]);
    expect(told(rc('segments:changes', '--since', 'start'))).toEqual(['1 joined 2', '1 joined 3']);
  });
});

describe('the segments of a cursor', () => {
  const changes = (...words: string[]): string[] => [
    ...['segments:changes', ...words, '--cursor-file', 'k', '--db', 'crm.db'],
  ];

  test('it is refused for others, of which it would pass over what was before', () => {
    const { rc, run, at } = feedWorld();
    rc('segments:add', 'hand', 'a@x.org');
    rc(...changes('hot').slice(0, -2));
    const kept = readFileSync(at('k'), 'utf8');
    for (const [words, asked] of [
      [[], 'all segments'],
      [['hand'], 'hand (2)'],
      [['hot', 'hand'], 'hand (2)'],
    ] as const) {
      const { status, stdout, stderr } = run(...changes(...words));
      expect([status, stdout]).toEqual([65, '']);
      expect(stderr).toContain(`the cursor is of hot (1), and not of ${asked}`);
      expect(readFileSync(at('k'), 'utf8')).toBe(kept);
    }
    expect(told(rc(...changes('hot').slice(0, -2)))).toEqual([]);
  });

  test('it goes with fewer of them, and one of all segments goes with any', () => {
    const { rc } = feedWorld();
    const cursorOf = (...words: string[]): string =>
      linesOf(rc('segments:changes', ...words)).at(-1)!.cursor;
    const both = cursorOf('hand', 'hot', 'hot', '--since', 'start');
    const all = cursorOf('--since', 'start');
    expect(both).toBe(`${all}.1-2`);
    rc('segments:add', 'hand', 'a@x.org');
    for (const since of [both, all]) {
      expect(told(rc('segments:changes', 'hand', '--since', since))).toEqual(['2 joined 1']);
      expect(told(rc('segments:changes', 'hot', 'hand', '--since', since))).toEqual(['2 joined 1']);
    }
    expect(cursorOf('hand', '--since', both)).toMatch(/\.2$/);
  });

  test('that of now is given by end, of all segments or of some', () => {
    const { rc, run, ok } = feedWorld();
    const [all, hot] = [[], ['hot']].map((names) => {
      const lines = linesOf(rc('segments:changes', ...names, '--since', 'end'));
      expect(lines).toHaveLength(1);
      return lines[0]!.cursor;
    });
    expect(hot).toBe(`${all}.1`);
    expect(all).toBe(linesOf(rc('segments:changes', '--since', 'start')).at(-1)!.cursor);
    rc('segments:add', 'hand', 'a@x.org');
    expect(told(rc('segments:changes', '--since', all!))).toEqual(['2 joined 1']);
    const hook = ['--on-change', 'cat > told', '--db', 'crm.db'];
    ok('segments:update', ...hook, '--changes-since', 'end');
    rc('segments:remove', 'hand', 'a@x.org');
    expect(run('segments:update', ...hook, '--json').stdout).toContain('"told":1');
  });

  test('a file with something else in it is unusable', () => {
    const { run, file, at } = feedWorld();
    file('k', 'nothing\n');
    expect(run(...changes('hot'))).toMatchObject({ status: 65, stdout: '' });
    expect(readFileSync(at('k'), 'utf8')).toBe('nothing\n');
  });

  test('who follows a segment hears that it was deleted, whoever is called so by then', () => {
    const { rc, run } = feedWorld();
    rc(...changes('hot').slice(0, -2));
    rc('segments:delete', 'hot', '--yes');
    const gone = run(...changes('hot'));
    expect(told(gone.stdout)).toEqual(['1 left 2', '1 left 3']);
    expect(gone.stderr).toContain('segment hot (id 1) was deleted: nothing comes of it after that');
    rc('segments:create', 'Hot');
    rc('segments:add', 'hot', 'a@x.org');
    const after = run(...changes('hot'));
    expect([after.status, told(after.stdout)]).toEqual([0, []]);
    expect(after.stderr).toContain('segment 3, another one, is called hot now');
    expect(told(rc('segments:changes', 'hot', '--since', 'start'))).toEqual(['3 joined 1']);
    expect(run(...changes('3')).stderr).toContain('is of hot (1), and not of hot (3)');
  });

  test('one that SQL deleted is told by the next update, and can be restored', () => {
    const { rc, run, at } = feedWorld();
    rc(...changes('hot').slice(0, -2));
    const db = new Sqlite(at('crm.db'));
    db.prepare("delete from segments where alias = 'hot'").run();
    db.close();
    rc('segments:create', 'Hot');
    rc('segments:update');
    const { stdout, stderr } = run(...changes('hot'));
    expect(told(stdout)).toEqual(['1 left 2', '1 left 3']);
    expect(stderr).toContain('segment hot (id 1) was deleted');
    expect(told(rc('segments:changes', '--since', 'start'))).toHaveLength(4);
    rc('segments:restore', '1', '--alias', 'hot-again', '--update');
    expect(told(rc('segments:changes', '1', '--since', 'start'))).toHaveLength(6);
    expect(rc('segments:members', 'hot-again', '--format', 'ids')).toBe('2\n3\n');
    expect(run('doctor', '--db', 'crm.db').status).toBe(0);
  });

  test('a deleted segment is told from the start, too', () => {
    const { rc, run } = feedWorld();
    rc('segments:delete', 'hot', '--yes');
    const all = ['1 joined 2', '1 joined 3', '1 left 2', '1 left 3'];
    const { stdout, stderr } = run('segments:changes', 'hot', '--since', 'start', '--db', 'crm.db');
    expect(told(stdout)).toEqual(all);
    expect(stderr).toContain('was deleted');
  });
});

describe('--cursor-file', () => {
  test('begins at the start where it is missing, and goes on from what it holds', () => {
    const { rc } = feedWorld();
    expect(told(rc('segments:changes', '--cursor-file', 'k'))).toHaveLength(2);
    expect(told(rc('segments:changes', '--cursor-file', 'k'))).toEqual([]);
    rc('segments:add', 'hand', 'a@x.org');
    expect(told(rc('segments:changes', '--cursor-file', 'k'))).toEqual(['2 joined 1']);
  });

  test('stays as it is when nobody reads to the end, and on a full disk', () => {
    const { shell, at, rc, folder } = feedWorld();
    const rows = Array.from({ length: 3000 }, (_, index) => `m${index}@x.org,90\n`);
    writeFileSync(at('many.csv'), `email,points\n${rows.join('')}`);
    rc('contacts:import', 'many.csv');
    rc('segments:update');
    expect(shell('rc segments:changes --cursor-file k | head -1 > /dev/null').status).toBe(0);
    expect(existsSync(at('k'))).toBe(false);
    if (existsSync('/dev/full')) {
      const { status } = shell('rc segments:changes --cursor-file k > /dev/full');
      expect([status, existsSync(at('k'))]).toEqual([74, false]);
    }
    expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
    expect(told(rc('segments:changes', '--cursor-file', 'k'))).toHaveLength(3002);
  });
});

describe('segments:changes --json', () => {
  test('has the cursor behind the rows, also when nothing changed', () => {
    const { rc } = feedWorld();
    const ask = (since: string) =>
      JSON.parse(rc('segments:changes', '--since', since, '--json')) as {
        data: Line[];
        cursor: string;
      };
    const { data, cursor } = ask('start');
    expect(data).toHaveLength(2);
    expect(cursor).toBe(linesOf(rc('segments:changes', '--since', 'start')).at(-1)!.cursor);
    expect(ask(cursor)).toMatchObject({ data: [], cursor });
  });
});

describe('what is said of a file', () => {
  test('is how many rows it has, and the cursor, when it is written', () => {
    const { runWith, rc } = feedWorld();
    const said = (...words: string[]): string =>
      runWith({}, ...words, '--db', 'crm.db', '-o', 'out').stderr;
    const { cursor } = linesOf(rc('segments:changes', 'hot', '--since', 'start')).at(-1)!;
    expect(said('segments:export', 'hot')).toBe(`2 rows written\ncursor ${cursor}\n`);
    expect(said('segments:export', 'hot', '--changes-since', 'start')).toBe(
      `2 rows written\ncursor ${cursor}\n`,
    );
    expect(said('contacts:export')).toBe('3 rows written\n');
    expect(said('contacts:list', '--format', 'csv')).toBe('3 rows written\n');
    expect(said('contacts:list', '--format', 'ids')).toBe('3 rows written\n');
    expect(said('contacts:list')).toBe('3 contacts\n');
    expect(said('contacts:list', '--json')).toBe('');
    expect(said('contacts:export', '-q')).toBe('');
  });

  test.runIf(existsSync('/dev/full'))('is nothing where it could not be written', () => {
    const { run } = feedWorld();
    const { status, stderr } = run('segments:export', 'hot', '-o', '/dev/full', '--db', 'crm.db');
    expect([status, stderr]).toEqual([74, expect.not.stringContaining('cursor')]);
    expect(stderr).not.toContain('rows');
  });
});

describe('segments:export', () => {
  test('gives the cursor that belongs to it, and what changed since one as CSV', () => {
    const { rc, runWith, at } = feedWorld();
    const exported = runWith(
      {},
      'segments:export',
      'hot',
      '--fields',
      'email',
      '--cursor-file',
      'k',
      '--db',
      'crm.db',
    );
    const cursor = readFileSync(at('k'), 'utf8').trim();
    expect(exported.stderr).toBe(`cursor ${cursor}\n`);
    rc('contacts:edit', 'a@x.org', '--set', 'points=99');
    rc('contacts:delete', 'b@x.org', '--yes');
    rc('segments:update');
    rc('segments:add', 'hand', 'c@x.org');
    const words = ['segments:export', 'hot', '--changes-since', cursor, '--fields', 'email,points'];
    expect(rc(...words, '--cursor-file', 'k')).toBe(
      '_change,_at,_via,_contact_id,email,points\n' +
        'left,2026-03-01T10:00:00Z,deleted,2,,\n' +
        'joined,2026-03-01T10:00:00Z,filter,1,a@x.org,99\n',
    );
    const next = readFileSync(at('k'), 'utf8').trim();
    expect(told(rc('segments:changes', 'hot', '--since', next))).toEqual([]);
    const json = JSON.parse(rc('segments:export', 'hot', '--json', '--cursor-file', 'k')) as object;
    expect(json).toHaveProperty('data.length', 2);
    expect(readFileSync(at('k'), 'utf8').trim()).toBe(next);
  });

  test.each([
    [['--changes-since', 'start', '--json'], 2, 'does not go with --format json'],
    [['--changes-since', 'start', '--where', 'points > 1'], 2, '--where'],
    [['--changes-since', 'start', '--manifest', 'm'], 2, '--manifest'],
    [['--cursor-file', 'k', '--manifest', 'm'], 2, 'do not go together'],
    [['--cursor-file', 'crm.db'], 2, 'is the store'],
    [['--cursor-file', 'out', '-o', 'out'], 2, 'out'],
    [['--changes-since', 'foo'], 2, 'is no cursor'],
    [['--changes-since', 'foo', '-o', 'out'], 2, 'is no cursor'],
  ])('%j is refused', (words, status, message) => {
    const { run, at } = feedWorld();
    const ran = run('segments:export', 'hot', ...words, '--db', 'crm.db');
    expect(ran).toEqual({ status, stdout: '', stderr: expect.stringContaining(message) as string });
    expect(['k', 'out', 'm'].filter((name) => existsSync(at(name)))).toEqual([]);
  });
});

describe('segments:update --on-change', () => {
  const update = (command: string, ...more: string[]): string[] => [
    ...['segments:update', '--on-change', command, '--db', 'crm.db'],
    ...more,
  ];

  test('tells everything since the last time, whoever did it, and nothing where nothing was', () => {
    const { ok, rc, at } = feedWorld();
    const hook = 'cat >> told';
    ok(...update(hook));
    expect(told(readFileSync(at('told'), 'utf8'))).toEqual(['1 joined 2', '1 joined 3']);
    ok(...update(hook));
    expect(linesOf(readFileSync(at('told'), 'utf8'))).toHaveLength(3);
    rc('segments:add', 'hand', 'a@x.org');
    ok(...update(hook, 'hot'));
    expect(linesOf(readFileSync(at('told'), 'utf8')).at(-2)).toMatchObject({ segment: 'hand' });
  });

  test('what it failed on comes again the same, also when nothing new happened; exit 3', () => {
    const { run, at } = feedWorld();
    const hook = 'cat > told.$(ls told.* 2>/dev/null | wc -l); test -e mended';
    const failed = run(...update(hook));
    expect([failed.status, failed.stderr]).toEqual([3, expect.stringContaining('ended with 1')]);
    expect(run(...update(hook, '--json'))).toMatchObject({ status: 3 });
    writeFileSync(at('mended'), '');
    expect(JSON.parse(run(...update(hook, '--json')).stdout)).toMatchObject({
      data: { on_change: { told: 2, failure: null } },
    });
    expect(run(...update(hook, '--json')).status).toBe(0);
    const all = [0, 1, 2].map((number) => readFileSync(at(`told.${number}`), 'utf8'));
    expect(new Set(all).size).toBe(1);
    expect(existsSync(at('told.3'))).toBe(false);
  });

  test('one that does not read is judged by its end, however much there is', () => {
    const { run, rc, at } = feedWorld();
    const rows = Array.from({ length: 12_000 }, (_, index) => `m${index}@x.org,90\n`);
    writeFileSync(at('many.csv'), `email,points\n${rows.join('')}`);
    rc('contacts:import', 'many.csv');
    expect(run(...update('exec 0<&-; exit 7')).status).toBe(3);
    expect(run(...update('kill -9 $$')).stderr).toContain('was stopped by SIGKILL');
    expect(run(...update('exec 0<&-; exit 0')).status).toBe(0);
    rc('segments:add', 'hand', 'a@x.org');
    expect(run(...update('wc -l > n; exit 0')).status).toBe(0);
    expect(readFileSync(at('n'), 'utf8').trim()).toBe('12004');
  });

  test('it runs without the run lock, and what it prints is no result of ours', () => {
    const { run, at } = feedWorld('own'); // whose standard error the hook inherits
    const nested = `'${process.execPath}' '${BIN}' segments:update --db crm.db > nested; echo said`;
    const { status, stdout, stderr } = run(...update(nested, '--json'));
    expect([status, stderr]).toEqual([0, 'said\n']);
    expect(JSON.parse(stdout)).toHaveProperty('data.on_change.told', 2);
    expect(readFileSync(at('nested'), 'utf8')).toContain('segments=1');
  });

  test('one at a time: another update says so, skips or waits, as --if-locked says', async () => {
    const { run, start, at, file } = feedWorld();
    const hook =
      'touch at-work; while [ ! -e go ]; do read -t 0.05 x < /dev/null; done; cat >> told';
    const bash = `bash -c '${hook}'`;
    const first = start(...update(bash));
    while (!existsSync(at('at-work'))) run('settings:list', '--db', 'crm.db');
    const second = run(...update(bash));
    expect([second.status, second.stderr]).toEqual([3, expect.stringContaining('still at work')]);
    expect(run(...update(bash, '--if-locked', 'skip')).status).toBe(0);
    expect(existsSync(at('told'))).toBe(false);
    const third = start(...update(bash, '--if-locked', 'wait'));
    file('go', '');
    expect((await first).status).toBe(0);
    expect((await third).status).toBe(0);
    expect(linesOf(readFileSync(at('told'), 'utf8'))).toHaveLength(3);
  });

  test('after a restore it fails until somebody says where to begin', () => {
    const { run, rc, at } = feedWorld();
    rc(...update('cat > told').slice(0, 3));
    rc('backup', 'kept.db');
    rc('restore', 'kept.db', '--yes');
    const { status, stderr } = run(...update('cat > told'));
    expect([status, stderr]).toEqual([3, expect.stringContaining('restored')]);
    expect(run(...update('cat > told', '--changes-since', 'start')).status).toBe(0);
    expect(told(readFileSync(at('told'), 'utf8')).length).toBeGreaterThan(0);
    expect(run(...update('cat > told')).status).toBe(0);
  });

  test('one that was told everything is said to have been, whatever became of the store', () => {
    const { run, rc, at } = feedWorld('own');
    rc('backup', 'kept.db');
    const restore = `'${process.execPath}' '${BIN}' restore kept.db --yes --db crm.db > restored`;
    const { status, stderr } = run(...update(`cat > told; ${restore}`));
    expect([status, told(readFileSync(at('told'), 'utf8'))]).toEqual([
      3,
      ['1 joined 2', '1 joined 3'],
    ]);
    expect(stderr).toContain('was told everything, but that it was cannot be kept');
    expect(stderr).not.toContain('was told nothing');
    expect(stderr).not.toContain('come again');
  });

  test('a command that is not there fails, and the update stands', () => {
    const { run, rc } = feedWorld();
    rc('contacts:edit', 'a@x.org', '--set', 'points=90');
    expect(run(...update('/no/such/command'))).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('joined=1') as string,
    });
  });

  test.each([
    [['--on-change', 'true', '--dry-run'], '--dry-run'],
    [['--changes-since', 'start'], '--on-change'],
    [['--on-change', ''], 'must not be empty'],
  ])('%j is refused', (words, message) => {
    const { run, folder } = feedWorld();
    const { status, stderr } = run('segments:update', ...words, '--db', 'crm.db');
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    const db = new Sqlite(join(folder, 'crm.db'), { readonly: true });
    expect(db.prepare('select count(*) from runs').pluck().get()).toBe(1);
    db.close();
  });
});
