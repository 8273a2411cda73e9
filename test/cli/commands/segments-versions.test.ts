import { describe, expect, it } from 'vitest';
import { NOW } from '../../helpers/run.ts';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const ANYBODY: unknown = expect.any(String);

/** `hot` with three versions, by ann and bob. */
function makeVersions(): Crm {
  const crm = makeCrm();
  const { ok } = crm;
  ok('segments:create', 'Hot', '--where', 'points > 1', '--note', 'a first guess');
  ok('segments:edit', 'hot', '--where', 'points > 2 and city = "Rome"', '--note', 'who is in Rome');
  ok('segments:edit', 'hot', '--description', 'to be called', '--name', 'Hot ones');
  return crm;
}

describe('segments:versions', () => {
  it('lists them, the latest first, with what changed and why', () => {
    const { json } = makeVersions();
    expect(json('segments:versions', 'hot')).toEqual([
      { version: 3, saved_at: NOW, by: ANYBODY, changed: ['name', 'description'], note: null },
      { version: 2, saved_at: NOW, by: ANYBODY, changed: ['filter'], note: 'who is in Rome' },
      { version: 1, saved_at: NOW, by: ANYBODY, changed: [], note: 'a first guess' },
    ]);
  });

  it('an edit that changes nothing makes none', () => {
    const { ok, json } = makeVersions();
    ok('segments:edit', 'hot', '--description', 'to be called', '--note', 'once more');
    expect(json('segments:versions', 'hot')).toHaveLength(3);
  });

  it('the commands of filters make them, with their notes', () => {
    const { ok, json } = makeVersions();
    ok('segments:filters:add', 'hot', '--where', 'country = "IT"', '--note', 'added');
    ok('segments:filters:set', 'hot', '--where', 'points > 9', '--note', 'set');
    ok('segments:filters:add', 'hot', '--glue', 'or', '--where', 'country = "FR"');
    ok('segments:filters:remove', 'hot', '2', '--note', 'removed');
    const notes = (json('segments:versions', 'hot') as { note: string | null }[]).map(
      ({ note }) => note,
    );
    expect(notes.slice(0, 4)).toEqual(['removed', null, 'set', 'added']);
  });
});

describe('segments:filters:set', () => {
  it.each([
    [['hot'], 'the filter is missing', "give it behind the segment: 'points >= 80'"],
    [
      ['hot', 'points > 1', '--where', 'points > 2'],
      'the filter is given twice',
      'give it as an argument, or with --where',
    ],
  ])('takes one filter: %j', (words, message, hint) => {
    const { run } = makeVersions();
    expect(run('segments:filters:set', ...words)).toEqual(refused(2, message, hint));
  });
});

describe('segments:show --version', () => {
  it('shows a definition with the names of today', () => {
    const { ok, json } = makeVersions();
    ok('segments:edit', 'hot', '--alias', 'hotter');
    expect(json('segments:show', 'hotter', '--version', '2')).toMatchObject({
      version: 2,
      name: 'Hot',
      alias: 'hot',
      type: 'dynamic',
      published: true,
      filter: 'points > 2 and city = "Rome"',
      changed: ['filter'],
    });
  });

  it('refuses one that there is not', () => {
    expect(makeVersions().run('segments:show', 'hot', '--version', '4')).toEqual(
      refused(
        2,
        'segment hot has 3 versions, and no version 4',
        '`rollcall segments:versions hot --db crm.db` lists them',
      ),
    );
  });
});

