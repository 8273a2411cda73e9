import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import {
  CTRL_C,
  CTRL_D,
  HAS_TERMINAL,
  onTerminal,
  progressShown,
} from '../helpers/pseudo-terminal.ts';
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

  it('names who it is about, and what is lost line by line, within the terminal', async () => {
    const world = worldWithSegment();
    const set = ['--set', 'company=Quillacier Ltd.', '--set', 'city=Saint-Jean-de-Luz', '--db'];
    world.ok('contacts:edit', '1', '--set', 'company=Acme', '--set', 'city=Rome', '--db', 'crm.db');
    world.ok('contacts:add', 'bo@example.org', ...set, 'crm.db');
    const ask = async (...args: string[]): Promise<string[]> => {
      const typed = [{ after: QUESTION, keys: 'n\n' }];
      const on = { folder: world.folder, columns: 44, typed };
      const { screen } = await onTerminal([...args, '--db', 'crm.db'], on);
      return screen.split('\n').filter((line) => !line.startsWith('error:'));
    };
    const merging = await ask('contacts:merge', '1', '2');
    expect(merging.slice(0, 6)).toEqual([
      'would be lost: email bo@example.org',
      'would be lost: city Saint-Jean-de-Luz',
      'would be lost: company Quillacier Ltd.',
      'merge 1 contact (2, bo@example.org) into',
      'contact 1, ann@example.org, and delete it?',
      '[y/N] n',
    ]);
    const deleting = await ask('contacts:delete', '1', '2');
    expect(deleting.slice(0, 3)).toEqual([
      'delete 2 contacts (1 ann@example.org, 2',
      'bo@example.org) with all that is known of',
      'them? [y/N] n',
    ]);
    expect((await ask('contacts:unsuppress', '1')).join(' ')).toContain('(1 ann@example.org)');
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

describe.skipIf(!HAS_TERMINAL)('the progress of an import', () => {
  /** More than is read at once, with a row that is rejected at the beginning. */
  const table = (header: string, bad: string, row: (number: number) => string): string => {
    const rows = Array.from({ length: 6_000 }, (_, number) => row(number));
    return [header, bad, ...rows, ''].join('\n');
  };
  const long = 'x'.repeat(60);
  const people = table(
    'email,title',
    'nobody,x',
    (number) => `p${number}@example.org,${long}${number}`,
  );
  const files = {
    'people.csv': people,
    'people.csv.gz': gzipSync(people),
    'firms.csv': table('name,city', ',x', (number) => `Firm ${number},${long}`),
    'hits.csv': table(
      'email,type,occurred_at,subject',
      'ann@example.org,page.hit,never,x',
      (number) => `ann@example.org,page.hit,2026-01-01T10:00:00Z,${long}${number}`,
    ),
    'stop.csv': table('address,Note', 'nobody,x', (number) => `p${number}@example.org,${long}`),
  };
  const world = (): World => {
    const made = worldWithSegment();
    made.file('good.csv', people.replace('nobody,x\n', ''));
    for (const [name, content] of Object.entries(files)) made.file(name, content);
    made.ok('segments:create', 'All', '--where', 'email is not empty', '--db', 'crm.db');
    return made;
  };
  const shownBy = async (
    words: readonly string[],
    place: Partial<Parameters<typeof onTerminal>[1]> = {},
  ): Promise<string[]> => {
    const { folder } = world();
    const { screen, status } = await onTerminal([...words, '--db', 'crm.db'], { folder, ...place });
    expect([words, status]).toEqual([words, 3]);
    return progressShown(screen);
  };
  const PART = String.raw`\d+ %, \d+s left, [\d,]+ rows, 1 rejected, [\d,]+ rows/s$`;

  it.each([
    ['people.csv', ['contacts:import', 'people.csv']],
    ['people.csv.gz', ['contacts:import', 'people.csv.gz']],
    ['firms.csv', ['companies:import', 'firms.csv']],
    ['hits.csv', ['events:import', 'hits.csv']],
    ['stop.csv', ['suppressions:import', 'stop.csv']],
    ['people.csv', ['segments:import', 'hot', 'people.csv', '--create-contacts']],
  ])('tells of %s how much is read, then that it is stored', async (name, words) => {
    const shown = await shownBy(words);
    expect(shown[0]).toBe(`opening ${name}`);
    const parts = shown.filter((text) => text.startsWith('reading '));
    expect(parts[0]).toMatch(new RegExp(`^reading ${name.slice(0, 5)}[^:]*: ${PART}`));
    expect(shown).toContain(`storing ${name}: 6,000 rows`);
    for (const text of shown) expect(text.length).toBeLessThan(80);
  });

  it('goes on with the segments', async () => {
    const into = ['--segment', 'hot', '--mirror', '--max-shrink', '100%', '--yes', '--update'];
    const { screen } = await onTerminal(
      ['contacts:import', 'good.csv', ...into, '--db', 'crm.db'],
      { folder: world().folder },
    );
    const stages = ['comparing hot with good.csv', 'adding to hot: 6,000 contacts', '1 of 1: all'];
    expect(progressShown(screen).filter((text) => stages.includes(text))).toEqual(stages);
  });

  it('says less where the terminal is narrow', async () => {
    const shown = await shownBy(['contacts:import', 'people.csv'], { columns: 40 });
    const parts = shown.filter((text) => text.startsWith('reading '));
    expect(parts[0]).toMatch(/^reading people\.csv: \d+ %, \d+s left$/);
  });

  it('tells how much has come of a pipe', async () => {
    const { folder } = world();
    const { screen } = await onTerminal(['contacts:import', '/dev/stdin', '--db', 'crm.db'], {
      folder,
      typed: [{ after: '', keys: `email\np1@example.org\n${CTRL_D}` }],
    });
    expect(screen).toMatch(/receiving stdin: \d+ bytes/);
  });

  it('is not told with --quiet, and not where standard error is no terminal', async () => {
    const { folder, run } = world();
    const words = ['contacts:import', 'people.csv', '--db', 'crm.db'];
    const { screen } = await onTerminal([...words, '-q'], { folder });
    expect(screen).not.toContain('reading');
    expect(run(...words).stderr).not.toContain('reading');
  });
});
