import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const NOW = '2026-03-01T10:00:00Z';
const FORMS = 'a contact is an id, an e-mail address, or FIELD=VALUE of a unique field';

/** Ann (1), Bob (2), and an anonymous contact in Paris (3). */
function crmOfThree(): Crm {
  const crm = makeCrm();
  crm.ok(
    'contacts:add',
    'ann@example.org',
    '--set',
    'first_name=Ann',
    '--set',
    'company=Acme',
    '--set',
    'points=12.5',
    '--tag',
    'vip',
    '--tag',
    'lead',
  );
  crm.ok('contacts:add', 'bob@example.org', '--set', 'first_name=Bob');
  crm.ok('contacts:add', '--set', 'city=Paris');
  return crm;
}

describe('contacts:add', () => {
  it('adds a contact, anonymous without an address', () => {
    const { run, json } = makeCrm();
    expect(run('contacts:add', 'ann@example.org', '--set', 'city=a=b', '--tag', 'vip')).toEqual(
      done('added contact 1, ann@example.org\n'),
    );
    expect(run('contacts:add')).toEqual(done('added contact 2, anonymous\n'));
    expect(json('contacts:add', '--set', 'email=bob@example.org')).toEqual({
      id: 3,
      email: 'bob@example.org',
      anonymous: false,
      changed: true,
      triggers: [],
    });
    expect(json('contacts:list', '--fields', 'email,city,tags,identified_at')).toEqual([
      { email: 'ann@example.org', city: 'a=b', tags: ['vip'], identified_at: NOW },
      { email: null, city: null, tags: [], identified_at: null },
      { email: 'bob@example.org', city: null, tags: [], identified_at: NOW },
    ]);
  });

  it.each<[string, string[], ReturnType<typeof refused>]>([
    [
      'an unknown field',
      ['--set', 'ciyt=x'],
      refused(
        2,
        'unknown field `ciyt`',
        'did you mean `city`? `rollcall fields:list --object contact` shows all 27',
      ),
    ],
    ['no assignment', ['--set', 'city'], refused(2, '`--set city` must be written as name=value')],
    [
      'a wrong value',
      ['--set', 'points=many'],
      refused(2, 'points: `many` is not a number', 'write it like 12.5'),
    ],
    [
      'a wrong address',
      ['ann'],
      refused(2, 'email: `ann` is not an e-mail address', 'write it like ann@example.org'),
    ],
    [
      'a wrong tag',
      ['--tag', '-vip'],
      refused(
        2,
        '`-vip` cannot be a tag',
        'a tag is not empty, does not begin with - and has no | in it',
      ),
    ],
    [
      'an address that is taken',
      ['ANN@example.org'],
      refused(
        1,
        'contact 1 has the email `ANN@example.org` already',
        'to look at it: rollcall contacts:show 1',
      ),
    ],
  ])('refuses %s', (_, args, refusal) => {
    const { run, ok } = crmOfThree();
    expect(run('contacts:add', ...args)).toEqual(refusal);
    expect(ok('contacts:list', '--format', 'ids')).toBe('1\n2\n3\n');
  });
});

describe('contacts:edit', () => {
  it('changes values, and identifies', () => {
    const { run, json } = crmOfThree();
    expect(
      run('contacts:edit', 'ann@example.org', '--set', 'city=Lyon', '--set', 'company=NULL'),
    ).toEqual(done('changed contact 1, ann@example.org\n'));
    expect(run('contacts:edit', '1', '--set', 'city=Lyon')).toEqual(
      done('nothing to change in contact 1, ann@example.org\n'),
    );
    expect(run('contacts:edit', '3', '--set', 'city=Rome')).toEqual(
      done('changed contact 3, anonymous\n'),
    );
    expect(json('contacts:edit', '3', '--set', 'email=cat@example.org')).toEqual({
      id: 3,
      email: 'cat@example.org',
      anonymous: false,
      changed: true,
      triggers: [],
    });
    expect(json('contacts:list', '--fields', 'id,email,city,company')).toEqual([
      { id: 1, email: 'ann@example.org', city: 'Lyon', company: null },
      { id: 2, email: 'bob@example.org', city: null, company: null },
      { id: 3, email: 'cat@example.org', city: 'Rome', company: null },
    ]);
  });

  it('refuses what it must', () => {
    const { run } = crmOfThree();
    expect(run('contacts:edit', 'an@example.org', '--set', 'city=x')).toEqual(
      refused(2, 'unknown contact `an@example.org`', 'did you mean `ann@example.org`?'),
    );
    expect(run('contacts:edit', '1', '--set', 'email=bob@example.org')).toEqual(
      refused(
        1,
        'contact 2 has the email `bob@example.org` already',
        'to look at it: rollcall contacts:show 2',
      ),
    );
  });
});

