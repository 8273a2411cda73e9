import { expect, test } from 'vitest';
import { type Crm, makeCrm, refused } from './crm.ts';

const PEOPLE = `email,first_name,last_name,country,points,company,tags
ann@example.org,Ann,Lee,FR,80,Acme,vip
ben@example.org,Ben,,FR,20,Acme,
cleo@example.org,,,BE,60,,
`;
const FILTER =
  'country = "FR" and (points >= 50 or company.name = "acme") and not tagged "press" ' +
  'and did page.hit where subject like "/pricing%" in last 7 days and not suppressed(email)';
/** What of it decides, for those who satisfy all of it. */
const HANGS_ON =
  'country = "FR"; not tagged "press"; did page.hit where subject like "/pricing%" ' +
  'in last 7 days; not suppressed(email)';

function crm(where = FILTER): Crm {
  const made = makeCrm();
  made.world.file('people.csv', PEOPLE);
  made.ok('settings:set', 'timezone', 'Europe/Paris');
  made.ok('contacts:import', 'people.csv');
  made.ok(
    'events:add',
    'ann@example.org',
    'page.hit',
    '--subject',
    '/pricing/pro',
    '--at',
    '2026-02-27T09:30:00Z',
  );
  made.ok(
    'events:add',
    'ann@example.org',
    'page.hit',
    '--subject',
    '/pricing',
    '--at',
    '2026-02-25T09:30:00Z',
  );
  made.ok(
    'events:add',
    'ben@example.org',
    'page.hit',
    '--subject',
    '/pricing',
    '--at',
    '2026-01-05T09:30:00Z',
  );
  made.ok('segments:create', 'Hot', '--where', where);
  return made;
}

test('a member: the filter with what the contact has of each condition', () => {
  const { ok } = crm();
  ok('segments:update');
  expect(ok('segments:explain', 'hot', 'ann@example.org'))
    .toBe(`contact   1, ann@example.org, Ann Lee
segment   hot, dynamic, built at 2026-03-01T11:00:00+01:00
as of     2026-03-01T11:00:00+01:00 (Europe/Paris)
member    yes, since 2026-03-01T11:00:00+01:00 via filter
pin       none
filter    matches
hangs on  ${HANGS_ON}

true   all of
true     country = "FR"
           is "FR"
true     any of
true       points >= 50
             is 80
true       company.name = "acme"
             is "Acme" at Acme
true     not tagged "press"
           has "vip"
true     did page.hit where subject like "/pricing%" in last 7 days
           2 events, the latest 2026-02-27T10:30:00+01:00 "/pricing/pro"
           in last 7 days: after 2026-02-22T11:00:00+01:00 to 2026-03-01T11:00:00+01:00
true     not suppressed(email)
           is not suppressed
`);
});

test('one who misses by a single condition, before the segment was built', () => {
  const { ok } = crm();
  const lines = ok('segments:explain', 'hot', '2').split('\n');
  expect(lines.slice(0, 6)).toEqual([
    'contact    2, ben@example.org, Ben',
    'segment    hot, dynamic, never built',
    'as of      2026-03-01T11:00:00+01:00 (Europe/Paris)',
    'member     no',
    'pin        none',
    'filter     does not match',
  ]);
  expect(lines[6]).toBe('near miss  did page.hit where subject like "/pricing%" in last 7 days');
  expect(lines).toContain('           no such event');
});

test('what the next update will do, while the stored members are of before', () => {
  const { ok, json, world } = crm('points >= 50');
  expect(ok('segments:explain', 'hot', 'ann@example.org')).toContain(
    '\nnext update  it will join\n',
  );
  ok('segments:update');
  ok('contacts:edit', 'ann@example.org', '--set', 'points=1');
  expect(json('segments:explain', 'hot', 'ann@example.org')).toMatchObject({
    member: true,
    matches: false,
    pending: 'leave',
  });
  ok('segments:remove', 'hot', 'ann@example.org', '--reason', 'asked to', '--via', 'api:crm');
  expect(json('segments:explain', 'hot', 'ann@example.org')).toMatchObject({
    member: false,
    matches: false,
    pending: null,
    pin: {
      kind: 'out',
      via: 'api:crm',
      reason: 'asked to',
      until: null,
      created_at: '2026-03-01T10:00:00Z',
    },
  });
  ok('segments:add', 'hot', 'cleo@example.org', '--reason', 'met her');
  world.ok('segments:update', '--db', 'crm.db');
  expect(ok('segments:explain', 'hot', 'cleo@example.org')).toMatch(
    /\nmember +yes, since 2026-03-01T11:00:00\+01:00 via filter\npin +in, since 2026-03-01T11:00:00\+01:00 via manual.*: met her\n/,
  );
  ok('segments:edit', 'hot', '--unpublished');
  ok('segments:unpin', 'hot', 'ann@example.org');
  ok('contacts:edit', 'ann@example.org', '--set', 'points=99');
  expect(json('segments:explain', 'hot', 'ann@example.org')).toMatchObject({
    member: false,
    matches: true,
    pending: null,
  });
});

