import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const NOW = '2026-03-01T10:00:00Z';
const INSTANT_HINT =
  "write 2026-03-01, '2026-03-01 10:00', 2026-03-01T10:00:00+01:00, yesterday, 'today - 3 days' or '10 minutes ago'";

function crmWithAnn(): Crm {
  const crm = makeCrm();
  crm.ok('contacts:add', 'ann@example.org');
  return crm;
}

describe('events:add', () => {
  it('says of an instant that is still to come that it is no activity', () => {
    const { run, json } = crmWithAnn();
    expect(run('events:add', '1', 'page.hit', '--at', 'tomorrow')).toEqual(
      done(
        'recorded page.hit of contact 1 at 2026-03-02T00:00:00Z\n',
        'warning: that is still to come: it is recorded, but is no activity\n',
      ),
    );
    expect(json('contacts:list', '--fields', 'last_active_at')).toEqual([{ last_active_at: null }]);
    expect(run('events:add', '1', 'page.hit', '--at', 'now')).toMatchObject({ stderr: '' });
  });

  it('records what it is told', () => {
    const { run, json } = crmWithAnn();
    expect(
      run(
        'events:add',
        'ann@example.org',
        'page.hit',
        '--subject',
        '/pricing',
        '--at',
        '2026-03-01T09:00:00.999Z',
      ),
    ).toEqual(done(`recorded page.hit of contact 1 at 2026-03-01T09:00:00.999Z\n`));
    expect(
      json(
        'events:add',
        '1',
        'purchase',
        '--value',
        '49.90',
        '--at',
        '2026-02-01T10:00+02:00',
        '--property',
        'sku=T=1',
        '--property',
        'colour=',
      ),
    ).toEqual({
      id: 2,
      contact_id: 1,
      type: 'purchase',
      occurred_at: '2026-02-01T08:00:00Z',
      triggers: [],
    });
    expect(json('events:list')).toEqual([
      {
        id: 1,
        contact_id: 1,
        type: 'page.hit',
        occurred_at: '2026-03-01T09:00:00.999Z',
        subject: '/pricing',
        value: null,
        properties: null,
        external_id: null,
      },
      {
        id: 2,
        contact_id: 1,
        type: 'purchase',
        occurred_at: '2026-02-01T08:00:00Z',
        subject: null,
        value: 49.9,
        properties: { sku: 'T=1' },
        external_id: null,
      },
    ]);
  });

  it('tells of a type that may be a slip of the pen, the first time', () => {
    const { run } = crmWithAnn();
    const add = (type: string) => run('events:add', '1', type, '--at', NOW).stderr;
    expect(add('purchse')).toBe(
      'warning: `purchse` is a new event type; did you mean `purchase`?\n',
    );
    expect([add('purchse'), add('Purchase'), add('demo.booked')]).toEqual(['', '', '']);
  });

  it.each<[string, string[], ReturnType<typeof refused>]>([
    [
      'an unknown contact',
      ['an@example.org', 'page.hit'],
      refused(2, 'unknown contact `an@example.org`', 'did you mean `ann@example.org`?'),
    ],
    [
      'a type with a blank',
      ['1', 'page hit'],
      refused(
        2,
        '`page hit` cannot be an event type',
        'write words with points between them: page.hit, form.submit, purchase',
      ),
    ],
    [
      'a value that is no number',
      ['1', 'purchase', '--value', 'much'],
      refused(2, '--value: `much` is not a number', 'write it like 12.5'),
    ],
    [
      'an instant that is none',
      ['1', 'purchase', '--at', 'soon'],
      refused(2, '`--at soon` is not an instant', INSTANT_HINT),
    ],
    [
      'a property without a value',
      ['1', 'purchase', '--property', 'sku'],
      refused(2, '`--property sku` must be written as name=value'),
    ],
    [
      'a property twice',
      ['1', 'purchase', '--property', 'a=1', '--property', 'a=2'],
      refused(2, 'the property `a` is given twice', 'give it once'),
    ],
    [
      'a property without a name',
      ['1', 'purchase', '--property', ' =1'],
      refused(2, 'a property has no name', 'write it before the `=`: sku=T-100'),
    ],
  ])('refuses %s', (_, args, refusal) => {
    const { run, ok } = crmWithAnn();
    expect(run('events:add', ...args)).toEqual(refusal);
    expect(ok('events:list', '--format', 'ids')).toBe('');
  });
});