describe('contacts:show', () => {
  it('shows all that is known, in groups', () => {
    const { run, ok } = crmOfThree();
    ok('fields:create', 'likes', '--type', 'multiselect', '--options', 'tea,jam');
    ok('contacts:edit', '1', '--set', 'likes=tea|jam', '--set', 'country=FR');
    ok('segments:create', 'Newsletter');
    ok('segments:add', 'newsletter', '1');
    ok('segments:create', 'Rich', '--where', 'points > 10');
    ok('segments:remove', 'rich', '1');
    ok(
      'events:add',
      '1',
      'purchase',
      '--subject',
      'Tea',
      '--value',
      '5',
      '--at',
      '2026-02-01T00:00:00.999Z',
    );
    expect(run('contacts:show', 'ann@example.org')).toEqual(
      done(`contact 1, ann@example.org
  email       ann@example.org
  first_name  Ann
  points      12.5
  company     Acme
  tags        lead, vip
address:
  country  FR
your fields:
  likes  tea, jam
kept by the store:
  created_at      ${NOW}
  updated_at      ${NOW}
  identified_at   ${NOW}
  last_active_at  2026-02-01T00:00:00.999Z
  email_domain    example.org
segments:
  newsletter  since ${NOW} via manual
  rich        pinned out, no member
latest events:
  2026-02-01T00:00:00.999Z  purchase Tea 5
`),
    );
    expect(ok('contacts:show', '3', '-q').split('\n')).toEqual([
      'contact 3, anonymous',
      '  points  0',
      'address:',
      '  city  Paris',
      'kept by the store:',
      `  created_at  ${NOW}`,
      `  updated_at  ${NOW}`,
      '',
    ]);
  });

  it('is one JSON document', () => {
    const { ok, json } = crmOfThree();
    ok('events:add', '1', 'page.hit', '--property', 'ref=x');
    ok('segments:create', 'Newsletter');
    ok('segments:add', 'newsletter', '1');
    expect(json('contacts:show', '1')).toEqual({
      id: 1,
      email: 'ann@example.org',
      anonymous: false,
      fields: {
        email: 'ann@example.org',
        first_name: 'Ann',
        points: 12.5,
        created_at: NOW,
        updated_at: NOW,
        identified_at: NOW,
        last_active_at: NOW,
        email_domain: 'example.org',
      },
      company: { id: 1, name: 'Acme' },
      tags: ['lead', 'vip'],
      segments: [
        {
          id: 1,
          alias: 'newsletter',
          name: 'Newsletter',
          since: NOW,
          via: 'manual',
          pin: null,
          pin_until: null,
        },
      ],
      suppressions: [],
      events: [
        {
          id: 1,
          type: 'page.hit',
          subject: null,
          value: null,
          occurred_at: NOW,
          properties: { ref: 'x' },
        },
      ],
    });
  });

  it('needs a contact that is there', () => {
    expect(makeCrm().run('contacts:show', '99')).toEqual(refused(2, 'unknown contact `99`', FORMS));
  });
});

