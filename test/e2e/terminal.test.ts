import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CTRL_C, CTRL_D, HAS_TERMINAL, onTerminal } from '../helpers/pseudo-terminal.ts';
import { makeWorld, type World } from '../helpers/run.ts';

function worldWithSegment(): World {
  const world = makeWorld();
  world.ok('init', '--db', 'crm.db');
  world.ok('contacts:add', 'ann@example.org', '--db', 'crm.db');
  world.ok('segments:create', 'Hot leads', '--alias', 'hot', '--db', 'crm.db');
  world.ok('segments:add', 'hot', 'ann@example.org', '--db', 'crm.db');
  return world;
}

const isThere = (world: World): boolean =>
  world.ok('segments:list', '--format', 'ndjson', '--db', 'crm.db').includes('"alias":"hot"');

describe('the program', () => {
  const dist = new URL('../../dist/', import.meta.url).pathname;
  const chunks = readdirSync(dist).filter((name) => name.endsWith('.cjs'));

  it('has chunks', () => expect(chunks.length).toBeGreaterThan(10));

  it.each(chunks)('has no import() in %s: scripts of the code cache cannot run it', (name) => {
    expect(readFileSync(join(dist, name), 'utf8')).not.toMatch(/\bimport\s*\(/);
  });
});

describe.skipIf(!HAS_TERMINAL)('a confirmation on a terminal', () => {
  const QUESTION = '[y/N] ';
  const answers = [
    ['y', 'y\n', 0, false],
    ['yes', 'YES\n', 0, false],
    ['no', 'n\n', 1, true],
    ['an empty line', '\n', 1, true],
    ['something else', 'maybe\n', 1, true],
    ['Ctrl-D', CTRL_D, 1, true],
    ['Ctrl-C', CTRL_C, 130, true],
    ['half a word and Ctrl-C', `ye${CTRL_C}`, 130, true],
  ] as const;

  it.each(answers)('after %s', async (_name, keys, status, remains) => {
    const world = worldWithSegment();
    const shown = await onTerminal(['segments:delete', 'hot', '--db', 'crm.db'], {
      folder: world.folder,
      typed: [{ after: QUESTION, keys }],
    });
    expect(shown).toMatchObject({ status });
    expect(shown.screen).toContain(
      'delete segment hot with its 1 member, pins and history? [y/N] ',
    );
    expect(shown.screen).not.toContain('bug');
    expect(isThere(world)).toBe(remains);
  });

  it('takes what was typed ahead', async () => {
    const world = worldWithSegment();
    expect(
      await onTerminal(['segments:delete', 'hot', '--db', 'crm.db'], {
        folder: world.folder,
        typed: [{ after: '', keys: 'y\n' }],
      }),
    ).toMatchObject({ status: 0 });
    expect(isThere(world)).toBe(false);
  });

  it('says that nothing was changed on a line of its own', async () => {
    const world = worldWithSegment();
    const { screen } = await onTerminal(['segments:delete', 'hot', '--db', 'crm.db'], {
      folder: world.folder,
      typed: [{ after: QUESTION, keys: CTRL_D }],
    });
    expect(screen).toMatch(/^error: not confirmed, nothing was changed$/m);
  });

  it('is not asked with --yes, and not with --no-interaction', async () => {
    const world = worldWithSegment();
    const refused = await onTerminal(['segments:delete', 'hot', '-n', '--db', 'crm.db'], {
      folder: world.folder,
    });
    expect(refused).toMatchObject({ status: 2 });
    expect(isThere(world)).toBe(true);
    expect(
      await onTerminal(['segments:delete', 'hot', '-y', '--db', 'crm.db'], {
        folder: world.folder,
      }),
    ).toMatchObject({ status: 0 });
    expect(isThere(world)).toBe(false);
  });

  it('is not asked where standard input was read to its end', async () => {
    const world = worldWithSegment();
    const typed = [{ after: '', keys: `ann@example.org\n${CTRL_D}` }];
    const { status, screen } = await onTerminal(['contacts:delete', '-', '--db', 'crm.db'], {
      folder: world.folder,
      typed,
    });
    expect(status).toBe(2);
    expect(screen).toContain('nobody is there to ask');
    expect(world.ok('contacts:list', '--format', 'ids', '--db', 'crm.db')).toBe('1\n');
  });
});

/** What a spinner may write in a second or two, and not what one that never ends does. */
const MOST_SHOWN = 20_000;

describe.skipIf(!HAS_TERMINAL)('progress', () => {
  const world = (): World => {
    const made = worldWithSegment();
    made.file('more.csv', 'email,title\nbo@example.org,\u6771\u4eac\n');
    made.ok('segments:create', 'All', '--where', 'email is not empty', '--db', 'crm.db');
    return made;
  };
  const commands = [
    ['doctor'],
    ['segments:update'],
    ['segments:verify'],
    ['contacts:import', 'more.csv'],
    ['contacts:export'],
    ['segments:preview', 'email is not empty'],
  ];
  const places = [
    ['of 0 columns', { columns: 0 }, false],
    ['of 1 column', { columns: 1 }, false],
    ['of 20 columns', { columns: 20 }, true],
    ['of 80 columns', { columns: 80 }, true],
    ['that is dumb', { env: { TERM: 'dumb' } }, false],
    ['in CI', { env: { CI: '1' } }, false],
  ] as const;

  it.each([
    [['--color', 'never'], { FORCE_COLOR: '1', NO_COLOR: '' }, false],
    [[], { NO_COLOR: '1' }, false],
    [[], { NO_COLOR: '' }, true],
  ])('with %j and %j has colour: %s', async (options, env, isColoured) => {
    const { folder } = world();
    const { screen } = await onTerminal(['segments:verify', '--db', 'crm.db', ...options], {
      folder,
      env,
    });
    expect(screen).toContain('verifying');
    expect(screen.includes('\u001b[36m')).toBe(isColoured);
  });

  it.each(places)('comes to its end on a terminal %s', async (_name, place, turns) => {
    const { folder } = world();
    const shown = await Promise.all(
      commands.map(async (command) =>
        onTerminal([...command, '--db', 'crm.db'], { folder, ...place }),
      ),
    );
    expect(shown.map(({ status }) => status)).toEqual(commands.map(() => 0));
    for (const { screen } of shown) expect(screen.length).toBeLessThan(MOST_SHOWN);
    expect(shown.some(({ screen }) => screen.includes('\u001b['))).toBe(turns);
  });
});
