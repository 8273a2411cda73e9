import { describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { fakeIo } from '../../helpers/streams.js';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const FILE = 'email,segments\nann@example.org,news|events\nbob@example.org,news\n';

/**
 * Ann (1) and Bob (2) in the static segment news (1), Ann in events (2) too; hot (3) is dynamic,
 * with Ann.
 */
function crmWithNews(): Crm {
  const crm = makeCrm();
  crm.ok('segments:create', 'News', '--public', '--preference-center');
  crm.ok('segments:create', 'Events');
  crm.world.file('l.csv', FILE);
  crm.world.file(
    'points.csv',
    'email,segments,points\nann@example.org,news|events,80\nbob@example.org,news,\n',
  );
  crm.ok('contacts:import', 'points.csv');
  crm.ok('segments:create', 'Hot', '--where', 'points >= 50', '--update');
  return crm;
}

const members = (crm: Crm, segment: string): string =>
  crm.ok('segments:members', segment, '--format', 'ids').trim().split('\n').join(' ');

describe('a removal from a static segment', () => {
  it('keeps its author, reason and end, is shown wherever pins are, and repeating it changes nothing', () => {
    const { run, json, ok } = crmWithNews();
    const told = {
      segment: 'news',
      joined: 0,
      left: 1,
      pinned: 1,
      unpinned: 0,
      unchanged: 0,
      end_moved: 0,
      held_out: 0,
      until: '2026-04-01T00:00:00Z',
      unknown: 0,
      triggers: [],
    };
    expect(
      json(
        'segments:remove',
        'news',
        'ann@example.org',
        '--reason',
        'asked',
        '--by',
        'ada',
        '--until',
        '2026-04-01',
      ),
    ).toEqual(told);
    expect(run('segments:remove', 'news', '1')).toEqual(done('news: 1 unchanged\n'));
    const pin = { pin: 'out', pin_until: '2026-04-01T00:00:00Z' };
    expect(json('contacts:segments', '1')).toMatchObject([
      { alias: 'events', member: true, pin: null },
      { alias: 'hot' },
      { alias: 'news', member: false, since: null, ...pin },
    ]);
    expect(ok('contacts:show', '1')).toContain(
      '  news    pinned out until 2026-04-01T00:00:00Z, no member\n',
    );
    expect(json('segments:show', 'news')).toMatchObject({
      members: 1,
      pinned_in: 0,
      pinned_out: 1,
      pins_ending: 1,
    });
    expect(json('segments:members', 'news')).toMatchObject([{ contact_id: 2, pin: null }]);
    expect(ok('segments:explain', 'news', '1')).toMatch(
      /^member +no\npin +out, since .* via manual by ada, until .*: asked\n/m,
    );
    expect(json('segments:explain', 'news', '1')).toMatchObject({
      member: false,
      pin: {
        kind: 'out',
        via: 'manual',
        by: 'ada',
        reason: 'asked',
        until: '2026-04-01T00:00:00Z',
      },
      pending: null,
    });
  });

  it('ends with the first update after its end, which says so and puts nobody in', () => {
    const crm = crmWithNews();
    crm.ok('segments:remove', 'news', '1', '--until', 'tomorrow');
    const { status, stderr } = crm.world.runWith(
      { now: '2026-03-02T00:00:00Z' },
      'segments:update',
      '--db',
      'crm.db',
    );
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: '1 removal from news ended: nobody is kept out by it any more\n',
    });
    expect([members(crm, 'news'), crm.json('contacts:segments', '1')]).toMatchObject([
      '2',
      [{ alias: 'events' }, { alias: 'hot' }],
    ]);
    expect(crm.ok('contacts:import', 'l.csv')).toBe('2 rows: 2 unchanged; 1 membership began\n');
  });

  it('has verify and doctor content', () => {
    const crm = crmWithNews();
    crm.ok('segments:remove', 'news', '1');
    expect(crm.run('segments:verify')).toMatchObject({ status: 0 });
    expect(crm.run('doctor')).toMatchObject({ status: 0 });
  });
});