test('is one document for programs', () => {
  const { json } = crm('country = "fr" or created_at in last 2 days');
  expect(json('segments:explain', 'hot', 'cleo@example.org')).toEqual({
    segment: { id: 1, alias: 'hot', type: 'dynamic', published: true, built_at: null },
    contact: { id: 3, email: 'cleo@example.org', name: null },
    now: '2026-03-01T10:00:00Z',
    timezone: 'Europe/Paris',
    member: false,
    since: null,
    via: null,
    cause: null,
    pin: null,
    pending: 'join',
    sleeping: false,
    filter: 'country = "fr" or created_at in last 2 days',
    matches: true,
    near_misses: [],
    hangs_on: ['created_at in last 2 days'],
    tree: {
      kind: 'or',
      holds: true,
      conditions: [
        {
          kind: 'condition',
          holds: false,
          condition: 'country = "fr"',
          decides: false,
          found: { value: 'BE' },
          dates: [],
        },
        {
          kind: 'condition',
          holds: true,
          condition: 'created_at in last 2 days',
          decides: true,
          found: { value: '2026-03-01T10:00:00Z' },
          dates: [
            {
              date: 'in last 2 days',
              from: '2026-02-27T10:00:00.001Z',
              until: '2026-03-01T10:00:00.001Z',
            },
          ],
        },
      ],
    },
    error: null,
  });
});

test('tells every kind of thing that a contact may have', () => {
  const { ok, json } = crm();
  ok('fields:create', 'birthday', '--type', 'date');
  ok('contacts:edit', 'ann@example.org', '--set', 'birthday=2000-02-29');
  ok('segments:create', 'List');
  ok('segments:add', 'list', 'ann@example.org', '--via', 'api');
  const filter =
    'joined segment list in last 2 days and in segment hot ' +
    'and anniversary(birthday) during last month and birthday < 2001-01-01 and tags is empty ' +
    'and sum(page.hit.value) > 1 and last(page.hit) before yesterday ' +
    'and company.employees is empty';
  ok('segments:create', 'All', '--where', filter);
  const told = ok('segments:explain', 'all', 'ann@example.org');
  for (const line of [
    'is in list since 2026-03-01T11:00:00+01:00 via api',
    'in last 2 days: after 2026-02-27T11:00:00+01:00 to 2026-03-01T11:00:00+01:00',
    'is not in hot',
    'is "2000-02-29"',
    'during last month: 2026-02-01 to 2026-02-28',
    'before 2001-01-01: until 2000-12-31',
    'has "vip"',
    'is 0, of 2 events, the latest 2026-02-27T10:30:00+01:00 "/pricing/pro"',
    'is 2026-02-27T10:30:00+01:00, of 2 events, the latest 2026-02-27T10:30:00+01:00 "/pricing/pro"',
    'before yesterday: before 2026-02-28T00:00:00+01:00',
    'is empty at Acme',
  ])
    expect(told.split('\n').map((each) => each.trim())).toContain(line);
  expect(ok('segments:explain', 'all', 'cleo@example.org')).toContain('has no company');
  const { tree } = json('segments:explain', 'all', 'ann@example.org') as {
    tree: { conditions: { found: unknown }[] };
  };
  expect(tree.conditions.map(({ found }) => found)).toEqual([
    { segment: 'list', since: '2026-03-01T10:00:00Z', via: 'api' },
    { segment: 'hot', since: null, via: null },
    { value: '2000-02-29' },
    { value: '2000-02-29' },
    { tags: ['vip'] },
    {
      value: 0,
      events: 2,
      latest: {
        type: 'page.hit',
        subject: '/pricing/pro',
        value: null,
        occurred_at: '2026-02-27T09:30:00Z',
        properties: null,
      },
    },
    {
      value: '2026-02-27T09:30:00Z',
      events: 2,
      latest: {
        type: 'page.hit',
        subject: '/pricing/pro',
        value: null,
        occurred_at: '2026-02-27T09:30:00Z',
        properties: null,
      },
    },
    { value: null, company: 'Acme' },
  ]);
});

test('warns of a segment that the filter refers to and that was never built', () => {
  const { ok, run } = crm();
  ok('segments:create', 'Outer', '--where', 'in segment hot');
  expect(run('segments:explain', 'outer', '1').stderr).toBe(
    'warning: segment hot was never built, so nobody is in it by its filter yet: rollcall segments:update hot --db crm.db\n',
  );
});

