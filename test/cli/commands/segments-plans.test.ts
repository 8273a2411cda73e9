import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const NOW = '2026-03-01T10:00:00Z';
const DATES = "write 2026-04-01, 2026-04-01T10:00, 'today + 30 days', 'now + 6 hours' or never";

/**
 * Ann (1) with 80 points and Bob (2) with 10; the dynamic segment hot (1), built, and the static
 * list (2).
 */
function crmWithHot(): Crm {
  const crm = makeCrm();
  crm.ok('contacts:add', 'ann@example.org', '--set', 'points=80');
  crm.ok('contacts:add', 'bob@example.org', '--set', 'points=10');
  crm.ok('segments:create', 'Hot', '--where', 'points >= 50', '--update');
  crm.ok('segments:create', 'List');
  return crm;
}

const updateAt = (crm: Crm, now: string, ...more: string[]) =>
  crm.world.runWith({ now }, 'segments:update', '--db', 'crm.db', ...more);
const summary = (segments: number, joined: number, left: number): RegExp =>
  new RegExp(
    `^segments=${segments} changed=${joined + left > 0 ? 1 : 0} joined=${joined} left=${left} failed=0 ms=\\d+\n$`,
  );

describe('--until', () => {
  it('is the end of a pin, shown wherever the pin is', () => {
    const { run, json, ok } = crmWithHot();
    expect(run('segments:add', 'hot', '2', '--until', 'today + 30 days')).toEqual(
      done('hot: 1 joined, 1 pinned, until 2026-03-31T00:00:00Z\n'),
    );
    expect(json('segments:remove', 'hot', '1', '--until', '2026-03-02T10:00+02:00')).toEqual({
      segment: 'hot',
      joined: 0,
      left: 1,
      pinned: 1,
      unpinned: 0,
      unchanged: 0,
      end_moved: 0,
      held_out: 0,
      until: '2026-03-02T08:00:00Z',
      unknown: 0,
      triggers: [],
    });
    expect(json('segments:members', 'hot')).toMatchObject([
      {
        contact_id: 2,
        email: 'bob@example.org',
        since: NOW,
        via: 'manual',
        pin: 'in',
        pin_until: '2026-03-31T00:00:00Z',
      },
    ]);
    expect(ok('segments:members', 'hot')).toBe(
      'contact  email            since                 via     pin  pin until\n' +
        `      2  bob@example.org  ${NOW}  manual  in   2026-03-31T00:00:00Z\n`,
    );
    expect(json('contacts:segments', '1')).toMatchObject([
      {
        segment_id: 1,
        alias: 'hot',
        name: 'Hot',
        member: false,
        since: null,
        via: null,
        pin: 'out',
        pin_until: '2026-03-02T08:00:00Z',
      },
    ]);
    expect(ok('contacts:show', '1')).toContain(
      '  hot  pinned out until 2026-03-02T08:00:00Z, no member\n',
    );
    expect(ok('contacts:show', '2')).toContain(
      `  hot  since ${NOW} via manual, pinned in until 2026-03-31T00:00:00Z\n`,
    );
    expect(json('contacts:show', '2')).toMatchObject({
      segments: [{ alias: 'hot', pin: 'in', pin_until: '2026-03-31T00:00:00Z' }],
    });
    expect(json('segments:show', 'hot')).toMatchObject({
      pinned_in: 1,
      pinned_out: 1,
      pins_ending: 2,
    });
  });

  it('counts from the midnight of the store', () => {
    const { ok } = crmWithHot();
    ok('settings:set', 'timezone', 'Europe/Paris');
    expect(ok('segments:add', 'hot', '2', '--until', 'tomorrow')).toBe(
      'hot: 1 joined, 1 pinned, until 2026-03-02T00:00:00+01:00\n',
    );
  });

  it('is moved by doing it again with another, and by nothing else', () => {
    const { ok, json } = crmWithHot();
    const pin = (): unknown => json('segments:members', 'hot');
    const pinned = (until: string | null): object[] => [
      {
        contact_id: 1,
        email: 'ann@example.org',
        since: NOW,
        via: 'filter',
        pin: 'in',
        pin_via: 'api',
        pin_until: until,
      },
    ];
    expect(ok('segments:add', 'hot', '1', '--via', 'api', '--until', '2026-04-01')).toBe(
      'hot: 1 pinned, until 2026-04-01T00:00:00Z\n',
    );
    expect(ok('segments:add', 'hot', '1', '--until', '2026-04-01')).toBe('hot: 1 unchanged\n');
    expect(ok('segments:add', 'hot', '1')).toBe('hot: 1 unchanged\n');
    expect(pin()).toMatchObject(pinned('2026-04-01T00:00:00Z'));
    expect(ok('segments:add', 'hot', '1', '2', '--until', '2026-05-01')).toBe(
      'hot: 1 joined, 1 pinned, 1 given another end, until 2026-05-01T00:00:00Z\n',
    );
    ok('segments:remove', 'hot', '2');
    expect(pin()).toMatchObject(pinned('2026-05-01T00:00:00Z'));
    expect(ok('segments:add', 'hot', '1', '--until', 'never')).toBe('hot: 1 given another end\n');
    expect(pin()).toMatchObject(pinned(null));
    expect(ok('segments:remove', 'hot', '2', '--until', '2026-05-01')).toBe(
      'hot: 1 given another end, until 2026-05-01T00:00:00Z\n',
    );
    expect(ok('segments:unpin', 'hot', '1', '2')).toBe('hot: 2 unpinned\n');
  });

  it('is kept by the update at or behind it, which says so but for -q', () => {
    const crm = crmWithHot();
    crm.ok('segments:add', 'hot', '2', '--until', '2026-03-02T00:00:00Z');
    expect(updateAt(crm, '2026-03-01T23:59:59.999Z')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(summary(1, 0, 0)),
      stderr: '',
    });
    expect(updateAt(crm, '2026-03-02T00:00:00Z')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(summary(1, 0, 1)),
      stderr: '1 pin of hot ended: its filter decides again\n',
    });
    crm.ok('segments:add', 'hot', '2', '--until', '2026-03-03');
    expect(updateAt(crm, '2026-03-03T00:00:00Z', '-q')).toEqual(done(''));
    crm.ok('segments:add', 'hot', '2', '--until', '2026-03-04');
    const { stdout, stderr } = updateAt(crm, '2026-03-05T00:00:00Z', '--json');
    expect([JSON.parse(stdout), stderr]).toMatchObject([
      { data: { pins_ended: [{ alias: 'hot', pins: 1 }], converted: [] } },
      '',
    ]);
    expect(crm.json('runs:list', '--limit', '1')).toMatchObject([{ pins_ended: 1, converted: 0 }]);
  });

  it('leaves nothing to a filter that sleeps from then on', () => {
    const crm = crmWithHot();
    crm.ok('segments:add', 'hot', '2', '--until', '2026-03-02T00:00:00Z');
    crm.ok('segments:convert', 'hot', '--to', 'static', '--on', '2026-03-02');
    expect(updateAt(crm, '2026-03-02T00:00:00Z').stderr).toBe(
      '1 pin of hot ended: its members stay as they are, since it is static from now on\n' +
        'segment hot is static now, as planned: on 2026-03-02\n',
    );
  });

  it.each([
    [
      ['hot', '2', '--until', 'yesterday'],
      refused(
        2,
        '`--until yesterday` is over: it means 2026-02-28T00:00:00Z',
        'name an instant to come; a day means its first instant',
      ),
    ],
    [
      ['hot', '2', '--until', NOW],
      refused(
        2,
        `\`--until ${NOW}\` is over: it means ${NOW}`,
        'name an instant to come; a day means its first instant',
      ),
    ],
    [['hot', '2', '--until', 'soon'], refused(2, '`--until soon` is not a date', DATES)],
    [
      ['hot', '2', '--until', '2026-02-30'],
      refused(2, '`--until 2026-02-30` is not a date', DATES),
    ],
    [
      ['hot', '2', '--until', 'tomorrow or so'],
      refused(2, '`--until tomorrow or so` is not a date', DATES),
    ],
    [['hot', '2', '--until', ''], refused(2, '`--until ` is not a date', DATES)],
  ])('is refused: %j', (args, expected) => {
    const { run, json } = crmWithHot();
    for (const command of ['segments:add', 'segments:remove'])
      expect(run(command, ...args)).toEqual(expected);
    expect([json('contacts:segments', '2'), json('segments:members', 'list')]).toEqual([[], []]);
  });
});