describe('a removal and an import', () => {
  it('that names the segment in a column, or for all: who was removed stays out, and it says so', () => {
    const crm = crmWithNews();
    crm.ok('segments:remove', 'news', '1', '--via', 'form:bye');
    const warning =
      'warning: held out of news: 1 contact removed from it (--override-removals puts them in all the same)\n';
    expect(crm.run('contacts:import', 'l.csv')).toEqual(
      done('2 rows: 2 unchanged; 1 held out\n', warning),
    );
    expect(crm.json('contacts:import', 'l.csv', '--segment', 'news', '--dry-run')).toMatchObject({
      segment_added: 0,
      held_out: 1,
    });
    expect(crm.run('contacts:import', 'l.csv', '--segment', 'news', '--segment', 'events')).toEqual(
      done('2 rows: 2 unchanged; 1 membership began; 1 held out\n', warning),
    );
    expect([members(crm, 'news'), members(crm, 'events')]).toEqual(['2', '1 2']);
    expect(crm.json('contacts:import', 'l.csv', '--override-removals')).toMatchObject({
      segment_added: 1,
      held_out: 0,
    });
    expect([members(crm, 'news'), crm.json('segments:show', 'news')]).toMatchObject([
      '1 2',
      { pinned_out: 0 },
    ]);
    expect(crm.run('contacts:import', 'l.csv')).toEqual(done('2 rows: 2 unchanged\n'));
  });

  it('into a dynamic segment: the same, and the override pins in', () => {
    const crm = crmWithNews();
    crm.ok('segments:remove', 'hot', '1');
    expect(crm.json('contacts:import', 'l.csv', '--segment', 'hot')).toMatchObject({
      segment_added: 1,
      held_out: 1,
    });
    crm.ok('segments:update');
    expect(members(crm, 'hot')).toBe('2');
    expect(
      crm.json('contacts:import', 'l.csv', '--segment', 'hot', '--override-removals'),
    ).toMatchObject({
      segment_added: 1,
      held_out: 0,
    });
    expect(crm.json('segments:members', 'hot')).toMatchObject([
      { contact_id: 1, via: 'import', pin: 'in' },
      { contact_id: 2, via: 'import', pin: 'in' },
    ]);
  });
});

describe('a removal and those who add', () => {
  it('by hand, from stdin too, and by choice: they come back', () => {
    const crm = crmWithNews();
    crm.ok('segments:remove', 'news', '1', '2');
    expect(crm.run('segments:add', 'news', '1')).toEqual(done('news: 1 joined, 1 unpinned\n'));
    expect(crm.runWithInput('bob@example.org\n', 'segments:add', 'news', '-')).toEqual(
      done('news: 1 joined, 1 unpinned\n'),
    );
    crm.ok('segments:remove', 'news', '2');
    expect(crm.run('segments:add', 'news', '2', '--via', 'preference-center')).toEqual(
      done('news: 1 joined, 1 unpinned\n'),
    );
    expect(members(crm, 'news')).toBe('1 2');
  });

  it('through an action: held out, counted and said, with the way to do it', () => {
    const crm = crmWithNews();
    crm.ok('segments:remove', 'news', '1', '--via', 'preference-center');
    const warning =
      'warning: 1 contact held out: removed from news by hand or by the contact; ' +
      '--via manual puts them in by hand\n';
    expect(crm.run('segments:add', 'news', '1', '2', '--via', 'campaign:welcome')).toEqual(
      done('news: 1 held out, 1 unchanged\n', warning),
    );
    expect(crm.json('segments:add', 'news', '1', '--via', 'api')).toMatchObject({
      joined: 0,
      held_out: 1,
      unchanged: 0,
    });
    expect(members(crm, 'news')).toBe('2');
    expect(crm.run('segments:unpin', 'news', '1')).toEqual(done('news: 1 unpinned\n'));
    expect(crm.run('segments:unpin', 'news', '1')).toEqual(done('news: 1 unchanged\n'));
    expect(crm.run('segments:add', 'news', '1', '--via', 'campaign:welcome')).toEqual(
      done('news: 1 joined\n'),
    );
  });
});

