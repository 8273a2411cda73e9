import { describe, expect, it } from 'vitest';
import { makeWorld } from '../helpers/run.ts';

const LIST_HELP = '`rollcall settings:list --help` shows what it takes';

describe('wrong usage', () => {
  it.each([
    [['setings:list'], 'unknown command `setings:list`', 'did you mean `settings:list`?'],
    [['settings', 'list'], 'unknown command `settings`', 'did you mean `settings:list`?'],
    [
      ['settings', '--db', 'x', 'list'],
      'unknown command `settings`',
      'did you mean `settings:list`?',
    ],
    [
      ['settings'],
      'unknown command `settings`',
      'its commands are settings:list, settings:get, settings:set',
    ],
    [
      ['import', 'contacts.csv'],
      'unknown command `import`',
      'there are contacts:import, companies:import, events:import, suppressions:import, segments:import',
    ],
    [
      ['help', 'imports'],
      'no help on `imports`',
      'its commands are imports:list, imports:show, imports:undo',
    ],
    [['segments'], 'unknown command `segments`', '`rollcall help` shows all commands'],
    [['frobnicate'], 'unknown command `frobnicate`', '`rollcall help` shows all commands'],
    [['constructor'], 'unknown command `constructor`', '`rollcall help` shows all commands'],
    [['help', 'inti'], 'no help on `inti`', 'did you mean `init`?'],
    [['--dbb', 'x', 'settings:list'], 'unknown option `--dbb`', 'did you mean `--db`?'],
    [
      ['-x', 'settings:list'],
      'unknown option `-x`',
      "a command's own options stand behind its name: `rollcall help COMMAND` shows both kinds",
    ],
    [
      ['--limit', '5', 'settings:list'],
      'unknown option `--limit`',
      "a command's own options stand behind its name: `rollcall help COMMAND` shows both kinds",
    ],
    [
      ['settings:list', '--fromat', 'csv'],
      'unknown option `--fromat`',
      `did you mean \`--format\`? ${LIST_HELP}`,
    ],
    [['settings:list', '--json=1'], '`--json` takes no value', LIST_HELP],
    [['settings:list', '--db'], 'option `--db <store>` argument missing', LIST_HELP],
    [['settings:list', 'more'], 'too many arguments: 1 where it takes none', LIST_HELP],
    [
      ['contacts:edit', 'ann@example.org', 'points=50'],
      'too many arguments: 2 where it takes 1',
      'a value is given by --set FIELD=VALUE',
    ],
    [
      ['settings:get'],
      'missing required argument `name`',
      '`rollcall settings:get --help` shows what it takes',
    ],
    [
      ['settings:list', '--format', 'cvs'],
      '`--format cvs` is not known',
      'did you mean `csv`? give one of table, json, ndjson, csv, tsv, ids',
    ],
    [
      ['settings:list', '--format', 'yaml'],
      '`--format yaml` is not known',
      'give one of table, json, ndjson, csv, tsv, ids',
    ],
    [
      ['settings:list', '--format', 'csv', '--format', 'tsv'],
      'the format is given twice',
      'give --format or --json once',
    ],
    [
      ['--format', 'csv', 'settings:list', '--format=csv'],
      'the format is given twice',
      'give --format or --json once',
    ],
    [
      ['settings:set', '--format', 'csv', 'timezone', 'UTC'],
      '`settings:set` has no csv format',
      'it knows table, json, ndjson',
    ],
    [['--db', 'a', 'settings:list', '--db', 'b'], '`--db` is given twice', 'give it once'],
    [
      ['settings:list', '--now', '2026-02-30T10:00:00Z', '--db', 'x'],
      '`--now` is given twice',
      'give it once',
    ],
    [
      ['settings:list', '--color', 'sometimes'],
      '`--color sometimes` is not known',
      'give one of auto, always, never',
    ],
  ])('%j', (args, message, hint) => {
    expect(makeWorld('shared').run(...args)).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: ${message}\nhint: ${hint}\n`,
    });
  });

  it.each(['2026-02-30T10:00:00Z', 'someday', '2026-03-01T25:00'])('--now %s', (now) => {
    const world = makeWorld('shared');
    world.ok('init', '--db', 'crm.db');
    const { status, stderr } = world.runWith({ now }, 'settings:list', '--db', 'crm.db');
    expect(status).toBe(2);
    expect(stderr).toBe(
      `error: \`--now ${now}\` is not an instant\n` +
        "hint: write 2026-03-01, '2026-03-01 10:00', 2026-03-01T10:00:00+01:00, yesterday, " +
        "'today - 3 days' or '10 minutes ago'\n",
    );
  });

  it('is an object on stderr under a JSON format', () => {
    for (const flags of [['--json'], ['--format', 'json'], ['--format=ndjson']]) {
      const { status, stdout, stderr } = makeWorld('shared').run('settings:lst', ...flags);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(JSON.parse(stderr)).toEqual({
        error: {
          code: 'UNKNOWN_COMMAND',
          message: 'unknown command `settings:lst`',
          hint: 'did you mean `settings:list`?',
          exit: 2,
        },
      });
    }
  });

  it('shows what a terminal would obey', () => {
    const { stderr } = makeWorld('shared').run('\u001b[31mx\u202e');
    expect(stderr).toContain('unknown command `\\x1b[31mx\\u202e`');
  });
});

describe('global options', () => {
  it('stand before and behind the name alike', () => {
    const world = makeWorld('shared');
    world.ok('init', '--db', 'a.db');
    const expected = '"week-start"';
    for (const args of [
      ['--db', 'a.db', '--json', 'settings:get', 'week-start'],
      ['--json', 'settings:get', '--db=a.db', 'week-start'],
      ['settings:get', 'week-start', '--db', 'a.db', '--json'],
      ['-qn', '--json', '--db=a.db', 'settings:get', 'week-start', '-vv'],
    ]) {
      expect(world.ok(...args)).toContain(expected);
    }
  });

  it('may have a value that looks like an option or a command', () => {
    const world = makeWorld('shared');
    expect(world.ok('--db', 'settings:list', 'init')).toBe('made the store settings:list\n');
    expect(world.ok('settings:get', 'timezone', '--db', 'settings:list')).toBe('UTC\n');
  });
});

describe('the store', () => {
  it('is --db, else ROLLCALL_DB, else in XDG_DATA_HOME, else in the home folder', () => {
    const world = makeWorld('shared');
    const place = (env: Record<string, string>, ...args: string[]): string =>
      world.runWith({ env }, 'init', ...args).stdout.replace(/^made the store |\n$/g, '');
    const env = { ROLLCALL_DB: 'env.db', XDG_DATA_HOME: `${world.folder}/xdg` };
    expect(place(env, '--db', 'flag.db')).toBe('flag.db');
    expect(place(env)).toBe('env.db');
    expect(place({ XDG_DATA_HOME: env.XDG_DATA_HOME, ROLLCALL_DB: '' })).toBe(
      `${world.folder}/xdg/rollcall/rollcall.db`,
    );
    expect(place({ XDG_DATA_HOME: 'relative' })).toBe(
      `${world.folder}/.local/share/rollcall/rollcall.db`,
    );
  });

  it('is said with -v', () => {
    const world = makeWorld('shared');
    world.ok('init', '--db', 'a.db');
    expect(world.run('settings:get', 'timezone', '--db', 'a.db', '-v')).toEqual({
      status: 0,
      stdout: 'UTC\n',
      stderr: 'store: a.db\n',
    });
  });
});
