import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { HAS_TERMINAL, onTerminal } from '../../helpers/pseudo-terminal.ts';
import { type Crm, makeCrm, refused } from './crm.ts';

const FOUR = 'email,points\nann@x.example,80\nbob@x.example,1\ncy@x.example,1\ndan@x.example,1\n';

function crmWithFour(): Crm {
  const crm = makeCrm();
  crm.ok('segments:create', 'News');
  crm.ok('segments:create', 'Hot', '--where', 'points >= 50');
  crm.world.file('four.csv', FOUR);
  crm.world.file('three.csv', 'email\nann@x.example\nbob@x.example\ncy@x.example\n');
  crm.ok('contacts:import', 'four.csv', '--segment', 'news');
  return crm;
}

const membersOf = (crm: Crm, segment: string): string =>
  crm.ok('segments:members', segment, '--format', 'ids').trim().split('\n').join(' ');

describe('imports', () => {
  it('are listed, shown and undone', () => {
    const crm = crmWithFour();
    expect(crm.json('contacts:import', 'four.csv')).toMatchObject({ import_id: 2, left: 0 });
    expect(crm.ok('imports:list', '--format', 'ids')).toBe('2\n1\n');
    expect(crm.json('imports:show', '1')).toMatchObject({
      kind: 'contacts',
      file: 'four.csv',
      inserted: 4,
      segment_added: 4,
      options: { segments: ['news'] },
    });
    expect(crm.ok('imports:show', '1', '--format', 'csv')).toBe(
      'segment_id,alias,joined,left,open,pinned\n1,news,4,0,4,0\n',
    );
    expect(crm.run('imports:undo', '1')).toEqual(
      refused(
        2,
        'nobody is there to ask: take import 1 of four.csv back?',
        'to go on without being asked, add --yes',
      ),
    );
    expect(crm.ok('imports:undo', '1', '--dry-run')).toBe(
      'dry run, nothing was changed; it would be: import 1 of four.csv: 4 contacts deleted; 4 memberships ended\n',
    );
    expect(crm.json('imports:undo', '1', '--yes')).toEqual({
      import_id: 1,
      file: 'four.csv',
      left: 4,
      rejoined: 0,
      unpinned: 0,
      in_deleted_segments: 0,
      removals: 0,
      tags: 0,
      contacts: 4,
      companies: 0,
      events: 0,
      kept: 0,
      overwritten: 0,
      fields_kept: [],
      dry_run: false,
      triggers: [],
    });
    expect(crm.ok('contacts:list', '--format', 'ids')).toBe('');
    expect(crm.run('imports:show', '3').status).toBe(2);
  });

  it('are shown with their options as the command line had them', () => {
    const crm = crmWithFour();
    const options = ['--set', 'city=Le Mans', '--max-rejects', '2.5%', '--create-fields'];
    crm.world.file('more.csv', 'email,Score\nann@x.example,7\n');
    crm.ok('contacts:import', 'more.csv', '--segment', 'news', ...options);
    expect(crm.ok('imports:show', 'last')).toMatch(
      /^options +--create-fields \(score\) --set "city=Le Mans" --max-rejects 2.5% --segment news$/m,
    );
    expect(crm.json('imports:show', 'last')).toMatchObject({
      options: { segments: ['news'], segmentIds: [1], createFields: ['score'] },
    });
  });

  it.each<[string, ...string[]]>([
    ['contacts:import', 'p.csv', '--segment', 'news', '--set', 'city=Rome'],
    ['companies:import', 'c.csv', '--key', 'name', '--create-fields'],
    ['events:import', 'e.csv', '--max-rejects', '2%'],
    ['segments:import', 'news', 'p.csv', '--mirror', '--max-shrink', '3', '--yes'],
    ['segments:import', 'news', 'p.csv', '--create-contacts'],
    ['suppressions:import', 'p.csv', '--channel', 'sms', '--reason', 'bounced'],
  ])('are shown with no option that their command does not know: %s', (command, ...words) => {
    const crm = crmWithFour();
    crm.world.file('p.csv', 'email\nann@x.example\n');
    crm.world.file('c.csv', 'name,colour\nAcme,red\n');
    crm.world.file('e.csv', 'email,type,occurred_at\nann@x.example,page.hit,2026-02-01\n');
    crm.ok(command, ...words);
    const [, told = ''] = /^options +(.*)$/m.exec(crm.ok('imports:show', 'last')) ?? [];
    const help = crm.ok(command, '--help');
    const flags = told.match(/--[a-z-]+/g) ?? [];
    expect(flags.filter((flag) => !help.includes(`  ${flag} `))).toEqual([]);
  });

  it('mirror with --yes alone where nobody can be asked', () => {
    const crm = crmWithFour();
    const mirror = ['segments:import', 'news', 'three.csv', '--mirror'];
    expect(crm.run(...mirror).status).toBe(2);
    expect(membersOf(crm, 'news')).toBe('1 2 3 4');
    expect(crm.ok(...mirror, '--yes')).toBe('3 rows: 3 unchanged; 1 membership ended\n');
    expect(membersOf(crm, 'news')).toBe('1 2 3');
    expect(crm.run('contacts:import', 'three.csv', '--mirror', '--yes')).toEqual(
      refused(2, '`--mirror` needs a segment to make equal', 'name it with --segment'),
    );
    expect(crm.run('segments:import', 'news', 'three.csv', '--max-shrink', '1').status).toBe(2);
    crm.world.file('one.csv', 'email\nann@x.example\n');
    expect(crm.run('segments:import', 'news', 'one.csv', '--mirror', '--yes').status).toBe(4);
  });

  it.skipIf(!HAS_TERMINAL)('asks on a terminal, and says how many will leave', async () => {
    const crm = crmWithFour();
    const args = ['segments:import', 'news', 'three.csv', '--mirror', '--db', 'crm.db'];
    const { folder } = crm.world;
    const typed = (keys: string) => [{ after: '[y/N] ', keys }];
    const no = await onTerminal(args, { folder, typed: typed('n\n') });
    expect(no.screen).toContain('1 member will leave\nmake news equal to three.csv? [y/N]');
    expect(membersOf(crm, 'news')).toBe('1 2 3 4');
    expect((await onTerminal(args, { folder, typed: typed('y\n') })).status).toBe(0);
    expect(membersOf(crm, 'news')).toBe('1 2 3');
  });

  it('update at once with --update, after a run that is at work', async () => {
    const crm = crmWithFour();
    expect(crm.json('contacts:import', 'four.csv', '--update')).toMatchObject({
      unchanged: 4,
      update: { joined: 1, failed: 0 },
    });
    expect(membersOf(crm, 'hot')).toBe('1');
    expect(crm.run('contacts:import', 'four.csv', '--update', '--dry-run').status).toBe(2);
    crm.world.file('two.csv', 'email,points\nbob@x.example,90\n');
    const store = await openStore(`${crm.world.folder}/crm.db`);
    const lock = await store.lockRuns(0);
    const started = crm.world.start('contacts:import', 'two.csv', '--update', '--db', 'crm.db');
    while ((await store.read(async (tx) => tx.imports.list({ limit: 1 })))[0]?.file !== 'two.csv')
      await new Promise((resolve) => setTimeout(resolve, 20));
    await lock?.release();
    await store.close();
    expect((await started).status).toBe(0);
    expect(membersOf(crm, 'hot')).toBe('1 2');
  });
});