describe('segments:convert', () => {
  it('names those who stay removed, both ways and in a plan', () => {
    const crm = crmWithNews();
    crm.ok('segments:remove', 'hot', '1', '--until', '2026-05-01');
    crm.ok('segments:add', 'hot', '2');
    expect(crm.ok('segments:convert', 'hot', '--to', 'static', '--dry-run')).toBe(
      'dry run, nothing was changed: segment hot would become static: 1 member stays, 1 pin dissolved, 1 contact stays removed\n',
    );
    expect(crm.json('segments:convert', 'hot', '--to', 'static')).toMatchObject({
      converted: true,
      members: 1,
      dissolved: 1,
      pinned_out: 1,
    });
    expect(crm.json('contacts:segments', '1')).toMatchObject([
      {},
      { alias: 'hot', pin: 'out', pin_until: '2026-05-01T00:00:00Z' },
      {},
    ]);
    expect(crm.ok('segments:convert', 'hot', '--to', 'dynamic', '--keep', 'pin')).toBe(
      'segment hot is dynamic now: 0 of 1 member matches its filter, 1 member pinned in, 1 contact stays removed\n',
    );
    crm.ok('segments:convert', 'hot', '--to', 'static', '--on', 'today');
    const { stderr } = crm.run('segments:update');
    expect(stderr).toBe(
      'segment hot is static now, as planned: on 2026-03-01; 1 contact stays removed\n',
    );
  });
});

describe('segments:clear', () => {
  it('asks, takes all out, leaves no decision and keeps those that are there', () => {
    const crm = crmWithNews();
    crm.ok('contacts:add', 'cid@example.org');
    crm.ok('segments:remove', 'news', 'cid@example.org');
    const question = 'take all of its 2 members out of segment news?';
    expect(crm.run('segments:clear', 'news')).toEqual(
      refused(2, `nobody is there to ask: ${question}`, 'to go on without being asked, add --yes'),
    );
    expect(crm.runOnTerminal('n\n', 'segments:clear', 'news')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not confirmed'),
    });
    expect(members(crm, 'news')).toBe('1 2');
    expect(crm.json('segments:clear', 'news', '--yes')).toEqual({
      ...{ segment: 'news', left: 2, triggers: [] },
    });
    expect(crm.run('segments:clear', 'news')).toEqual(done('news: 0 members left\n'));
    expect(crm.json('segments:show', 'news')).toMatchObject({ members: 0, pinned_out: 1 });
    expect(crm.ok('contacts:import', 'l.csv')).toBe('2 rows: 2 unchanged; 2 memberships began\n');
  });

  it('is refused for a dynamic segment and an unknown one', () => {
    const { run } = crmWithNews();
    expect(run('segments:clear', 'hot', '--yes')).toEqual(
      refused(
        1,
        'segment hot is dynamic: its filter would fill it again',
        'to take decisions back, contact by contact: rollcall segments:unpin hot CONTACT',
      ),
    );
    expect(run('segments:clear', 'new', '--yes')).toEqual(
      refused(2, 'unknown segment new', 'did you mean news?'),
    );
  });
});

describe('segments:add on a static segment', () => {
  it.each([
    [
      ['--until', 'tomorrow'],
      1,
      'segment news is static: no membership in it ends by itself',
      'leave out --until; removals have an end, and members of dynamic segments',
    ],
  ] as const)('has no place for %j', (args, exit, message, hint) => {
    const crm = crmWithNews();
    crm.ok('contacts:add', 'cid@example.org');
    expect(crm.run('segments:add', 'news', '3', ...args)).toEqual(refused(exit, message, hint));
    expect(members(crm, 'news')).toBe('1 2');
    expect(crm.run('segments:remove', 'news', '3', ...args)).toMatchObject({ status: 0 });
  });
});

