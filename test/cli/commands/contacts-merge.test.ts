import { describe, expect, it, test } from 'vitest';
import { type Crm, makeCrm, refused } from './crm.ts';

const members = ({ json }: Crm, alias: string): string[] =>
  (json('segments:members', alias) as { email: string }[]).map(({ email }) => email);

describe('an import that is taken back after a merge', () => {
  it('deletes nobody who is another person entered by hand as well', () => {
    const { world, ok, json } = makeCrm();
    world.file('people.csv', 'email,phone\nw@example.org,123\n');
    ok('contacts:import', 'people.csv');
    ok('contacts:add', 'l@example.org', '--set', 'phone=999');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    ok('imports:undo', 'last', '--yes');
    expect(json('contacts:list')).toMatchObject([{ email: 'w@example.org' }]);
  });

  it('ends no membership that was given by hand, be it to the one or the other', () => {
    const crm = makeCrm();
    const { world, ok } = crm;
    ok('segments:create', 'News');
    for (const name of ['w', 'l', 'w2', 'l1', 'l2']) ok('contacts:add', `${name}@example.org`);
    ok('segments:add', 'news', 'l@example.org', '--reason', 'by hand');
    world.file('list.csv', 'email\nw@example.org\nl1@example.org\n');
    ok('segments:import', 'news', 'list.csv');
    ok('segments:add', 'news', 'l2@example.org', '--reason', 'by hand');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    ok('contacts:merge', 'w2@example.org', 'l1@example.org', 'l2@example.org', '--yes');
    ok('imports:undo', 'last', '--yes');
    expect(members(crm, 'news')).toEqual(['w@example.org', 'w2@example.org']);
    expect(ok('doctor', '--deep')).toContain('all well');
  });

  it('counts nobody twice who joined by it', () => {
    const { world, ok } = makeCrm();
    ok('segments:create', 'News');
    for (const name of ['w', 'l']) ok('contacts:add', `${name}@example.org`);
    world.file('list.csv', 'email\nl@example.org\n');
    ok('segments:import', 'news', 'list.csv');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    expect(ok('imports:show', 'last', '--format', 'csv')).toBe(
      'segment_id,alias,joined,left,open,pinned\n1,news,1,0,1,0\n',
    );
  });

  it('ends one that was given by imports alone', () => {
    const crm = makeCrm();
    const { world, ok } = crm;
    ok('segments:create', 'News');
    for (const name of ['w', 'l']) ok('contacts:add', `${name}@example.org`);
    world.file('list.csv', 'email\nl@example.org\n');
    ok('segments:import', 'news', 'list.csv');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    expect(members(crm, 'news')).toEqual(['w@example.org']);
    ok('imports:undo', 'last', '--yes');
    expect(members(crm, 'news')).toEqual([]);
  });
});

describe('what a person decided, beside an import, of one who was merged since', () => {
  /** Two segments that are there, and two that are deleted. */
  const SEGMENTS = ['news', 'hot', 'old-news', 'old-hot'];

  function decided(byHand: string, byImport: string): Crm {
    const crm = makeCrm();
    const { world, ok } = crm;
    for (const alias of ['news', 'old-news']) ok('segments:create', alias);
    for (const alias of ['hot', 'old-hot', 'late'])
      ok('segments:create', alias, '--where', 'city = "Paris"');
    ok('segments:create', 'tagged', '--where', 'tagged "vip"');
    for (const name of ['w', 'l', 'other']) ok('contacts:add', `${name}@example.org`);
    for (const alias of SEGMENTS) ok('segments:add', alias, `${byHand}@example.org`);
    ok('contacts:tag', `${byHand}@example.org`, '--tag', 'vip');
    world.file('list.csv', `email,tags\n${byImport}@example.org,vip\nother@example.org,vip\n`);
    const into = [...SEGMENTS, 'late'].flatMap((alias) => ['--segment', alias]);
    ok('contacts:import', 'list.csv', ...into);
    for (const alias of ['old-news', 'old-hot']) ok('segments:delete', alias, '--yes');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    return crm;
  }

  const ways = ['w', 'l'].flatMap((byHand) => [
    { byHand, isRestored: false },
    { byHand, isRestored: true },
  ]);
  it.each(ways)('stays when the import is taken back: $byHand, $isRestored', (way) => {
    const crm = decided(way.byHand, way.byHand === 'w' ? 'l' : 'w');
    const { ok } = crm;
    const restore = (): void => {
      for (const alias of ['old-news', 'old-hot']) ok('segments:restore', alias);
    };
    if (way.isRestored) restore();
    ok('imports:undo', 'last', '--yes');
    if (!way.isRestored) restore();
    ok('segments:update');
    for (const alias of [...SEGMENTS, 'tagged'])
      expect([alias, members(crm, alias)]).toEqual([alias, ['w@example.org']]);
    expect(members(crm, 'late')).toEqual([]);
    expect(ok('doctor', '--deep')).toContain('all well');
  });
});

