import { beforeEach, describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

/** Ann (1), Bob (2) and Cy (3), of as many points; Ann is in news. */
let crm: Crm;
const ONE = ['--contact', '1'];
beforeEach(() => {
  crm = makeCrm();
  for (const [index, name] of ['ann', 'bob', 'cy'].entries())
    crm.ok('contacts:add', `${name}@example.org`, '--set', `points=${index + 1}`);
  crm.ok('segments:create', 'News', '--public', '--preference-center');
  crm.ok('segments:create', 'Tips', '--public');
  crm.ok('segments:create', 'Inner');
  crm.ok('segments:create', 'Hot', '--where', 'points > 2', '--update');
  crm.ok('segments:add', 'news', '1');
});

const members = (segment: string): string =>
  crm.ok('segments:members', segment, '--format', 'ids').trim().split('\n').join(' ');

describe('segments:modify', () => {
  const modify = (...words: string[]) => crm.run('segments:modify', ...words);

  it('changes several segments at once, as segments:add and segments:remove do', () => {
    expect(
      modify(
        ...['--contact', '1', '--contact', 'bob@example.org', '--add', 'tips,hot', '--add', '2'],
        ...[
          '--remove',
          'news',
          '--via',
          'campaign:welcome',
          '--reason',
          'clicked',
          '--by',
          'robot',
        ],
      ),
    ).toEqual(refused(1, ...NOT_PUBLIC('hot', 'campaign')));
    expect([members('tips'), members('news')]).toEqual(['', '1']);
    expect(
      modify(
        ...['--contact', '1', '2', '--add', 'tips,TIPS', '--remove', 'news'],
        ...['--via', 'campaign:welcome', '--reason', 'clicked', '--by', 'robot'],
      ),
    ).toEqual(done('tips: 2 joined\nnews: 1 left, 2 pinned out\n'));
    expect(crm.json('segments:members', 'tips', '-v')).toMatchObject([
      { contact_id: 1, via: 'campaign:welcome' },
      { contact_id: 2, via: 'campaign:welcome' },
    ]);
    expect(crm.ok('segments:members', 'tips', '-v')).toMatch(/robot +clicked/);
  });

  it('tells programs what was done in each', () => {
    expect(crm.json('segments:modify', '--contact', '3', '--add', 'hot', '--via', 'api')).toEqual({
      contacts: 1,
      segments: [
        {
          ...{ segment: 'hot', change: 'add', joined: 0, left: 0, pinned: 1, unpinned: 0 },
          ...{ unchanged: 0, end_moved: 0, held_out: 0 },
        },
      ],
      unknown: 0,
      triggers: [],
    });
  });

  it('leaves unknown lines of standard input out (3), and does nothing where one is an argument', () => {
    const words = ['--contact', '-', '--add', 'tips', '--via', 'manual'];
    expect(crm.runWithInput('1\nnobody\n3\n', 'segments:modify', ...words)).toMatchObject({
      ...{ status: 3, stdout: 'tips: 2 joined\n' },
      stderr: 'warning: 1 unknown contact left out: `nobody`\n',
    });
    expect(modify('--contact', '2', '99', '--add', 'tips', '--via', 'manual')).toMatchObject({
      ...{ status: 2, stderr: expect.stringContaining('unknown contact `99`') as string },
    });
    expect(members('tips')).toBe('1 3');
  });

  it('takes contacts as arguments, as its usage says', () => {
    const words = ['1', '3', '--add', 'tips', '--via', 'manual'];
    expect(modify(...words)).toEqual(done('tips: 2 joined\n'));
  });

  it('tries what would come of it, and does nothing', () => {
    const words = ['1', '--add', 'tips', '--remove', 'news', '--via', 'manual', '--dry-run'];
    expect(modify(...words)).toEqual(
      done('dry run, nothing was changed: tips: 1 joined\nnews: 1 left, 1 pinned out\n'),
    );
    expect(crm.json('segments:modify', ...words)).toMatchObject({ dry_run: true });
    expect([members('tips'), members('news')]).toEqual(['', '1']);
    expect(modify(...words, '--update')).toMatchObject({ status: 2, stdout: '' });
  });

  it('says who was held out of which', () => {
    crm.ok('segments:remove', 'tips', '2');
    const ran = modify('--contact', '2', '--add', 'news,tips', '--via', 'form');
    expect(ran.stdout).toBe('news: 1 joined\ntips: 1 held out\n');
    expect(ran.stderr).toMatch(/removed from tips by hand.*rollcall segments:add tips 2\n$/);
  });

  it.each([
    ['without a contact', ['--add', 'tips', '--via', 'api'], 2, 'no contact is named'],
    ['without a segment', ['--contact', '1', '--via', 'api'], 2, 'no segment is named'],
    ['without a channel', ['--contact', '1', '--add', 'tips'], 2, '`--via <channel>` is missing'],
    ['of no channel', [...ONE, '--add', 'tips', '--via', 'cmapaign'], 2, 'unknown channel'],
    ['with an unknown segment', [...ONE, '--add', 'tipps', '--via', 'api'], 2, 'unknown segment'],
    [
      ...[
        'with a segment on both sides',
        [...ONE, '--add', 'tips', '--remove', '2', '--via', 'api'],
      ],
      ...[2, 'both added to and removed from'],
    ],
    [
      ...[
        'with one that is not offered',
        [...ONE, '--add', 'news,tips', '--via', 'preference-center'],
      ],
      ...[1, 'preference center'],
    ],
  ] as [string, string[], number, string][])('is refused %s', (_, words, status, message) => {
    expect(modify(...words)).toMatchObject({
      ...{ status, stdout: '', stderr: expect.stringContaining(message) as string },
    });
    expect([members('tips'), members('news')]).toEqual(['', '1']);
  });
});

const NOT_PUBLIC = (alias: string, channel: string): [string, string] => [
  `segment ${alias} is not public: ${channel} actions may not touch it`,
  `make it public with: rollcall segments:edit ${alias} --public`,
];

describe('segments:add and segments:remove of whom a filter or a segment names', () => {
  const add = (...words: string[]) => crm.run('segments:add', ...words);
  const remove = (...words: string[]) => crm.run('segments:remove', ...words);

  it('say what came of it, and hold removals', () => {
    crm.ok('segments:remove', 'tips', '2', '--via', 'form');
    expect(add('tips', '--where', 'points >= 1', '--reason', 'spring')).toMatchObject({
      ...{ status: 0, stdout: 'tips: 2 joined, 1 held out\n' },
      stderr:
        'warning: 1 contact held out: removed from tips before; ' +
        '--override-removals puts them in all the same\n',
    });
    expect(add('tips', '--where', 'points >= 1', '--override-removals')).toEqual(
      done('tips: 1 joined, 1 unpinned, 2 unchanged\n'),
    );
    expect(remove('tips', '--from-segment', 'news')).toEqual(done('tips: 1 left\n'));
    expect(add('tips', '--from-segment', 'news')).toEqual(done('tips: 1 joined\n'));
    expect(remove('tips', '--where', 'points > 1')).toEqual(done('tips: 2 left\n'));
    expect(add('tips', '--where', 'points > 5')).toEqual(done('tips: no contact matches\n'));
    expect(remove('tips', '--where', 'points > 1')).toEqual(done('tips: no member matches\n'));
    expect(add('tips', '--from-segment', 'inner')).toEqual(done('tips: no contact is in inner\n'));
    expect(remove('tips', '--from-segment', 'inner')).toEqual(
      done('tips: no member is in inner\n'),
    );
    expect(members('tips')).toBe('1');
    expect(add('hot', '--from-segment', 'tips')).toEqual(done('hot: 1 joined, 1 pinned\n'));
  });

  it('try what would come of it, and do nothing', () => {
    for (const words of [
      ['1', '2'],
      ['--where', 'points < 3'],
    ])
      expect(add('tips', ...words, '--dry-run')).toEqual(
        done('dry run, nothing was changed: tips: 2 joined\n'),
      );
    expect(members('tips')).toBe('');
    for (const [words, said] of [
      [['1'], '1 left, 1 pinned out'],
      [['--where', 'points < 3'], '1 left'],
    ] as const)
      expect(remove('news', ...words, '--dry-run', '-q')).toEqual(
        done(`dry run, nothing was changed: news: ${said}\n`),
      );
    expect(members('news')).toBe('1');
    expect(add('tips', '1', '--dry-run', '--update')).toMatchObject({ status: 2, stdout: '' });
  });

  it('read the filter from standard input or a file', () => {
    crm.world.file('f.txt', 'points = 2\n');
    expect(add('tips', '--where', '@f.txt').stdout).toBe('tips: 1 joined\n');
    expect(crm.runWithInput('points = 3', 'segments:add', 'tips', '--where', '-').stdout).toBe(
      'tips: 1 joined\n',
    );
    expect(add('tips', '--where', '@missing.txt').status).toBe(66);
  });

  it.each([
    ['nobody', ['tips'], 'nobody is named'],
    ['a filter and contacts', ['tips', '1', '--where', 'points > 1'], '`--where` and contacts'],
    [
      ...['a filter and a segment', ['tips', '--where', 'points > 1', '--from-segment', 'news']],
      '`--where` and `--from-segment`',
    ],
    ['the segment itself', ['tips', '--from-segment', 'tips'], 'is the segment itself'],
    ['an unknown segment', ['tips', '--from-segment', 'nwes'], 'unknown segment nwes'],
    ['a filter that is none', ['tips', '--where', 'pionts > 1'], 'unknown field'],
    ['an empty filter', ['tips', '--where', ''], 'error: '],
  ] as [string, string[], string][])('refuse %s', (_, words, message) => {
    for (const command of [add, remove])
      expect(command(...words)).toMatchObject({
        ...{ status: 2, stdout: '', stderr: expect.stringContaining(message) as string },
      });
  });

  it('refuse options that mean nothing with them, or without', () => {
    expect(add('tips', '1', '--override-removals')).toMatchObject({ status: 2 });
    expect(remove('tips', '--where', 'points > 1', '--until', 'tomorrow')).toMatchObject({
      status: 2,
    });
    const dynamic = remove('hot', '--where', 'points > 1');
    expect([dynamic.status, dynamic.stderr]).toEqual([
      1,
      expect.stringContaining('segment hot is dynamic'),
    ]);
    expect(members('hot')).toBe('3');
  });
});

describe('contacts:preferences', () => {
  it('shows a table, or a document, and stores a choice', () => {
    expect(crm.ok('contacts:preferences', '1')).toBe('segment  name  chosen\nnews     News  yes\n');
    expect(crm.run('contacts:preferences', '1', '--set', '')).toEqual(
      done('contact 1 left news\n'),
    );
    expect(crm.json('contacts:preferences', '1', '--set', 'news')).toEqual({
      contact_id: 1,
      segments: [{ segment: 'news', name: 'News', chosen: true }],
      joined: ['news'],
      left: [],
      triggers: [],
    });
    expect(crm.ok('contacts:preferences', '1', '--set', 'news')).toBe(
      'contact 1 chose what it had\n',
    );
    crm.ok('segments:edit', 'news', '--public-name', 'What is new');
    expect(crm.ok('contacts:preferences', '1', '--set', 'what IS new')).toBe(
      'contact 1 chose what it had\n',
    );
    expect(crm.run('contacts:preferences', '1', '--update')).toMatchObject({ status: 2 });
    expect(crm.run('contacts:preferences', '9')).toMatchObject({ status: 2 });
    expect(crm.run('contacts:preferences', '1', '--set', 'inner')).toMatchObject({ status: 1 });
    crm.ok('segments:edit', 'news', '--no-preference-center');
    expect(crm.run('contacts:preferences', '1').stderr).toContain('nothing is offered');
  });
});