it('segments:add keeps author and reason in a static segment, and how both ends came about', () => {
  const crm = crmWithNews();
  crm.ok('contacts:add', 'cid@example.org');
  const onDay = (day: number, ...args: string[]): void => {
    const now = `2026-03-0${day}T08:00:00Z`;
    const { status } = crm.world.runWith({ now }, ...args, '--db', 'crm.db');
    expect(status).toBe(0);
  };
  onDay(1, 'segments:add', 'news', '3', '--reason', 'met at the fair', '--by', 'ada');
  expect(crm.json('segments:members', 'news', '--after', '2')).toMatchObject([
    {
      contact_id: 3,
      via: 'manual',
      by: 'ada',
      reason: 'met at the fair',
      run_id: null,
      version: 1,
    },
  ]);
  expect(crm.ok('segments:members', 'news', '--after', '2', '-v')).toMatch(/ada +met at the fair/);
  onDay(3, 'segments:remove', 'news', '3', '--reason', 'asked', '--by', 'bob');
  const asked = ['segments:members', 'news', '--after', '2', '--as-of', '2026-03-02', '--json'];
  const now = '2026-03-04T08:00:00Z';
  const { stdout } = crm.world.runWith({ now }, ...asked, '--db', 'crm.db');
  expect((JSON.parse(stdout) as { data: unknown }).data).toMatchObject([
    {
      by: 'ada',
      reason: 'met at the fair',
      left_via: 'manual',
      left_by: 'bob',
      left_reason: 'asked',
    },
  ]);
});

it('by whom and why somebody was pinned stands beside how the membership began', () => {
  const crm = crmWithNews();
  const decided = ['--by', 'bob', '--reason', 'asked us'];
  const pinned = { pin_by: 'bob', pin_reason: 'asked us' };
  crm.ok('segments:add', 'hot', '1', ...decided);
  crm.ok('segments:remove', 'news', '1', ...decided);
  crm.ok('segments:delete', 'events', '--yes');
  const both = [
    { alias: 'hot', member: true, via: 'filter', by: null, reason: null, pin: 'in', ...pinned },
    { alias: 'news', member: false, by: null, reason: null, pin: 'out', ...pinned },
  ];
  expect(crm.json('contacts:segments', '1')).toMatchObject(both);
  expect(crm.ok('contacts:segments', '1', '-v')).toMatch(/bob +asked us(.|\n)+bob +asked us/);
  expect(crm.json('segments:members', 'hot', '--limit', '1')).toMatchObject([pinned]);
  expect(crm.json('segments:members', 'hot', '--limit', '1', '--as-of', 'now')).toMatchObject([
    { pin: null, pin_by: null, pin_reason: null },
  ]);
});

it('with -v 80 columns say when somebody left and why', async () => {
  const crm = crmWithNews();
  const decided = ['--by', 'somebody', '--reason', 'asked us by telephone'];
  const onDay = (day: number, ...args: string[]): void => {
    const now = `2026-03-0${day}T08:00:00Z`;
    expect(crm.world.runWith({ now }, ...args, '--db', 'crm.db')).toMatchObject({ status: 0 });
  };
  onDay(1, 'segments:add', 'hot', '2', ...decided);
  onDay(3, 'segments:remove', 'hot', '2', ...decided);
  const { io, stdout } = fakeIo({ columns: 80, env: { NO_COLOR: '1' } });
  const listing = ['segments:members', 'hot', '--as-of', '2026-03-02', '-v'];
  await main([...listing, '--db', `${crm.world.folder}/crm.db`], io);
  expect(stdout()).toMatch(/^left +2026.*\n(?:.*\n)*left reason +asked us by telephone$/m);
});

it('-v says of which file an import was, and by whom and why beside through what', () => {
  const crm = crmWithNews();
  const [head = '', first = ''] = crm.ok('segments:members', 'news', '-v').split('\n');
  expect(head.split(/ {2,}/)).toEqual(
    expect.arrayContaining(['via', 'cause name', 'by', 'reason', 'pin']) as string[],
  );
  expect(head).toMatch(/via +cause name +by +reason +pin/);
  expect(first).toContain('points.csv');
});

it.each(['--by', '--reason'])('an empty %s is refused', (option) => {
  const crm = crmWithNews();
  for (const empty of ['', ' '])
    for (const command of ['segments:add', 'segments:remove'])
      expect(crm.run(command, 'news', '1', option, empty)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('must not be empty') as string,
      });
});

