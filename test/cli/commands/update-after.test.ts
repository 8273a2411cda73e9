import { setTimeout } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/sqlite/open.ts';
import type { Ran } from '../../helpers/run.ts';
import { type Crm, makeCrm } from './crm.ts';

describe('--update', () => {
  const words = [
    ['contacts:add', 'new@example.org', '--set', 'points=60'],
    ['contacts:edit', '1', '--set', 'points=60'],
    ['contacts:delete', '2', '--yes'],
    ['contacts:tag', '1', '--tag', 'hot'],
    ['contacts:untag', '2', '--tag', 'hot'],
    ['contacts:suppress', '2', '--channel', 'email'],
    ['contacts:unsuppress', '3', '--yes'],
    ['events:add', '1', 'purchase'],
    ['companies:add', 'Acme'],
    ['companies:edit', 'Umbrella', '--set', 'employees=60'],
    ['companies:delete', 'Umbrella', '--yes'],
    ['suppressions:delete', 'cy@example.org', '--yes'],
    ['imports:undo', 'last', '--yes'],
    ['contacts:import', 'one.csv'],
    ['companies:import', 'companies.csv'],
    ['events:import', 'events.csv'],
    ['suppressions:import', 'gone.csv'],
    ['segments:import', 'list', 'one.csv'],
    ['segments:add', 'list', '1'],
    ['segments:add', 'list', '--where', 'points is empty'],
    ['segments:remove', 'list', '2'],
    ['segments:unpin', 'list', '1'],
    ['segments:clear', 'list', '--yes'],
    ['segments:modify', '--contact', '1', '--add', 'list', '--via', 'api'],
    ['contacts:preferences', '1', '--set', 'list'],
  ];

  const FILES = {
    'dan.csv': 'email\ndan@example.org\n',
    'one.csv': 'email,points\nann@example.org,70\n',
    'companies.csv': 'name,employees\nUmbrella,70\n',
    'events.csv': 'email,type,occurred_at\nann@example.org,purchase,2026-02-01\n',
    'gone.csv': 'address\nbob@example.org\n',
  };

  function crmWithHot(): Crm {
    const crm = makeCrm();
    for (const name of ['ann', 'bob', 'cy']) crm.ok('contacts:add', `${name}@example.org`);
    crm.ok('contacts:tag', '2', '--tag', 'hot');
    crm.ok('contacts:suppress', '3', '--channel', 'email');
    crm.ok('contacts:edit', '2', '--set', 'company=Umbrella');
    for (const [name, text] of Object.entries(FILES)) crm.world.file(name, text);
    crm.ok('contacts:import', 'dan.csv');
    crm.ok('segments:create', 'List', '--preference-center');
    crm.ok('segments:add', 'list', '2');
    const hot =
      '(points > 50 or tags has any ("hot") or did purchase or company.employees > 50 ' +
      'or in segment list) and not suppressed(email)';
    crm.ok('segments:create', 'Hot', '--where', hot, '--update');
    return crm;
  }

  it('says after an undo who stays until the next update, if there is none yet', () => {
    const { world, ok, run } = crmWithHot();
    const stays = 'who is no longer pinned stays until the next update';
    for (const [options, isSaid] of [
      [['--update'], false],
      [[], true],
    ] as const) {
      ok('contacts:import', world.file('dan.csv', FILES['dan.csv']), '--segment', 'hot');
      const { stderr } = run('imports:undo', 'last', '--yes', ...options);
      expect([options, stderr.includes(stays)]).toEqual([options, isSaid]);
    }
  });

  it.each(words)('makes the segments true at once: %s', (...line) => {
    const crm = crmWithHot();
    expect(crm.json(...line, '--update')).toMatchObject({ update: { failed: 0 } });
    expect(crm.run('segments:verify').status).toBe(0);
    expect(crm.json('segments:update')).toMatchObject({ joined: 0, left: 0 });
  });

  it('is what is said last, and nothing without it', () => {
    const crm = crmWithHot();
    expect(crm.ok('contacts:edit', '1', '--set', 'points=60')).toBe(
      'changed contact 1, ann@example.org\n',
    );
    expect(crm.ok('contacts:tag', '1', '--tag', 'x', '--update')).toMatch(
      /^1 tag added to 1 contact\nsegments=1 changed=1 joined=1 left=0 failed=0 ms=\d+\n$/,
    );
    const partly = crm.runWithInput('1\n99\n', 'contacts:tag', '-', '--tag', 'y', '--update');
    expect(partly).toMatchObject({ status: 3, stdout: expect.stringContaining('segments=1') });
  });

  /** Tags the first contact while a run is at work, and calls back once the tag is stored. */
  async function tagMeanwhile(crm: Crm, onStored: () => void): Promise<Ran> {
    const store = await openStore(`${crm.world.folder}/crm.db`);
    const lock = await store.lockRuns(0);
    const words = ['contacts:tag', '1', '--tag', 'hot', '--update', '--json', '--db', 'crm.db'];
    const started = crm.world.start(...words);
    const isStored = async (): Promise<boolean> =>
      store.read(async (tx) => (await tx.contacts.list({}, ['tags']))[0]?.['tags'] === 'hot');
    while (!(await isStored())) await setTimeout(20);
    onStored();
    await lock?.release();
    await store.close();
    return started;
  }

  const membersOf = (crm: Crm): string => crm.ok('segments:members', 'hot', '--format', 'ids');

  it('waits for a run that is at work', async () => {
    const crm = crmWithHot();
    const ran = await tagMeanwhile(crm, () => expect(membersOf(crm)).toBe('2\n'));
    expect(ran.status).toBe(0);
    expect(membersOf(crm)).toBe('1\n2\n');
  });

  it('ends with 75 where the store stays busy, and what was asked for is stored', async () => {
    const crm = crmWithHot();
    const other = new Sqlite(`${crm.world.folder}/crm.db`);
    const { status, stdout, stderr } = await tagMeanwhile(crm, () => other.exec('begin immediate'));
    other.exec('rollback');
    other.close();
    expect([status, JSON.parse(stdout)]).toMatchObject([75, { data: { added: 1, update: null } }]);
    expect(stderr).toContain('stored; segments follow at the next update');
    expect(membersOf(crm)).toBe('2\n');
    expect(crm.json('segments:update')).toMatchObject({ joined: 1 });
  });
});