describe('contacts:list', () => {
  it('shows the usual fields, or those asked for', () => {
    const { run } = crmOfThree();
    expect(run('contacts:list')).toEqual(
      done(
        [
          'id  email            first_name  last_name  company  tags',
          ' 1  ann@example.org  Ann         -          Acme     lead, vip',
          ' 2  bob@example.org  Bob         -          -        -',
          ' 3  -                -           -          -        -',
          '',
        ].join('\n'),
        '3 contacts\n',
      ),
    );
    expect(
      run('contacts:list', '--fields', 'points,email', '--limit', '2', '--format', 'csv'),
    ).toEqual(done('points,email\n12.5,ann@example.org\n0,bob@example.org\n'));
    expect(run('contacts:list', '--after', '1', '--limit', '1', '--format', 'ids')).toEqual(
      done('2\n'),
    );
  });

  it('finds by filter and by search', () => {
    const { run, runWithInput, ok, world } = crmOfThree();
    ok('segments:create', 'Hot');
    ok('segments:add', 'hot', '2', '3');
    const ids = (...args: string[]): string => ok('contacts:list', '--format', 'ids', ...args);
    expect(ids('--where', 'points > 10 or city = "paris"')).toBe('1\n3\n');
    expect(ids('--search', 'is:anonymous')).toBe('3\n');
    expect(ids('--search', 'segment:hot !is:anonymous')).toBe('2\n');
    expect(ids('--search', 'acme ann')).toBe('1\n');
    expect(ids('--where', 'points > 10', '--search', 'segment:hot')).toBe('');
    world.file('rich.txt', 'points > 10\n');
    expect(ids('--where', '@rich.txt')).toBe('1\n');
    expect(
      runWithInput('city = "Paris"', 'contacts:list', '--format', 'ids', '--where', '-'),
    ).toEqual(done('3\n'));
    expect(run('contacts:list', '--search', 'nobody')).toEqual(done('', 'no contacts match\n'));
  });

  it('warns of a tag that nobody has', () => {
    const { status, stdout, stderr } = crmOfThree().run(
      'contacts:list',
      '--where',
      'tagged "vib"',
      '--format',
      'ids',
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/^warning: .*vib.*vip/);
  });

  it('refuses what it must', () => {
    const { run } = crmOfThree();
    expect(run('contacts:list', '--where', 'contry = "FR"')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'error: unknown field `contry`\n' +
        '  filter:1:1\n' +
        '  contry = "FR"\n' +
        '  ^^^^^^\n' +
        'hint: did you mean `country`? `rollcall fields:list --db crm.db` shows all 43\n',
    });
    expect(run('contacts:list', '--search', 'tag:vib')).toEqual(
      refused(2, 'unknown tag `vib` in the search', 'did you mean `vip`?'),
    );
    expect(run('contacts:list', '--fields', 'emial')).toEqual(
      refused(
        2,
        'unknown field `emial`',
        'did you mean `email`? `rollcall fields:list --object contact` shows all 27',
      ),
    );
    expect(run('contacts:list', '--limit', 'x')).toEqual(
      refused(2, '`--limit x` must be a whole number'),
    );
    expect(run('contacts:list', '--where', '@none.txt')).toMatchObject({ status: 66, stdout: '' });
  });
});

describe('contacts:delete', () => {
  it('asks first', () => {
    const { run, ok, runOnTerminal } = crmOfThree();
    const question =
      'delete 2 contacts (1 ann@example.org, 2 bob@example.org) with all that is known of them?';
    expect(run('contacts:delete', '1', 'bob@example.org')).toEqual(
      refused(2, `nobody is there to ask: ${question}`, 'to go on without being asked, add --yes'),
    );
    expect(runOnTerminal('\n', 'contacts:delete', '1', '2')).toEqual({
      status: 1,
      stdout: '',
      stderr: `${question} [y/N] error: not confirmed, nothing was changed\n`,
    });
    expect(ok('contacts:list', '--format', 'ids')).toBe('1\n2\n3\n');
    expect(run('contacts:delete', '1', 'bob@example.org', '1', '--yes')).toEqual(
      done('deleted 2 contacts\n'),
    );
    expect(ok('contacts:list', '--format', 'ids')).toBe('3\n');
  });

  it('does nothing when an argument is unknown, and the rest when a line is', () => {
    const { run, runWithInput, ok } = crmOfThree();
    expect(run('contacts:delete', '1', '9', '10', '--yes')).toEqual(
      refused(2, 'unknown contacts `9`, `10`', FORMS),
    );
    expect(ok('contacts:list', '--format', 'ids')).toBe('1\n2\n3\n');
    expect(
      runWithInput('1\r\n\nnobody@example.org\nbob@example.org', 'contacts:delete', '-', '--yes'),
    ).toEqual({
      status: 3,
      stdout: 'deleted 2 contacts\n',
      stderr: 'warning: 1 unknown contact left out: `nobody@example.org`\n',
    });
    expect(runWithInput('9\n', 'contacts:delete', '-')).toEqual({
      status: 3,
      stdout: 'deleted 0 contacts\n',
      stderr: 'warning: 1 unknown contact left out: `9`\n',
    });
    expect(runWithInput('', 'contacts:delete', '-')).toEqual(done('deleted 0 contacts\n'));
    expect(ok('contacts:list', '--format', 'ids')).toBe('3\n');
  });
});

