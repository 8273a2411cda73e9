import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Crm, makeCrm, refused } from './crm.ts';

const [ON_DAY_90, AFTER_DAY_90] = ['2026-05-30T10:00:00Z', '2026-05-30T10:00:01Z'];

/** The static segment `hand`, of ann and bob, with bob's removal; deleted. */
function makeDeleted(): Crm {
  const crm = makeCrm();
  for (const name of ['ann', 'bob', 'cid']) crm.ok('contacts:add', `${name}@example.org`);
  crm.ok('segments:create', 'Hand', '--description', 'by hand');
  crm.ok('segments:add', 'hand', 'ann@example.org', 'bob@example.org', 'cid@example.org');
  crm.ok('segments:remove', 'hand', 'cid@example.org', '--reason', 'asked to');
  crm.ok('segments:delete', 'hand', '--yes');
  return crm;
}

interface Member {
  readonly left_at: string | null;
  readonly left_via: string | null;
}

const emails = ({ json }: Crm, alias: string): string[] =>
  (json('segments:members', alias) as { email: string }[]).map(({ email }) => email);

describe('a deleted segment', () => {
  it('is out of every view, frees its alias, and is listed', () => {
    const { json, run, ok } = makeDeleted();
    expect(json('segments:list')).toEqual([]);
    expect(run('segments:show', 'hand')).toMatchObject({ status: 2 });
    expect(json('contacts:segments', 'ann@example.org')).toEqual([]);
    expect(json('segments:list', '--deleted')).toMatchObject([
      { id: 1, alias: 'hand', type: 'static', members: 2 },
    ]);
    expect(json('segments:list', '--deleted', '--search', 'HAN')).toHaveLength(1);
    for (const other of [
      ['--search', 'foot'],
      ['--type', 'dynamic'],
    ])
      expect(json('segments:list', '--deleted', ...other)).toEqual([]);
    expect(run('segments:list', '--deleted', '--after', '1')).toMatchObject({ status: 2 });
    ok('segments:create', 'Hand');
  });

  it('comes back with those of its members who still exist, and its removals', () => {
    const crm = makeDeleted();
    crm.ok('contacts:delete', 'bob@example.org', '--yes');
    expect(crm.ok('segments:restore', 'hand')).toBe(
      'restored static segment hand (id 1) with 1 member; of the 2 before, 1 is no contact any more\n',
    );
    expect(emails(crm, 'hand')).toEqual(['ann@example.org']);
    expect(crm.json('segments:show', 'hand')).toMatchObject({
      description: 'by hand',
      members: 1,
      pinned_out: 1,
    });
    expect(crm.json('segments:list', '--deleted')).toEqual([]);
    expect(crm.ok('doctor', '--deep')).toContain('all well');
  });

  it('says of members of before who was merged, and who was taken out with that or an import', () => {
    const crm = makeDeleted();
    crm.world.file('list.csv', 'email\ndan@example.org\n');
    crm.ok('contacts:add', 'dan@example.org');
    crm.ok('segments:create', 'List');
    crm.ok('contacts:import', 'list.csv', '--segment', 'list');
    crm.ok('segments:delete', 'list', '--yes');
    crm.ok('contacts:merge', 'cid@example.org', 'ann@example.org', '--yes');
    expect(crm.ok('segments:restore', 'hand')).toBe(
      'restored static segment hand (id 1) with 1 member; of the 2 before, ' +
        '1 is part of another contact\n',
    );
    expect(emails(crm, 'hand')).toEqual(['bob@example.org']); // cid's removal holds
    expect(crm.ok('imports:undo', 'last', '--yes')).toBe(
      'import 1 of list.csv: 1 taken back in deleted segments\n',
    );
    expect(crm.ok('segments:restore', 'list')).toBe(
      'restored static segment list (id 2) with 0 members; of the 1 before, 1 was taken out meanwhile\n',
    );
    expect(crm.ok('doctor', '--deep')).toContain('all well');
  });

  it('tells nothing of who came to be in it while it was deleted and left again', () => {
    const crm = makeCrm();
    for (const name of ['ann', 'bob', 'cid']) crm.ok('contacts:add', `${name}@example.org`);
    crm.ok('segments:create', 'Hand');
    crm.ok('segments:add', 'hand', '1', '3');
    crm.ok('segments:remove', 'hand', '3');
    crm.ok('segments:delete', 'hand', '--yes');
    for (const loser of ['1', '3']) crm.ok('contacts:merge', '2', loser, '--yes');
    expect(crm.ok('segments:restore', 'hand')).toBe(
      'restored static segment hand (id 1) with 0 members; of the 1 before, ' +
        '1 is part of another contact\n',
    );
    // all of it was at one instant
    const moves = crm.json('contacts:history', '2') as { what: string }[];
    expect(moves.map(({ what }) => what)).toEqual(['pinned out']);
  });

  it('has members since it came back', () => {
    const { world } = makeDeleted();
    const at = (now: string, ...args: string[]): string =>
      world.runWith({ now }, ...args, '--db', 'crm.db').stdout;
    at('2026-03-05T00:00:00Z', 'segments:restore', 'hand');
    const later = '2026-03-06T00:00:00Z';
    const since = at(later, 'segments:members', 'hand', '--joined-since', '2026-03-04');
    expect(since).toMatch(/ann@example.org +2026-03-05T00:00:00Z +segment-restored/);
    const none = at(later, 'segments:members', 'hand', '--joined-since', later, '--format', 'ids');
    expect(none).toBe('');
    expect(at(later, 'contacts:segments', '1')).toContain('2026-03-05T00:00:00Z');
  });

  it('had members who left with it, as of an instant before', () => {
    const { world } = makeCrm();
    const on = (day: number, ...args: string[]): string =>
      world.runWith({ now: `2026-03-0${day}T10:00:00Z` }, ...args, '--db', 'crm.db').stdout;
    on(1, 'contacts:add', 'ann@example.org');
    on(1, 'contacts:add', 'bob@example.org');
    on(1, 'segments:create', 'Hand');
    on(1, 'segments:add', 'hand', '1', '2');
    on(3, 'segments:delete', 'hand', '--yes');
    on(5, 'segments:restore', 'hand');
    on(7, 'segments:remove', 'hand', '2');
    const then = (day: number): unknown => {
      const asOf = `2026-03-0${day}T10:00:00Z`;
      const told = on(8, 'segments:members', 'hand', '--as-of', asOf, '--json');
      const { data } = JSON.parse(told) as { data: Member[] };
      return data.map(({ left_at, left_via }) => [left_at?.slice(0, 10) ?? null, left_via]);
    };
    const deleted = ['2026-03-03', 'segment-deleted'];
    expect([then(2), then(4), then(6)]).toEqual([
      [deleted, deleted],
      [],
      [
        [null, null],
        ['2026-03-07', 'manual'],
      ],
    ]);
  });

  it('is told in order of time where the clock went back', () => {
    const { world } = makeDeleted();
    const at = (now: string, ...args: string[]): string =>
      world.runWith({ now }, ...args, '--db', 'crm.db').stdout;
    at('2026-02-20T00:00:00Z', 'segments:restore', 'hand');
    const told = at('2026-04-01T00:00:00Z', 'segments:history', 'hand', '--by', 'month', '--json');
    const { data } = JSON.parse(told) as { data: Record<'members' | 'joined' | 'left', number>[] };
    let size = 0;
    for (const { members, joined, left } of data) {
      size += joined - left;
      expect(members).toBe(size);
    }
    expect(size).toBe(2);
  });

  it('comes back dynamic as it was, and the next update builds it', () => {
    const crm = makeCrm();
    crm.ok('contacts:add', 'ann@example.org', '--set', 'points=5');
    crm.ok('segments:create', 'Hot', '--where', 'points > 1', '--update');
    crm.ok('segments:delete', 'hot', '--yes');
    crm.ok('contacts:edit', 'ann@example.org', '--set', 'points=0');
    crm.ok('contacts:add', 'bob@example.org', '--set', 'points=9');
    expect(crm.ok('segments:restore', '1')).toBe(
      'restored dynamic segment hot (id 1) with 1 member; the next update builds it\n',
    );
    crm.ok('segments:update');
    expect(emails(crm, 'hot')).toEqual(['bob@example.org']);
    crm.ok('segments:verify');
  });

  it('warns where its filter does not check any more', () => {
    const { ok, run } = makeCrm();
    ok('fields:create', 'plan', '--type', 'text');
    ok('segments:create', 'Pro', '--where', 'plan = "pro"');
    ok('segments:delete', 'pro', '--yes');
    ok('fields:delete', 'plan', '--yes');
    const { status, stderr } = run('segments:restore', 'pro');
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^warning: its filter .* any more: the filter reads the field `plan`, which no longer exists; .*example: rollcall segments:filters:set pro 'country = "FR"' --db crm\.db$/m,
    );
  });

  it('whose alias is taken comes back under another', () => {
    const crm = makeDeleted();
    crm.ok('segments:create', 'Hand');
    expect(crm.run('segments:restore', 'hand')).toEqual(
      refused(
        1,
        'another segment is called hand',
        'restore it under another alias: rollcall segments:restore 1 --alias hand-before',
      ),
    );
    expect(crm.json('segments:list', '--deleted')).toHaveLength(1);
    crm.ok('segments:restore', 'hand', '--alias', 'old-hand');
    expect(emails(crm, 'old-hand')).toHaveLength(2);
    expect(crm.json('segments:versions', 'old-hand')).not.toEqual([]);
  });

  it('is told from others by its id', () => {
    const { ok, run } = makeDeleted();
    ok('segments:create', 'Hand');
    ok('segments:delete', 'hand', '--yes');
    const { status, stderr } = run('segments:restore', 'hand');
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/2 deleted segments were called hand\nhint: give the id: 2 .*, 1 /),
    ]);
    ok('segments:restore', '1');
  });

  it('that is not there is refused', () => {
    expect(makeDeleted().run('segments:restore', 'feet')).toEqual(
      refused(
        2,
        'no deleted segment feet',
        '`rollcall segments:list --deleted --db crm.db` shows them',
      ),
    );
  });

  it('is purged by the first run after 90 days, with all it had', () => {
    const { world, json, run } = makeDeleted();
    const update = (now: string): unknown =>
      world.runWith({ now }, 'segments:update', '--db', 'crm.db').status;
    expect([update(ON_DAY_90), json('segments:list', '--deleted')]).toMatchObject([0, [{ id: 1 }]]);
    expect([update(AFTER_DAY_90), json('segments:list', '--deleted')]).toEqual([0, []]);
    expect(run('segments:restore', '1')).toMatchObject({ status: 2 });
    const raw = new Sqlite(join(world.folder, 'crm.db'), { readonly: true });
    for (const table of ['deleted_joined', 'deleted_pins', 'deleted_history', 'causes'])
      expect([table, raw.prepare(`select count(*) from ${table}`).pluck().get()]).toEqual([
        table,
        0,
      ]);
    raw.close();
  });

  it('outlives a clock that is ahead by mistake', () => {
    const { world, json } = makeDeleted();
    world.runWith({ now: undefined }, 'segments:create', 'Foot', '--db', 'crm.db');
    world.runWith({ now: undefined }, 'segments:delete', 'foot', '--yes', '--db', 'crm.db');
    world.runWith({ now: '2999-01-01T00:00:00Z' }, 'segments:update', '--db', 'crm.db');
    expect(json('segments:list', '--deleted')).toMatchObject([{ alias: 'foot' }]);
  });
});