/** Each command runs a day after the one before it. */
function dayByDay({ world }: Crm): (...args: string[]) => void {
  let day = 1;
  return (...args) => {
    day += 1;
    const now = `2026-03-${String(day).padStart(2, '0')}T10:00:00Z`;
    const { status, stderr } = world.runWith({ now }, ...args, '--db', 'crm.db');
    expect([args, stderr, status]).toEqual([args, stderr, 0]);
  };
}

describe('who was in as two people at once', () => {
  /** The days of joining and leaving that are told as of noon on these days. */
  function told({ world }: Crm, days: readonly number[]): unknown[] {
    return days.map((day) => {
      const asOf = ['--as-of', `2026-03-0${day}T12:00:00Z`, '--fields', 'since,left_at'];
      const now = '2026-03-20T10:00:00Z';
      const command = ['segments:members', 'news', ...asOf, '--format', 'csv', '--db', 'crm.db'];
      const [, row = ''] = world.runWith({ now }, ...command).stdout.split('\n');
      return row.split(',').map((instant) => instant.slice(8, 10));
    });
  }

  function overlapping(...moves: readonly (readonly [string, string])[]): Crm {
    const crm = makeCrm();
    const next = dayByDay(crm);
    crm.ok('segments:create', 'News');
    for (const name of ['w', 'l']) crm.ok('contacts:add', `${name}@example.org`);
    for (const [command, name] of moves) next(`segments:${command}`, 'news', `${name}@example.org`);
    next('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    return crm;
  }

  it('joined when one of them did, where the winner had left', () => {
    const crm = overlapping(['add', 'w'], ['add', 'l'], ['remove', 'w'], ['unpin', 'w']);
    expect(told(crm, [2, 3, 4, 5, 6])).toEqual([
      ['02', '04'],
      ['02', '04'],
      ['02', '06'],
      ['02', '06'],
      ['06', ''],
    ]);
  });

  it('left when one of them did, where the winner joined', () => {
    const crm = overlapping(['add', 'l'], ['add', 'w'], ['remove', 'l'], ['unpin', 'l']);
    expect(told(crm, [2, 3, 4])).toEqual(['02', '03', '03'].map((since) => [since, '']));
    const now = '2026-03-08T10:00:00Z';
    crm.world.runWith({ now }, 'segments:remove', 'news', '1', '--db', 'crm.db');
    expect(told(crm, [2, 3, 4])).toEqual(['02', '03', '03'].map((since) => [since, '08']));
  });
});

describe('a mirror that is taken back after a merge', () => {
  type Days = Crm & { readonly next: (...args: string[]) => void };

  function mirrored(): Days {
    const crm = makeCrm();
    const { world, ok } = crm;
    const next = dayByDay(crm);
    ok('segments:create', 'News');
    for (const name of ['a', 'b', 'c']) ok('contacts:add', `${name}@example.org`);
    next('segments:add', 'news', 'a@example.org');
    world.file('c.csv', 'email\nc@example.org\n');
    world.file('a.csv', 'email\na@example.org\n');
    mirror({ next }, 'c.csv');
    return { ...crm, next };
  }

  function mirror({ next }: Pick<Days, 'next'>, file: string): void {
    next('segments:import', 'news', file, '--mirror', '--max-shrink', '100%', '--yes');
  }

  const people = (names: string): string[] => Array.from(names, (name) => `${name}@example.org`);

  it.each(['ac', 'ca', 'bac', 'bca'])('puts back who was in before: %s', (names) => {
    const crm = mirrored();
    crm.next('contacts:merge', ...people(names), '--yes');
    crm.next('imports:undo', 'last', '--yes');
    expect(members(crm, 'news')).toEqual(people(names).slice(0, 1));
    expect(crm.ok('doctor', '--deep')).toContain('all well');
  });

  it.each(['ac', 'ca'])('does so in a segment that was deleted: %s', (names) => {
    const crm = mirrored();
    crm.next('segments:delete', 'news', '--yes');
    crm.next('contacts:merge', ...people(names), '--yes');
    crm.next('imports:undo', 'last', '--yes');
    crm.next('segments:restore', 'news');
    expect(members(crm, 'news')).toEqual(people(names).slice(0, 1));
    expect(crm.ok('doctor', '--deep')).toContain('all well');
  });

  it.each(['ac', 'ca'])('does so after a mirror that followed: %s', (names) => {
    const crm = mirrored();
    mirror(crm, 'a.csv');
    crm.next('contacts:merge', ...people(names), '--yes');
    crm.next('imports:undo', '2', '--yes');
    crm.next('imports:undo', '1', '--yes');
    expect(members(crm, 'news')).toEqual(people(names).slice(0, 1));
  });

  it('puts nobody back whom a removal of the other kept out since, though that is over', () => {
    const crm = mirrored();
    crm.next('segments:add', 'news', 'b@example.org');
    crm.next('segments:remove', 'news', 'b@example.org', '--until', '2026-03-07T12:00:00Z');
    crm.next('segments:add', 'news', 'a@example.org');
    crm.next('contacts:merge', ...people('ba'), '--yes');
    crm.next('imports:undo', 'last', '--yes');
    expect(members(crm, 'news')).toEqual([]);
  });
});

test('contacts:export --all is a document that a person can read, and a program', () => {
  const { ok } = makeCrm();
  ok('contacts:add', 'ann@example.org', '--set', 'title=a\u202eb', '--tag', 'vip');
  const text = ok('contacts:export', '--contact', '1', '--all', '--json');
  expect(text.split('\n').slice(0, 5)).toEqual([
    ...['{', '  "schema": "rollcall/contacts.export.all/1",', '  "data": {', '    "contact": {'],
    '      "id": 1,',
  ]);
  expect(JSON.parse(text)).toMatchObject({
    data: {
      contact: { title: 'a\u202eb', created_at: '2026-03-01T10:00:00Z' },
      tags: [{ name: 'vip' }],
    },
  });
  expect(text).not.toContain('\u202e');
});

test('contacts:export --all tells of merged people which segments were deleted', () => {
  const { ok, world } = makeCrm();
  for (const name of ['w', 'l']) ok('contacts:add', `${name}@example.org`);
  for (const alias of ['news', 'old']) {
    ok('segments:create', alias);
    ok('segments:add', alias, 'l@example.org');
  }
  ok('segments:delete', 'old', '--yes');
  const now = '2026-03-02T10:00:00Z';
  world.runWith({ now }, 'contacts:merge', '1', '2', '--yes', '--db', 'crm.db');
  const { data } = JSON.parse(ok('contacts:export', '--contact', '1', '--all', '--json')) as {
    data: Record<string, unknown>;
  };
  const told = (key: string): unknown =>
    (data[key] as { segment: string; contact_id: number; inherited: boolean }[]).map(
      ({ segment, contact_id: id, inherited }) => [segment, id, inherited],
    );
  expect(told('past_memberships')).toEqual([
    ['news', 1, true],
    ['news', 2, false],
  ]);
  expect(told('past_memberships_in_deleted_segments')).toEqual([['old', 2, false]]);
});

describe('contacts:duplicates', () => {
  function pair(): Crm {
    const crm = makeCrm();
    const named = ['--set', 'first_name=Ann', '--set', 'last_name=Lee', '--set', 'phone=123'];
    crm.ok('contacts:add', ...named);
    crm.ok('contacts:add', 'ann@example.org', ...named);
    crm.ok('contacts:add', 'bo@example.org', '--set', 'mobile=123');
    return crm;
  }

  it('is one row for contacts who share several things, with who they are', () => {
    const { ok, json } = pair();
    expect(ok('contacts:duplicates')).toBe(
      'shared        contacts\n' +
        'phone 123     2 ann@example.org, Ann Lee\n' +
        '              1 Ann Lee\n' +
        '              3 bo@example.org\n' +
        'name ann lee  2 ann@example.org, Ann Lee\n' +
        '              1 Ann Lee\n',
    );
    ok('contacts:edit', '3', '--set', 'mobile=NULL');
    expect(json('contacts:duplicates', '--by', 'phone,name')).toEqual([
      {
        ...{ ids: [1, 2], emails: [null, 'ann@example.org'], names: ['Ann Lee', 'Ann Lee'] },
        ...{ by: ['phone', 'name'], values: ['123', 'ann lee'] },
        merge: 'rollcall contacts:merge 2 1 --db crm.db',
      },
    ]);
    expect(json('contacts:duplicates', '--by', 'name,name')).toHaveLength(1);
  });

  it('ends at --limit', () => {
    const { ok } = pair();
    expect(ok('contacts:duplicates', '--format', 'ids', '--limit', '1')).toBe('2\n');
    expect(ok('contacts:duplicates', '--format', 'ids')).toBe('2\n2\n');
  });
});

describe('contacts:merge', () => {
  function two(): Crm {
    const crm = makeCrm();
    crm.ok('contacts:add', 'ann@example.org', '--set', 'city=Paris', '--set', 'title=Dr');
    crm.ok('contacts:add', 'ann@work.example', '--set', 'city=Lyon', '--tag', 'vip');
    crm.ok('segments:create', 'News');
    crm.ok('segments:add', 'news', '2');
    return crm;
  }

  it('says what it would do in a dry run, and what it did', () => {
    const { ok } = two();
    const table =
      'field  value            from  lost\n' +
      'email  ann@example.org     1  ann@work.example (2)\n' +
      'city   Paris               1  Lyon (2)\n';
    expect(ok('contacts:merge', '1', '2', '--dry-run')).toBe(
      'dry run, nothing was changed: would merge 1 contact (2, ann@work.example) into ' +
        `contact 1, ann@example.org\nit would gain 1 tag\nit would join news\n${table}`,
    );
    expect(ok('contacts:merge', '1', '2', '--yes')).toBe(
      'merged 1 contact (2, ann@work.example) into contact 1, ann@example.org\n' +
        `it gained 1 tag\nit joined news\n${table}`,
    );
  });

  it('counts the fields that stay as they are', () => {
    const { run } = two();
    expect(run('contacts:merge', '1', '2', '--dry-run').stderr).toContain(
      '2 other fields stay as they are\n',
    );
  });

  it('asks what would be lost, and says why it is not done', () => {
    const { run, runOnTerminal } = two();
    const lost = ['would be lost: email ann@work.example', 'would be lost: city Lyon'];
    const question =
      'merge 1 contact (2, ann@work.example) into contact 1, ann@example.org, and delete it?';
    expect(runOnTerminal('n\n', 'contacts:merge', '1', '2').stderr).toBe(
      `${lost.join('\n')}\n${question} [y/N] error: not confirmed, nothing was changed\n`,
    );
    for (const [options, why] of [
      [[], 'nobody is there to ask'],
      [['-n'], '--no-interaction asks nobody'],
    ] as const)
      expect(run('contacts:merge', '1', '2', ...options)).toEqual({
        ...{ status: 2, stdout: '' },
        stderr: `error: ${why}: ${question}\n  ${lost.join('\n  ')}\nhint: to go on without being asked, add --yes\n`,
      });
  });
});

describe('who is named by a value that was of a merged contact', () => {
  it('is told the id of who had it', () => {
    const { ok, run } = makeCrm();
    for (const name of ['w', 'l']) ok('contacts:add', `${name}@example.org`);
    ok('contacts:merge', '1', 'l@example.org', '--yes');
    expect(run('contacts:show', 'L@example.org')).toEqual(
      refused(
        2,
        'no contact has `L@example.org` now: contact 1 had it before',
        'name it by its id: rollcall contacts:show 1',
      ),
    );
  });
});

describe('who is erased after a merge', () => {
  it('leaves no word of the others either', () => {
    const { ok } = makeCrm();
    ok('segments:create', 'News');
    for (const name of ['w', 'l', 'other']) ok('contacts:add', `${name}@example.org`);
    ok('segments:add', 'news', 'l@example.org', '--reason', 'secret of l');
    ok('segments:add', 'news', 'other@example.org', '--reason', 'secret of another');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    ok('contacts:erase', 'w@example.org', '--yes');
    const told = ok('segments:changes', '--since', 'start') + ok('audit:list', '--json');
    expect(told).not.toContain('secret of l');
    expect(told).toContain('secret of another');
  });
});