describe('segments:convert with a plan', () => {
  it('says when, keeps one plan, and cancels it', () => {
    const { ok, json } = crmWithHot();
    const plan = (): unknown => json('segments:list', '--type', 'dynamic');
    const none = {
      convert_on: null,
      convert_after_inactivity: null,
      convert_planned_at: null,
      converts_at: null,
    };
    expect(ok('segments:convert', 'hot', '--to', 'static', '--on', '2026-04-01')).toBe(
      'segment hot becomes static on 2026-04-01: as things stand at the first update from 2026-04-01T00:00:00Z on\n',
    );
    expect(plan()).toMatchObject([
      {
        ...none,
        convert_on: '2026-04-01',
        convert_planned_at: NOW,
        converts_at: '2026-04-01T00:00:00Z',
      },
    ]);
    expect(
      ok('segments:convert', 'hot', '--to', 'static', '--after-inactivity', '6w', '--dry-run'),
    ).toBe(
      'dry run, nothing was changed; it would be: segment hot becomes static after 6w in which nobody ' +
        'joined or left, not on 2026-04-01: as things stand at the first update ' +
        'from 2026-04-12T10:00:00Z on\n',
    );
    expect(plan()).toMatchObject([{ convert_on: '2026-04-01' }]);
    expect(json('segments:convert', 'hot', '--to', 'static', '--after-inactivity', '1m')).toEqual({
      segment: 'hot',
      changed: true,
      dry_run: false,
      ...none,
      convert_after_inactivity: '1m',
      convert_planned_at: NOW,
      converts_at: '2026-04-01T10:00:00Z',
    });
    expect(json('segments:show', 'hot')).toMatchObject({
      ...none,
      convert_after_inactivity: '1m',
      convert_planned_at: NOW,
      converts_at: '2026-04-01T10:00:00Z',
      last_joined_or_left_at: NOW,
      converted_at: null,
    });
    expect(ok('segments:convert', 'hot', '--to', 'static', '--after-inactivity', '1m')).toMatch(
      /, as planned already: /,
    );
    expect(ok('segments:convert', 'hot', '--never')).toBe(
      'segment hot stays dynamic: it is no longer planned to become static after 1m in which nobody joined or left\n',
    );
    expect(ok('segments:convert', 'hot', '--to', 'static', '--never')).toBe(
      'nothing is planned for segment hot\n',
    );
    expect(plan()).toMatchObject([none]);
  });

  it('is carried out by the update on that day in the zone of the store, before anybody leaves', () => {
    const crm = crmWithHot();
    crm.ok('settings:set', 'timezone', 'Europe/Paris');
    crm.ok('segments:convert', 'hot', '--to', 'static', '--on', 'tomorrow');
    crm.ok('contacts:edit', '1', '--set', 'points=0');
    crm.ok('contacts:edit', '2', '--set', 'points=99');
    const { status, stdout, stderr } = updateAt(crm, '2026-03-01T23:00:00Z');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'segment hot is static now, as planned: on 2026-03-02\n',
    });
    expect(stdout).toMatch(summary(0, 0, 0));
    expect(crm.ok('segments:members', 'hot', '--format', 'ids')).toBe('1\n');
    expect(crm.json('segments:show', 'hot')).toMatchObject({
      type: 'static',
      filter: 'points >= 50',
      convert_on: null,
      converts_at: null,
      converted_at: '2026-03-01T23:00:00Z',
      converted_run: 2,
      pinned_in: 0,
    });
    expect(crm.json('runs:show', 'last')).toMatchObject({ id: 2, converted: 1 });
    expect(crm.json('segments:convert', 'hot', '--to', 'dynamic')).toMatchObject({
      converted: true,
    });
    expect(crm.json('segments:show', 'hot')).toMatchObject({
      type: 'dynamic',
      convert_on: null,
      converted_at: NOW,
      converted_run: null,
    });
  });

  it('is told as JSON by the update that carries it out, and names what was planned', () => {
    const crm = crmWithHot();
    crm.ok('segments:convert', 'hot', '--to', 'static', '--after-inactivity', '30d');
    expect(JSON.parse(updateAt(crm, '2026-03-31T09:59:59Z', '--json').stdout)).toMatchObject({
      data: { converted: [] },
    });
    const { stdout, stderr } = updateAt(crm, '2026-03-31T10:00:00Z', '--json', 'hot');
    expect(JSON.parse(stdout)).toMatchObject({
      data: {
        segments: [],
        converted: [
          {
            alias: 'hot',
            planned: 'after 30d in which nobody joined or left',
            planned_at: NOW,
            pinned_out: 0,
          },
        ],
      },
    });
    expect(stderr).toBe(
      '{"warning":{"message":"segment hot is static: there is nothing to update"}}\n',
    );
  });

  it('is due at once where nobody has joined or left for long, and is dropped by a conversion by hand', () => {
    const { world, ok, json } = crmWithHot();
    const later = world.runWith(
      { now: '2026-06-01T00:00:00Z' },
      'segments:convert',
      'hot',
      '--to',
      'static',
      '--after-inactivity',
      '30d',
      '--db',
      'crm.db',
    );
    expect(later).toEqual(
      done(
        'segment hot becomes static after 30d in which nobody joined or left: that is at the next update\n',
      ),
    );
    ok('segments:convert', 'hot', '--to', 'static');
    expect(json('segments:show', 'hot')).toMatchObject({
      type: 'static',
      convert_after_inactivity: null,
      converted_run: null,
    });
  });

  it('has nothing to do in a static segment', () => {
    const { run } = crmWithHot();
    expect(run('segments:convert', 'list', '--to', 'static', '--on', 'tomorrow')).toEqual(
      done('segment list is static already: there is nothing to plan\n'),
    );
    expect(run('segments:convert', 'list', '--never')).toEqual(
      done('segment list is static already: there is nothing to plan\n'),
    );
  });

  const dynamicHint =
    'leave out --on, --after-inactivity and --never to convert to dynamic at once';
  it.each([
    [
      ['--to', 'static', '--on', 'yesterday'],
      '`--on yesterday` is over: today is 2026-03-01',
      'name a day to come, or leave out --on to convert at once',
    ],
    [
      ['--to', 'static', '--on', 'now + 3 hours'],
      '`--on now + 3 hours` is not a day',
      "write 2026-04-01, tomorrow or 'today + 30 days'",
    ],
    [
      ['--to', 'static', '--on', 'soon'],
      '`--on soon` is not a day',
      "write 2026-04-01, tomorrow or 'today + 30 days'",
    ],
    [
      ['--to', 'static', '--on', 'today + 9999 years'],
      '`--on today + 9999 years` is not a day',
      "write 2026-04-01, tomorrow or 'today + 30 days'",
    ],
    [
      ['--to', 'static', '--after-inactivity', '0d'],
      '`--after-inactivity 0d` is not a period',
      'write 30d, 6w or 1m: days, weeks or months',
    ],
    [
      ['--to', 'static', '--after-inactivity', '2h'],
      '`--after-inactivity 2h` is not a period',
      'write 30d, 6w or 1m: days, weeks or months',
    ],
    [
      ['--to', 'static', '--on', 'today', '--never'],
      '`--on`, `--after-inactivity` and `--never` exclude each other',
      'a segment has one plan: give one of them',
    ],
    [
      ['--to', 'dynamic', '--on', 'tomorrow'],
      'only a conversion to static can be planned',
      dynamicHint,
    ],
    [['--to', 'dynamic', '--never'], 'only a conversion to static can be planned', dynamicHint],
    [['--on', 'tomorrow'], '`--to <type>` is missing', 'to plan: --to static'],
    [
      ['--to', 'static', '--on', 'tomorrow', '--keep', 'pin'],
      '`--keep` is for conversions to dynamic',
      'to static all members stay',
    ],
    [[], '`--to <type>` is missing', 'give static or dynamic'],
  ])('is refused: %j', (args, message, hint) => {
    const { run, json } = crmWithHot();
    expect(run('segments:convert', 'hot', ...args)).toEqual(refused(2, message, hint));
    expect(json('segments:show', 'hot')).toMatchObject({
      type: 'dynamic',
      convert_planned_at: null,
    });
  });
});
