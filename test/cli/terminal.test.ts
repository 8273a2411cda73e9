import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { confirm } from '../../src/cli/confirm.ts';
import { type ColourChoice, wantsColour } from '../../src/cli/output/colour.ts';
import { withProgress } from '../../src/cli/progress.ts';
import { main } from '../../src/main.ts';
import { makeWorld } from '../helpers/run.ts';
import { fakeIo } from '../helpers/streams.js';

describe('colour', () => {
  it.each<[ColourChoice, boolean, Record<string, string>, boolean]>([
    ['auto', true, {}, true],
    ['auto', false, {}, false],
    ['auto', true, { TERM: 'dumb' }, false],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', false, { FORCE_COLOR: '1' }, true],
    ['auto', true, { FORCE_COLOR: '0' }, false],
    ['auto', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['always', false, { NO_COLOR: '1' }, true],
    ['never', true, { FORCE_COLOR: '1' }, false],
  ])('--color %s, terminal %s, %j: %s', (choice, terminal, env, expected) => {
    const { io } = fakeIo(terminal ? { columns: 80 } : {});
    expect(wantsColour(choice, io.stdout, env)).toBe(expected);
  });

  it('is in errors and tables on a terminal, and nowhere else', async () => {
    const world = makeWorld('shared');
    world.ok('init', '--db', 'a.db');
    const list = ['settings:list', '--db', `${world.folder}/a.db`];
    const onTerminal = fakeIo({ columns: 60 });
    expect(await main(list, onTerminal.io)).toBe(0);
    expect(onTerminal.stdout().split('\n')[0]).toBe(
      '\u001b[2mname          value   about\u001b[22m',
    );
    const elsewhere = fakeIo();
    expect(await main(list, elsewhere.io)).toBe(0);
    expect(elsewhere.stdout()).not.toContain('\u001b');
    const failing = fakeIo({ columns: 60 });
    expect(await main(['nothing'], failing.io)).toBe(2);
    expect(failing.stderr()).toContain(
      '\u001b[31m\u001b[1merror:\u001b[22m\u001b[39m unknown command',
    );
    const always = fakeIo();
    expect(await main(['nothing', '--color', 'always'], always.io)).toBe(2);
    expect(always.stderr()).toContain('\u001b[31m');
  });
});

describe('a table on a terminal', () => {
  it('fits its width', async () => {
    const world = makeWorld('shared');
    world.ok('init', '--db', 'a.db');
    const narrow = fakeIo({ columns: 40, env: { NO_COLOR: '1' } });
    await main(['settings:list', '--db', `${world.folder}/a.db`], narrow.io);
    expect(narrow.stdout().split('\n').slice(1, 3)).toEqual([
      'timezone      UTC     in which days',
      '                      begin and local',
    ]);
  });
});

describe('csv, tsv and ids on a terminal', () => {
  const NASTY = '\u001b[2Jevil\u009b\u202e\r\n"x"\tend';

  async function shown(onTerminal: boolean, ...words: readonly string[]): Promise<string> {
    const world = makeWorld('shared');
    world.ok('init', '--db', 'a.db');
    world.ok('contacts:add', 'ann@example.org', '--set', `title=${NASTY}`, '--db', 'a.db');
    const { io, stdout } = fakeIo(onTerminal ? { columns: 80 } : {});
    expect(await main([...words, '--db', `${world.folder}/a.db`], io)).toBe(0);
    return stdout();
  }

  it.each([
    ['contacts:export', '--fields', 'title'],
    ['contacts:export', '--fields', 'title', '--raw'],
    ['contacts:export', '--fields', 'title', '--format', 'tsv'],
    ['contacts:list', '--fields', 'title', '--format', 'csv'],
    ['contacts:list', '--fields', 'title', '--format', 'tsv'],
  ])('are escaped as tables are: %s %s %s %s', async (...words) => {
    expect(await shown(true, ...words)).toBe(
      'title\n"\\x1b[2Jevil\\x9b\\u202e\\r\\n""x""\\tend"\n',
    );
  });

  it.each([
    ['contacts:export', '--fields', 'title'],
    ['contacts:list', '--fields', 'title', '--format', 'csv'],
  ])('are what they are elsewhere: %s', async (...words) => {
    expect(await shown(false, ...words)).toBe(`title\n"${NASTY.replaceAll('"', '""')}"\n`);
  });
});

describe('times in tables', () => {
  async function listed(...words: readonly string[]): Promise<string> {
    const world = makeWorld('shared');
    world.ok('init', '--db', 'a.db');
    world.ok('settings:set', 'timezone', 'Europe/Paris', '--db', 'a.db');
    world.ok('contacts:add', 'ann@example.org', '--db', 'a.db');
    world.ok('segments:create', 'hot', '--where', 'points > 5', '--db', 'a.db');
    world.ok('segments:add', 'hot', 'ann@example.org', '--until', '2026-04-01', '--db', 'a.db');
    const { io, stdout } = fakeIo();
    expect(
      await main(
        [
          'segments:members',
          'hot',
          '--now',
          '2026-03-01 11:15',
          ...words,
          '--db',
          `${world.folder}/a.db`,
        ],
        io,
      ),
    ).toBe(0);
    return stdout();
  }

  it('are local to the store, with their age under -v, and UTC for programs', async () => {
    expect(await listed()).toContain(
      '2026-03-01T11:00:00+01:00  manual  in   2026-04-01T00:00:00+02:00',
    );
    expect(await listed('-v')).toContain('2026-03-01T11:00:00+01:00 (15m ago)');
    expect(await listed('--format', 'csv')).toContain('2026-03-01T10:00:00Z');
    expect(await listed('--json')).toContain('2026-03-01T10:00:00Z');
  });

  it('can be given back', async () => {
    expect(await listed('--as-of', '2026-03-01T11:00:00+01:00', '--format', 'ids')).toBe('1\n');
    expect(await listed('--as-of', '16 minutes ago', '--format', 'ids')).toBe('');
    expect(await listed('--joined-since', 'yesterday', '--format', 'ids')).toBe('1\n');
    expect(await listed('--joined-since', '2026-03-01 11:01', '--format', 'ids')).toBe('');
  });
});

describe('messages on a terminal', () => {
  it('are broken between words, and nowhere else', async () => {
    const narrow = fakeIo({ columns: 30, env: { NO_COLOR: '1' } });
    expect(await main(['segments:nothing'], narrow.io)).toBe(2);
    const elsewhere = fakeIo();
    expect(await main(['segments:nothing'], elsewhere.io)).toBe(2);
    expect(elsewhere.stderr().trimEnd().split('\n')).toHaveLength(2);
    const lines = narrow.stderr().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(
      elsewhere.stderr().trimEnd().replaceAll('\n', ' '),
    );
  });
});

describe('confirm', () => {
  const ask = { yes: false, noInteraction: false };

  it.each(['y\n', 'Yes\n', ' YES \n'])('goes on after %j', async (input) => {
    const { io, stderr } = fakeIo({ columns: 80, input });
    await confirm('Delete \u001b[2J?', io, ask);
    expect(stderr()).toBe('Delete \\x1b[2J? [y/N] ');
  });

  it.each(['n\n', '\n', '', 'yellow\n'])('stops after %j (1)', async (input) => {
    const { io } = fakeIo({ columns: 80, input });
    await expect(confirm('Delete?', io, ask)).rejects.toMatchObject({ code: 'DECLINED', exit: 1 });
  });

  it('refuses off a terminal and with --no-interaction (2)', async () => {
    await expect(confirm('Delete?', fakeIo({ input: 'y\n' }).io, ask)).rejects.toMatchObject({
      code: 'NOT_CONFIRMED',
      exit: 2,
    });
    await expect(
      confirm('Delete?', fakeIo({ columns: 80, input: 'y\n' }).io, {
        yes: false,
        noInteraction: true,
      }),
    ).rejects.toMatchObject({ exit: 2 });
  });

  it('asks nothing with --yes', async () => {
    const { io, stderr } = fakeIo();
    await confirm('Delete?', io, { yes: true, noInteraction: true });
    expect(stderr()).toBe('');
  });
});

describe('progress', () => {
  const work = async (report: (text: string) => void): Promise<number> => {
    report('half \u001b[2J way');
    return 42;
  };

  it('turns on a terminal without touching signals', async () => {
    const { io, stderr } = fakeIo({ columns: 80 });
    const listeners = (): number =>
      process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
    const before = listeners();
    let during = -1;
    const outcome = await withProgress(
      'importing',
      async (report) => {
        during = listeners();
        return work(report);
      },
      { stream: io.stderr, quiet: false, env: {} },
    );
    expect(outcome).toBe(42);
    expect(stderr()).toContain('importing');
    expect(during).toBe(before);
  });

  it('stays on its line', async () => {
    const { io, stderr } = fakeIo({ columns: 20 });
    await withProgress('reading 東京都千代田区霞が関一丁目.csv', work, {
      stream: io.stderr,
      quiet: false,
      env: {},
    });
    expect(stderr()).toContain('reading 東京都千…');
  });

  it('ends where the terminal becomes too narrow while it turns', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { io, stderr } = fakeIo({ columns: 80 });
    const shown = await withProgress(
      'importing',
      async (report) => {
        Object.assign(io.stderr, { columns: 0 });
        io.stderr.emit('resize');
        const before = stderr();
        report('more');
        vi.advanceTimersByTime(1_000); // the spinner turns every 80 ms
        return { before, after: stderr() };
      },
      { stream: io.stderr, quiet: false, env: {} },
    );
    expect(shown.after).toBe(shown.before);
  });

  it.each([
    [0, {}],
    [9, {}],
    [80, { TERM: 'dumb' }],
    [80, { CI: 'true' }],
  ])('is silent on a terminal of %s columns with %j', async (columns, env) => {
    const { io, stderr } = fakeIo({ columns });
    expect(await withProgress('importing', work, { stream: io.stderr, quiet: false, env })).toBe(
      42,
    );
    expect(stderr()).toBe('');
  });

  it('is silent off one, and with --quiet', async () => {
    const off = fakeIo();
    expect(
      await withProgress('importing', work, { stream: off.io.stderr, quiet: false, env: {} }),
    ).toBe(42);
    const quiet = fakeIo({ columns: 80 });
    await withProgress('importing', work, { stream: quiet.io.stderr, quiet: true, env: {} });
    expect(off.stderr() + quiet.stderr()).toBe('');
  });
});
