import { describe, expect, it } from 'vitest';
import { confirm } from '../../src/cli/confirm.ts';
import { type ColourChoice, wantsColour } from '../../src/cli/output/colour.ts';
import { withProgress } from '../../src/cli/progress.ts';
import { main } from '../../src/main.ts';
import { makeWorld } from '../helpers/run.ts';
import { fakeIo } from '../helpers/streams.ts';

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
    const world = makeWorld();
    world.ok('init', '--db', 'a.db');
    const list = ['settings:list', '--db', `${world.folder}/a.db`];
    const onTerminal = fakeIo({ columns: 60 });
    expect(await main(list, onTerminal.io)).toBe(0);
    expect(onTerminal.stdout().split('\n')[0]).toBe('\u001b[2mname        value   about\u001b[22m');
    const elsewhere = fakeIo();
    expect(await main(list, elsewhere.io)).toBe(0);
    expect(elsewhere.stdout()).not.toContain('\u001b');
    const failing = fakeIo({ columns: 60 });
    expect(await main(['nothing'], failing.io)).toBe(2);
    expect(failing.stderr()).toContain('\u001b[31m\u001b[1merror:\u001b[22m\u001b[39m unknown command');
    const always = fakeIo();
    expect(await main(['nothing', '--color', 'always'], always.io)).toBe(2);
    expect(always.stderr()).toContain('\u001b[31m');
  });
});

describe('a table on a terminal', () => {
  it('fits its width', async () => {
    const world = makeWorld();
    world.ok('init', '--db', 'a.db');
    const narrow = fakeIo({ columns: 40, env: { NO_COLOR: '1' } });
    await main(['settings:list', '--db', `${world.folder}/a.db`], narrow.io);
    expect(narrow.stdout().split('\n')[1]).toBe('timezone    UTC     in which days begin…');
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
    await expect(confirm('Delete?', fakeIo({ input: 'y\n' }).io, ask)).rejects.toMatchObject({ code: 'NOT_CONFIRMED', exit: 2 });
    await expect(confirm('Delete?', fakeIo({ columns: 80, input: 'y\n' }).io, { yes: false, noInteraction: true })).rejects.toMatchObject({ exit: 2 });
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
    const listeners = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
    const before = listeners();
    let during = -1;
    const outcome = await withProgress('importing', async (report) => {
      during = listeners();
      return work(report);
    }, { stream: io.stderr, quiet: false });
    expect(outcome).toBe(42);
    expect(stderr()).toContain('importing');
    expect(during).toBe(before);
  });

  it('is silent off one, and with --quiet', async () => {
    const off = fakeIo();
    expect(await withProgress('importing', work, { stream: off.io.stderr, quiet: false })).toBe(42);
    const quiet = fakeIo({ columns: 80 });
    await withProgress('importing', work, { stream: quiet.io.stderr, quiet: true });
    expect(off.stderr() + quiet.stderr()).toBe('');
  });
});