describe('events:list', () => {
  it('lists by contact, type and since when, page by page', () => {
    const { run, ok } = crmWithAnn();
    ok('contacts:add');
    ok('events:add', '1', 'page.hit', '--at', '2026-01-01');
    ok('events:add', '2', 'page.hit', '--subject', 'a\u001b[2J');
    ok('events:add', '1', 'purchase', '--value', '5');
    expect(run('events:list')).toEqual(
      done(
        [
          'id  contact  type      occurred              subject   value',
          ' 1        1  page.hit  2026-01-01T00:00:00Z  -             -',
          String.raw` 2        2  page.hit  ${NOW}  a\x1b[2J      -`,
          ` 3        1  purchase  ${NOW}  -             5`,
          '',
        ].join('\n'),
        '3 events\n',
      ),
    );
    const ids = (...args: string[]): string => ok('events:list', '--format', 'ids', ...args);
    expect(ids('--contact', 'ann@example.org')).toBe('1\n3\n');
    expect(ids('--type', 'page.hit', '--since', '2026-01-02')).toBe('2\n');
    expect(ids('--after', '1', '--limit', '1')).toBe('2\n');
    expect(run('events:list', '--limit', '2').stderr).toBe('2 events, as many as --limit allows\n');
    expect(run('events:list', '--limit', '4').stderr).toBe('3 events\n');
    expect(run('events:list', '--type', 'none')).toEqual(done('', 'no events match\n'));
  });

  it('refuses what it must', () => {
    const { run } = crmWithAnn();
    expect(run('events:list', '--contact', 'an@example.org')).toEqual(
      refused(2, 'unknown contact `an@example.org`', 'did you mean `ann@example.org`?'),
    );
    expect(run('events:list', '--since', 'soon')).toEqual(
      refused(2, '`--since soon` is not an instant', INSTANT_HINT),
    );
  });
});

describe('events:import', () => {
  it('rejects events of strangers unless it may make contacts, and knows what it has', () => {
    const { run, ok, world } = crmWithAnn();
    world.file(
      'hits.csv',
      'email,type,occurred_at,subject\n' +
        'ann@example.org,page.hit,2026-01-01T10:00:00Z,/a\n' +
        'bob@example.org,page.hit,2026-01-02T10:00:00Z,/b\n',
    );
    expect(run('events:import', 'hits.csv')).toEqual({
      status: 3,
      stdout: '2 rows: 1 inserted, 1 rejected\nrejected rows are in hits.csv.rejects.csv\n',
      stderr: 'warning: line 3, `email`: no contact has it\n',
    });
    expect(run('events:import', 'hits.csv', '--create-contacts')).toEqual(
      done('2 rows: 1 inserted, 1 unchanged\n'),
    );
    expect(ok('contacts:list', '--fields', 'email', '--format', 'csv')).toBe(
      'email\nann@example.org\nbob@example.org\n',
    );
    expect(ok('events:list', '--format', 'ids')).toBe('1\n2\n');
  });

  it('refuses a file that is unusable, missing, or not as its options say', () => {
    const { run, world } = crmWithAnn();
    world.file('no-type.csv', 'email,occurred_at\nann@example.org,2026-01-01\n');
    expect(run('events:import', 'no-type.csv')).toMatchObject({ status: 65, stdout: '' });
    expect(run('events:import', 'none.csv')).toMatchObject({ status: 66, stdout: '' });
    expect(run('events:import', 'no-type.csv', '--key', 'colour')).toMatchObject({
      status: 2,
      stdout: '',
    });
  });
});