describe('contacts:tag and contacts:untag', () => {
  it('count what they changed', () => {
    const { run, json, ok } = crmOfThree();
    expect(run('contacts:tag', 'ann@example.org', '2', '--tag', 'VIP', '--tag', 'new')).toEqual(
      done('3 tags added to 2 contacts\n'),
    );
    expect(json('contacts:tag', '2', '--tag', 'vip')).toEqual({
      contacts: 1,
      added: 0,
      unknown: 0,
    });
    expect(run('contacts:untag', '1', '2', '3', '--tag', 'vip')).toEqual(
      done('2 tags taken off 3 contacts\n'),
    );
    expect(json('contacts:untag', '1', '--tag', 'vip')).toEqual({
      contacts: 1,
      removed: 0,
      unknown: 0,
    });
    expect(ok('contacts:list', '--fields', 'id,tags', '--format', 'csv')).toBe(
      'id,tags\n1,lead|new\n2,new\n3,\n',
    );
  });

  it('read contacts from standard input', () => {
    const { runWithInput } = crmOfThree();
    const warning = 'warning: 1 unknown contact left out: `city=Paris`\n';
    expect(runWithInput('3\ncity=Paris\n', 'contacts:tag', '-', '--tag', 'a')).toEqual({
      status: 3,
      stdout: '1 tag added to 1 contact\n',
      stderr: warning,
    });
    expect(runWithInput('3\ncity=Paris\n', 'contacts:untag', '-', '--tag', 'a')).toEqual({
      status: 3,
      stdout: '1 tag taken off 1 contact\n',
      stderr: warning,
    });
  });

  it('refuse what they must', () => {
    const { run } = crmOfThree();
    expect(run('contacts:tag', '1', '9', '--tag', 'a')).toEqual(
      refused(2, 'unknown contact `9`', FORMS),
    );
    expect(run('contacts:tag', '1')).toEqual(
      refused(2, '`--tag <tag>` is missing', 'name at least one: --tag vip'),
    );
    expect(run('contacts:untag', '1')).toEqual(
      refused(2, '`--tag <tag>` is missing', 'name at least one: --tag vip'),
    );
    expect(run('contacts:tag', '1', '--tag', 'a|b')).toEqual(
      refused(
        2,
        '`a|b` cannot be a tag',
        'a tag is not empty, does not begin with - and has no | in it',
      ),
    );
    expect(run('contacts:untag', '1', '--tag', 'vib')).toEqual(
      refused(2, 'unknown tag `vib`', 'did you mean `vip`?'),
    );
    expect(run('contacts:untag', 'city=Paris', '--tag', 'vip')).toEqual(
      refused(
        2,
        'contacts cannot be named by `city`: it is not unique',
        'unique fields: id, email',
      ),
    );
  });
});

describe('contacts:segments', () => {
  it('lists what a contact is in, and pinned out of', () => {
    const { run, ok, json } = crmOfThree();
    for (const name of ['News', 'Alpha']) ok('segments:create', name);
    ok('segments:create', 'Rich', '--where', 'points > 10');
    ok('segments:add', 'news', '1');
    ok('segments:add', 'alpha', '1');
    ok('segments:remove', 'rich', '1');
    expect(run('contacts:segments', 'ann@example.org')).toEqual(
      done(
        [
          'segment  alias  name   member  since                 via     pin  pin until',
          `      2  alpha  Alpha  yes     ${NOW}  manual  -    -`,
          `      1  news   News   yes     ${NOW}  manual  -    -`,
          '      3  rich   Rich   no      -                     -       out  -',
          '',
        ].join('\n'),
        '3 segments\n',
      ),
    );
    expect(json('contacts:segments', '1', '--after', '2', '--limit', '1')).toMatchObject([
      {
        segment_id: 1,
        alias: 'news',
        name: 'News',
        member: true,
        since: NOW,
        via: 'manual',
        pin: null,
        pin_via: null,
        pin_until: null,
        reason: null,
        run_id: null,
        version: 1,
      },
    ]);
    expect(run('contacts:segments', '1', '--format', 'ids')).toEqual(done('2\n1\n3\n'));
    expect(run('contacts:segments', '2')).toEqual(done('', 'contact 2 is in no segment\n'));
    expect(run('contacts:segments', 'member_no=1')).toEqual(
      refused(
        2,
        'unknown field `member_no`',
        '`rollcall fields:list --object contact` shows all 27',
      ),
    );
  });
});