test('a static segment: since, via, and its filter that sleeps', () => {
  const { ok, json } = crm();
  ok('segments:update');
  ok('segments:convert', 'hot', '--to', 'static');
  expect(ok('segments:explain', 'hot', 'ann@example.org').split('\n').slice(0, 6)).toEqual([
    'contact          1, ann@example.org, Ann Lee',
    'segment          hot, static',
    'as of            2026-03-01T11:00:00+01:00 (Europe/Paris)',
    'member           yes, since 2026-03-01T11:00:00+01:00 via filter',
    'sleeping filter  matches',
    `hangs on         ${HANGS_ON}`,
  ]);
  expect(json('segments:explain', 'hot', 'cleo@example.org')).toMatchObject({
    member: false,
    sleeping: true,
    matches: false,
    pending: null,
  });
  ok('segments:create', 'List');
  expect(ok('segments:explain', 'list', '1')).toMatch(/\nmember +no\nfilter +none\n$/);
});

test('a filter that no longer checks: what is broken, the membership and the pin all the same, and 3', () => {
  const { ok, run } = crm();
  ok('fields:create', 'plan', '--type', 'text');
  ok('segments:create', 'Paying', '--where', 'plan = "pro" or points > 10');
  ok('segments:update');
  ok('segments:add', 'paying', '1');
  ok('fields:delete', 'plan', '--force', '--yes');
  const { status, stdout, stderr } = run('segments:explain', 'paying', '1');
  expect(status).toBe(3);
  expect(stdout).toMatch(
    /\nmember +yes, since .*\npin +in, since .*\nfilter +no longer checks: the filter reads the field `plan`, which no longer exists\n +set a new filter, or create the field again and name it anew\n$/,
  );
  expect(stderr).toMatch(
    /^warning: the filter of paying no longer checks, so updates of it fail: the filter reads the field `plan`, which no longer exists/,
  );
  const told = JSON.parse(run('segments:explain', 'paying', '1', '--json').stdout) as {
    data: unknown;
  };
  expect(told.data).toMatchObject({
    member: true,
    pin: { kind: 'in' },
    filter: null,
    matches: null,
    tree: null,
    near_misses: [],
    pending: null,
    error: { code: 'FILTER', message: expect.stringContaining('no longer exists') as string },
  });
  expect(run('segments:update', 'paying').status).toBe(3);
});

test('an instant before what is stored: who was a member then is for another command', () => {
  const { ok, world } = crm();
  ok('segments:update');
  const now = '2026-01-01T10:00:00Z';
  const told = world.runWith(
    { now },
    'segments:explain',
    'hot',
    'ann@example.org',
    '--db',
    'crm.db',
  );
  expect(told.stdout).toMatch(/\nmember +by now, since 2026-03-01T11:00:00\+01:00 via filter\n/);
  expect(told.stderr).toContain(
    'warning: this instant is past: dates are read as of it, all else is as it is stored by now; ' +
      `who was a member then: rollcall segments:members hot --as-of ${now} --db crm.db\n`,
  );
});

test('whom and what it does not know', () => {
  const { ok, run } = crm();
  expect(run('segments:explain', 'hott', '1')).toEqual(
    refused(2, 'unknown segment hott', 'did you mean hot?'),
  );
  ok('segments:create', 'Hot leads', '--alias', 'warm');
  expect(run('segments:explain', 'hot LEADS', '1')).toEqual(
    refused(2, 'unknown segment hot LEADS', 'a segment is named so: its alias is warm'),
  );
  expect(run('segments:explain', 'hot', 'anne@example.org')).toEqual(
    refused(2, 'unknown contact `anne@example.org`', 'did you mean `ann@example.org`?'),
  );
  ok('contacts:delete', '3', '--yes');
  expect(run('segments:explain', 'hot', '3')).toMatchObject({ status: 2, stdout: '' });
  expect(ok('segments:explain', '1', 'email=ANN@example.org')).toMatch(
    /^contact +1, ann@example.org, Ann Lee\n/,
  );
});

test('1,500 conditions and 200 levels are told', () => {
  const { ok, world } = crm();
  world.file(
    'wide',
    Array.from({ length: 1500 }, (_, index) => `points != ${index + 1000}`).join(' and '),
  );
  world.file('deep', `${'not (points > 1 and '.repeat(99)}points > 60${')'.repeat(99)}`);
  world.file(
    'long',
    `points in (${Array.from({ length: 100_000 }, (_, index) => index).join(', ')})`,
  );
  ok('segments:create', 'Wide', '--where', '@wide');
  ok('segments:create', 'Deep', '--where', '@deep');
  ok('segments:create', 'Long', '--where', '@long');
  const wide = ok('segments:explain', 'wide', '1').split('\n');
  expect(wide.filter((line) => line.startsWith('true '))).toHaveLength(1501);
  expect(wide.find((line) => line.startsWith('hangs on'))).toMatch(/; points != 1009; 1490 more$/);
  const deep = ok('segments:explain', 'deep', '1').split('\n');
  expect(Math.max(...deep.map((line) => line.length))).toBeLessThan(150);
  expect(deep.some((line) => line.includes('(level 198)'))).toBe(true);
  expect(
    Math.max(
      ...ok('segments:explain', 'long', '1')
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThan(250);
});