describe('segments:diff', () => {
  it('shows what is different, line by line', () => {
    expect(makeVersions().ok('segments:diff', 'hot', '1', '3')).toBe(
      [
        '--- version 1',
        '+++ version 3',
        '- name: Hot',
        '+ name: Hot ones',
        '  alias: hot',
        '  type: dynamic',
        '+ description: to be called',
        '  filter:',
        '-   points > 1',
        '+   points > 2',
        '+   and city = "Rome"',
        '',
      ].join('\n'),
    );
  });

  it('says what is known where a field is gone', () => {
    const { ok } = makeVersions();
    ok('fields:create', 'plan', '--type', 'text');
    ok('segments:edit', 'hot', '--where', 'points > 2 and plan = "pro"');
    ok('segments:edit', 'hot', '--where', 'points > 2');
    ok('fields:delete', 'plan', '--yes');
    expect(ok('segments:diff', 'hot', '4', '5').split('\n').slice(-4, -1)).toEqual([
      '  filter:',
      '    points > 2',
      expect.stringMatching(/^- {3}and \(.*no longer exists/),
    ]);
  });

  it('says where there is nothing', () => {
    expect(makeVersions().ok('segments:diff', 'hot', '2', '2')).toBe(
      'version 2 and version 2 say the same\n',
    );
  });
});

describe('segments:rollback', () => {
  it('gives the definition back as a new version, and not the alias', () => {
    const { ok, json } = makeVersions();
    ok('segments:edit', 'hot', '--alias', 'hotter');
    expect(ok('segments:rollback', 'hotter', '1')).toBe(
      'segment hotter is as in version 1 again: name, filter, description changed\n',
    );
    expect(json('segments:show', 'hotter')).toMatchObject({
      name: 'Hot',
      alias: 'hotter',
      description: null,
      filter: 'points > 1',
    });
    expect(json('segments:versions', 'hotter')).toMatchObject([
      { version: 5, note: 'back to version 1' },
      { version: 4, changed: ['alias'] },
      {},
      {},
      {},
    ]);
    expect(ok('segments:rollback', 'hotter', '1', '--note', 'sure')).toBe(
      'segment hotter is as in version 1 already\n',
    );
  });

  it('makes members follow at the next update', () => {
    const { ok, json } = makeCrm();
    ok('contacts:add', 'a@example.org', '--set', 'points=2');
    ok('segments:create', 'Hot', '--where', 'points > 1');
    ok('segments:edit', 'hot', '--where', 'points > 5', '--update');
    ok('segments:rollback', 'hot', '1');
    ok('segments:update');
    expect(json('segments:show', 'hot')).toMatchObject({ members: 1 });
  });

  it('refuses a filter whose field is gone, and leaves the definition', () => {
    const { ok, run, json } = makeCrm();
    ok('fields:create', 'plan', '--type', 'text');
    ok('segments:create', 'Pro', '--where', 'plan = "pro"');
    ok('segments:edit', 'pro', '--where', 'points > 1');
    ok('fields:delete', 'plan', '--yes');
    const { status, stderr } = run('segments:rollback', 'pro', '1');
    expect([status, stderr]).toEqual([2, expect.stringContaining('field')]);
    expect(json('segments:versions', 'pro')).toHaveLength(2);
  });

  it('refuses to close a circle', () => {
    const { ok, run } = makeCrm();
    ok('segments:create', 'Base', '--where', 'points > 1');
    ok('segments:create', 'Top', '--where', 'in segment base');
    ok('segments:edit', 'top', '--where', 'points > 2');
    ok('segments:edit', 'base', '--where', 'in segment top');
    expect(run('segments:rollback', 'top', '1')).toMatchObject({ status: 2 });
  });

  it('refuses to unpublish what a filter names', () => {
    const { ok, run } = makeCrm();
    ok('segments:create', 'Base', '--where', 'points > 1', '--unpublished');
    ok('segments:edit', 'base', '--published');
    ok('segments:create', 'Top', '--where', 'in segment base');
    expect(run('segments:rollback', 'base', '1')).toEqual(
      refused(
        1,
        'segment base cannot be unpublished: top refers to it',
        'change that filter first: rollcall segments:filters top',
      ),
    );
  });

  it('refuses a version of the other type', () => {
    const { ok, run } = makeVersions();
    ok('segments:convert', 'hot', '--to', 'static');
    expect(run('segments:rollback', 'hot', '1')).toEqual(
      refused(
        1,
        'segment hot is static, and was dynamic in version 1',
        'convert it first: rollcall segments:convert hot --to dynamic',
      ),
    );
  });
});

describe('segments:clone', () => {
  it('takes the definition, unpublished and without members', () => {
    const { ok, json } = makeVersions();
    ok('contacts:add', 'a@example.org', '--set', 'points=3', '--set', 'city=Rome');
    ok('segments:update');
    expect(ok('segments:clone', 'hot', 'Hot, again')).toBe(
      'made dynamic segment hot-again (id 2) like hot; it is unpublished\n',
    );
    expect(json('segments:show', 'hot-again')).toMatchObject({
      filter: 'points > 2 and city = "Rome"',
      description: 'to be called',
      published: false,
      members: 0,
    });
    expect(json('segments:versions', 'hot-again')).toMatchObject([{ note: 'cloned from hot' }]);
  });

  it.each([
    ['hot', [], 1],
    ['   ', [], 2],
    ['   ', ['--alias', 'blank'], 2],
    ['Again', ['--alias', '12'], 2],
  ])('is refused: %j %j', (name, more, status) => {
    const { run, json } = makeVersions();
    expect(run('segments:clone', 'hot', name, ...more)).toMatchObject({ status, stdout: '' });
    expect(json('segments:list')).toHaveLength(1);
  });
});

it('segments:usage lists what holds a segment, and its planned conversion', () => {
  const { ok, json, run } = makeVersions();
  ok('segments:create', 'Top', '--where', 'in segment hot or joined segment hot in last 30 days');
  ok('segments:convert', 'hot', '--to', 'static', '--on', '2030-01-01');
  expect(json('segments:usage', 'hot')).toEqual([
    { kind: 'filter', name: 'top', prevents_deleting: true },
    { kind: 'conversion', name: 'on 2030-01-01', prevents_deleting: false },
  ]);
  expect(run('segments:usage', 'top')).toEqual(done('', 'nothing uses segment top\n'));
});

it('a command with a --version of its own leaves -V for that of the program', () => {
  const { run } = makeVersions();
  const program = run('--version');
  expect(program.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run('segments:show', '-V')).toEqual(program);
  expect(run('segments:list', '--version')).toEqual(program);
});