describe('an unpublished segment', () => {
  function crmWithDraft(): Crm {
    const crm = crmWithNews();
    crm.ok('segments:create', 'Draft', '--public', '--preference-center', '--unpublished');
    return crm;
  }

  it.each(['campaign:x', 'form', 'points', 'api', 'preference-center'])(
    'is not joined through %s, and left through it',
    (via) => {
      const crm = crmWithDraft();
      const channel = via.split(':')[0]!;
      expect(crm.run('segments:add', 'draft', '1', '--via', via)).toEqual(
        refused(
          1,
          `segment draft is unpublished: ${channel} actions cannot use it`,
          'publish it with: rollcall segments:edit draft --published',
        ),
      );
      crm.ok('segments:add', 'draft', '1');
      expect(crm.run('segments:remove', 'draft', '1', '--via', via)).toEqual(
        done('draft: 1 left, 1 pinned out\n'),
      );
      expect(crm.run('segments:unpin', 'draft', '1')).toEqual(done('draft: 1 unpinned\n'));
    },
  );

  it('is not imported into, and then nothing is', () => {
    const crm = crmWithDraft();
    const expected = refused(
      1,
      'segment draft is unpublished: imports cannot use it',
      'publish it with: rollcall segments:edit draft --published',
    );
    crm.world.file('d.csv', 'email,segments\nzoe@example.org,news\nann@example.org,draft\n');
    expect(crm.run('contacts:import', 'd.csv')).toEqual(expected);
    expect(crm.run('contacts:import', 'l.csv', '--segment', 'draft')).toEqual(expected);
    expect(crm.json('contacts:list', '--search', 'zoe')).toEqual([]);
  });

  it('is told from others in the list, at 80 columns too', async () => {
    const crm = crmWithNews();
    expect(crm.ok('segments:list')).not.toContain('published');
    crm.ok('segments:create', 'Draft', '--unpublished');
    const { io, stdout } = fakeIo({ columns: 80, env: { NO_COLOR: '1' } });
    await main(['segments:list', '--db', `${crm.world.folder}/crm.db`], io);
    const lines = stdout().split('\n');
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect([
      lines[0],
      lines.find((line) => line.includes('draft')),
      lines.find((line) => line.includes('news')),
    ]).toEqual([
      expect.stringMatching(/type +published +members/),
      expect.stringMatching(/Draft +static +no /),
      expect.stringMatching(/News +static +yes /),
    ]);
    expect(crm.json('segments:list')).toMatchObject([
      { published: true },
      { published: true },
      { published: true },
      { alias: 'draft', published: false },
    ]);
  });
});

describe('an empty list says why', () => {
  it('nothing matches, or nothing is there', () => {
    const { run } = makeCrm();
    const create =
      "no segments: make one with rollcall segments:create 'French leads' --where 'country = \"FR\"'\n";
    expect(run('segments:list')).toEqual(done('', create));
    for (const asked of [
      ['--search', 'x'],
      ['--type', 'static'],
      ['--after', '9'],
    ])
      expect(run('segments:list', ...asked)).toEqual(done('', 'no segments match\n'));
    expect([run('contacts:list'), run('contacts:list', '--where', 'points > 1')]).toEqual([
      done('', 'no contacts\n'),
      done('', 'no contacts match\n'),
    ]);
    expect([run('events:list'), run('events:list', '--since', '2026-01-01')]).toEqual([
      done('', 'no events\n'),
      done('', 'no events match\n'),
    ]);
  });

  it('of members who joined since then, others being there', () => {
    const { run } = crmWithNews();
    expect(run('segments:members', 'news', '--joined-since', '2026-04-01')).toEqual(
      done('', 'no members match\n'),
    );
  });
});

describe('how members joined', () => {
  it('tells the import and its file', () => {
    const crm = crmWithNews();
    expect(crm.json('segments:members', 'news')).toMatchObject([
      { contact_id: 1, via: 'import', import_id: 1, cause_name: 'points.csv' },
      { contact_id: 2, via: 'import', import_id: 1, cause_name: 'points.csv' },
    ]);
  });
});
