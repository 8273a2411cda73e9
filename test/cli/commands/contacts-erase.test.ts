import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { foundInStore } from '../../helpers/store-bytes.ts';
import { type Crm, makeCrm, refused } from './crm.ts';

function sql({ world }: Crm, statements: string): void {
  const db = new Sqlite(join(world.folder, 'crm.db'));
  db.exec(statements);
  db.close();
}

const erased = (crm: Crm, value: string): boolean =>
  crm.run('contacts:add', '--set', value).stderr.includes('was erased at');

describe('who changed an address', () => {
  const changes: [string, (crm: Crm) => void][] = [
    ['a command', ({ ok }) => ok('contacts:edit', 'old@x.org', '--set', 'email=new@x.org')],
    [
      'an import',
      ({ ok, world }) => {
        world.file('new.csv', 'id,email\n1,new@x.org\n');
        ok('contacts:import', 'new.csv', '--key', 'id');
      },
    ],
    [
      'another program',
      (crm) => sql(crm, `update contacts set email = 'new@x.org' where email = 'OLD@x.org'`),
    ],
  ];
  it.each(changes)('by %s is erased under both', (_, change) => {
    const crm = makeCrm();
    const { ok, run, world } = crm;
    ok('contacts:suppress', 'old@x.org', '--channel', 'email');
    ok('contacts:add', 'old@x.org');
    change(crm);
    expect(run('contacts:erase', 'new@x.org', '--yes')).toMatchObject({ status: 0 });
    expect(foundInStore(world.folder, 'old@x.org', 'new@x.org')).toEqual([]);
    expect(erased(crm, 'email=Old@x.org')).toBe(true);
    world.file('again.csv', 'email\nold@x.org\nnew@x.org\n');
    expect(crm.json('contacts:import', 'again.csv')).toMatchObject({ inserted: 0, left_out: 2 });
  });

  it('is not erased under what another has taken over', () => {
    const crm = makeCrm();
    const { ok, json } = crm;
    ok('fields:create', 'crm_id', '--type', 'text', '--unique');
    ok('contacts:add', 'shared@x.org', '--set', 'crm_id=A1');
    ok('contacts:suppress', 'shared@x.org', '--channel', 'email');
    ok('contacts:edit', '1', '--set', 'email=ann@x.org', '--set', 'crm_id=A2');
    ok('contacts:add', 'Shared@x.org', '--set', 'crm_id=a1');
    ok('contacts:erase', 'ann@x.org', '--yes');
    expect(json('suppressions:list')).toMatchObject([{ address: 'shared@x.org' }]);
    ok('contacts:edit', '2', '--set', 'email=bo@x.org');
    ok('contacts:edit', '2', '--set', 'email=shared@x.org', '--set', 'crm_id=A1');
    expect(erased(crm, 'email=ann@x.org')).toBe(true);
    expect(erased(crm, 'crm_id=A2')).toBe(true);
    ok('segments:update');
    expect(json('contacts:show', '2')).toMatchObject({
      suppressions: [{ channel: 'email', reason: 'manual' }],
    });
  });
});

describe('a contact that was merged', () => {
  it('is erased with the one that it is now, however often that was merged', () => {
    const crm = makeCrm();
    const { ok, run, world } = crm;
    for (const name of ['a', 'b', 'c']) ok('contacts:add', `${name}.person@x.org`);
    ok('segments:create', 'News');
    ok('segments:add', 'news', '1', '--reason', 'wordsof a');
    ok('contacts:edit', '1', '--set', 'email=former.person@x.org');
    ok('contacts:merge', '2', '1', '--yes');
    ok('contacts:merge', '3', '2', '--yes');
    expect(run('contacts:show', '1')).toEqual(
      refused(
        2,
        'contact 1 was merged into contact 3',
        'name it by that id: rollcall contacts:show 3',
      ),
    );
    expect(run('contacts:history', '2').stderr).toContain('was merged into contact 3');
    expect(run('contacts:erase', '1', '--yes').stderr).toContain('was merged into contact 3');
    ok('contacts:erase', '3', '--yes');
    expect(foundInStore(world.folder, '.person@x.org', 'wordsof')).toEqual([]);
    for (const name of ['a', 'b', 'c', 'former'])
      expect(erased(crm, `email=${name}.person@x.org`)).toBe(true);
    expect(run('contacts:show', '1').stderr).toContain('unknown contact `1`');
  });

  it('leaves the words of two who were merged elsewhere to them', () => {
    const { ok, world } = makeCrm();
    for (let id = 1; id <= 4; id += 1) ok('contacts:add', `p${id}@x.org`);
    ok('segments:create', 'News');
    ok('segments:add', 'news', '1', '2', '--reason', 'said of both');
    ok('contacts:merge', '3', '1', '--yes');
    ok('contacts:merge', '4', '2', '--yes');
    ok('contacts:erase', '3', '--yes');
    expect(foundInStore(world.folder, 'said of both')).not.toEqual([]);
    expect(ok('contacts:history', '4')).toContain('said of both');
    ok('contacts:erase', '4', '--yes');
    expect(foundInStore(world.folder, 'said of both')).toEqual([]);
  });
});

describe('an address that no contact has', () => {
  const GONE = 'gone.person@x.org';

  /** Somebody deleted, of whom wishes and the audit still speak; and one whose address ends like theirs. */
  function crmWithGone(): Crm {
    const crm = makeCrm();
    crm.ok('contacts:add', GONE);
    crm.ok('contacts:suppress', 'GONE.person@x.org', '--channel', 'email');
    crm.ok('contacts:delete', GONE, '--yes');
    crm.ok('contacts:suppress', GONE, '--channel', 'sms');
    crm.ok('contacts:suppress', `a${GONE}`, '--channel', 'sms');
    return crm;
  }

  it('is erased from wishes and the audit, of somebody who was deleted', () => {
    const crm = crmWithGone();
    expect(crm.run('contacts:erase', GONE).stderr).toContain(
      `erase 1 value that no contact has (${GONE}) with every trace, for ever?`,
    );
    expect(crm.ok('contacts:erase', GONE, '--yes')).toBe(
      `erased \`${GONE}\`, which no contact has\n` +
        'with                               rows\n' +
        'wishes                                2\n' +
        'audit entries without their words     1\n',
    );
    expect(foundInStore(crm.world.folder, `"${GONE}`)).toEqual([]);
    expect(crm.ok('audit:list', '--json')).toContain(`"a${GONE}"`);
    expect(crm.json('suppressions:list')).toMatchObject([{ address: `a${GONE}` }]);
    expect(erased(crm, 'email=Gone.Person@x.org')).toBe(true);
  });

  it('is erased again only where something is left', () => {
    const crm = crmWithGone();
    crm.ok('contacts:erase', GONE, '--yes');
    expect(crm.run('contacts:erase', GONE, '--yes')).toEqual(
      refused(1, `\`${GONE}\` was erased at 2026-03-01T10:00:00Z`, 'nothing is left to erase'),
    );
    sql(crm, `insert into address_suppressions values ('${GONE}', 'email', 'manual', 0)`);
    expect(crm.run('contacts:erase', GONE, '--yes')).toMatchObject({ status: 0 });
    expect(crm.json('suppressions:list')).toHaveLength(1);
    expect(crm.ok('doctor', '--deep')).toContain('all well');
  });

  it('of which nothing is known is left out from then on, and that is said', () => {
    const crm = makeCrm();
    const { ok, run, world } = crm;
    ok('contacts:add', 'ann@x.org');
    const { status, stdout, stderr } = run('contacts:erase', 'amn@x.org', '--yes');
    expect([status, stdout]).toEqual([
      0,
      'no contact has `amn@x.org`, and nothing else was stored of it: imports leave it out from now on\n',
    ]);
    expect(stderr).toContain('did you mean `ann@x.org`?');
    world.file('amn.csv', 'email\namn@x.org\n');
    expect(crm.json('contacts:import', 'amn.csv')).toMatchObject({ inserted: 0, left_out: 1 });
    expect(run('contacts:erase', 'no address', '--yes')).toMatchObject({ status: 2 });
    expect(run('contacts:erase', 'city=Rome', '--yes')).toMatchObject({ status: 2 });
    expect(run('contacts:erase', '99', '--yes')).toMatchObject({ status: 2 });
  });

  it('that a contact had before is refused, unless it is meant alone', () => {
    const crm = makeCrm();
    const { ok, run } = crm;
    ok('contacts:add', 'old@x.org');
    ok('contacts:edit', '1', '--set', 'email=new@x.org');
    expect(run('contacts:erase', 'old@x.org', '--yes')).toEqual(
      refused(
        1,
        'no contact has `old@x.org` now, contact 1 had it before',
        'to erase the person, name 1; to erase this alone, add --value-alone',
      ),
    );
    expect(run('contacts:erase', 'new@x.org', '--value-alone', '--yes')).toMatchObject({
      status: 1,
    });
    const alone = run('contacts:erase', 'old@x.org', '--value-alone', '--yes');
    expect(alone).toMatchObject({ status: 0 });
    expect(alone.stderr).toContain('contact 1 had it before and stay');
    expect(ok('contacts:list', '--format', 'ids')).toBe('1\n');
    expect(foundInStore(crm.world.folder, 'old@x.org')).toEqual([]);
    expect(erased(crm, 'email=old@x.org')).toBe(true);
  });

  it('may be named beside the contact that had it', () => {
    const { ok } = makeCrm();
    ok('contacts:add', 'old@x.org');
    ok('contacts:edit', '1', '--set', 'email=new@x.org');
    expect(ok('contacts:erase', 'old@x.org', '1', '--yes')).toContain('erased 1 contact\n');
  });
});

describe('a value that two contacts had before', () => {
  /** The first had it, then the second, and neither has it now. */
  function crmOfTwo(): Crm {
    const crm = makeCrm();
    for (const id of ['1', '2']) {
      crm.ok('contacts:add', 'info@x.org');
      const edit = ['contacts:edit', id, '--set', `email=new${id}@x.org`, '--db', 'crm.db'];
      crm.world.runWith({ now: `2026-03-0${id}` }, ...edit);
    }
    return crm;
  }

  it('stays with who gave it up last when the other is erased', () => {
    const crm = crmOfTwo();
    crm.ok('contacts:erase', '1', '--yes');
    expect(crm.ok('contacts:edit', '2', '--set', 'email=info@x.org')).toContain('changed');
  });

  it('is erased with who gave it up last', () => {
    const crm = crmOfTwo();
    crm.ok('contacts:erase', '2', '--yes');
    expect(erased(crm, 'email=info@x.org')).toBe(true);
  });

  it('may be named beside who gave it up last alone', () => {
    const crm = crmOfTwo();
    expect(crm.run('contacts:erase', 'info@x.org', '1', '--yes')).toMatchObject({ status: 1 });
    expect(crm.run('contacts:erase', 'info@x.org', '2', '--yes')).toMatchObject({ status: 0 });
  });
});

describe('of several values', () => {
  it('those that were erased before are told, and one in two spellings is one', () => {
    const { ok, json } = makeCrm();
    ok('contacts:erase', 'gone@x.org', '--yes');
    const args = ['contacts:erase', 'gone@x.org', 'new@x.org', 'NEW@x.org', '--yes'];
    expect(json(...args, '--dry-run')).toMatchObject({
      values: [{ value: 'NEW@x.org' }],
      erased_before: ['gone@x.org'],
    });
    expect(ok(...args)).toContain('`gone@x.org` was erased before: nothing is left to erase\n');
  });
});

describe('erasing', () => {
  it('asks with who they are, and names a handful', () => {
    const { ok, run, world } = makeCrm();
    ok('fields:create', 'crm_id', '--type', 'text', '--unique');
    ok('contacts:add', 'ann@x.org');
    ok('contacts:add', '--set', 'crm_id=K7');
    ok('contacts:add', '--set', 'first_name=Bo', '--set', 'last_name=Ek');
    ok('contacts:add', '--set', 'points=1');
    expect(run('contacts:erase', '1', '2', '3', '4').stderr).toContain(
      'erase 4 contacts (1 ann@x.org, 2 crm_id=K7, 3 Bo Ek, 4) with every trace, for ever?',
    );
    world.file('more.csv', 'email\na@x.org\nb@x.org\nc@x.org\n');
    ok('contacts:import', 'more.csv');
    expect(run('contacts:erase', '1', '2', '3', '4', '5', '6', '7').stderr).toContain(
      '(1 ann@x.org, 2 crm_id=K7, 3 Bo Ek, 4, 5 a@x.org, and 2 more)',
    );
  });

  it('tells what would go, and changes nothing', () => {
    const crm = makeCrm();
    const { ok, json, run } = crm;
    ok('contacts:add', 'ann@x.org', '--tag', 'vip');
    ok('contacts:suppress', 'ann@x.org', '--channel', 'email');
    const before = ok('contacts:export', '--contact', '1', '--all', '--json');
    expect(ok('contacts:erase', 'ann@x.org', '--dry-run')).toBe(
      'dry run, nothing was changed: would erase 1 contact\n' +
        'with                               rows\n' +
        'tags                                  1\n' +
        'suppressions                          1\n' +
        'wishes                                1\n' +
        'audit entries without their words     1\n',
    );
    expect(ok('contacts:export', '--contact', '1', '--all', '--json')).toBe(before);
    expect(json('contacts:erase', 'ann@x.org', '--dry-run')).toMatchObject({
      ...{ erased: 1, contacts: [{ id: 1, name: 'ann@x.org' }], dry_run: true, scoured: false },
      traces: { tags: 1, suppressions: 1, wishes: 1, events: 0 },
    });
    expect(run('contacts:erase', '1', '--dry-run', '--no-vacuum')).toMatchObject({ status: 2 });
  });

  it('under two commands at once is done once', async () => {
    const { ok, world } = makeCrm();
    ok('contacts:add', 'ann@x.org');
    ok('contacts:add', 'bo@x.org');
    const erase = ['contacts:erase', 'ann@x.org', '--yes', '--db', 'crm.db'];
    const both = await Promise.all([world.start(...erase), world.start(...erase)]);
    expect(both.map(({ status }) => status).sort()).not.toEqual([1, 1]);
    for (const { status, stderr } of both)
      if (status !== 0) expect(stderr).toMatch(/was erased at|changed who is named|holds its log/);
    ok('contacts:erase', 'bo@x.org', '--yes');
    expect(foundInStore(world.folder, 'ann@x.org')).toEqual([]);
    expect(ok('doctor', '--deep')).toContain('all well');
  });

  it('says where else they are named, by any value that says enough', () => {
    const crm = makeCrm();
    const { ok, run } = crm;
    ok('fields:create', 'crm_id', '--type', 'text', '--unique');
    ok('fields:create', 'member_no', '--type', 'number', '--unique');
    ok('contacts:add', 'ann@x.org', '--set', 'crm_id=KX-77', '--set', 'member_no=4711');
    ok('contacts:add', 'bo@x.org', '--set', 'city=see 4711!', '--set', 'website=http://kx-77.org');
    ok('contacts:add', 'cy@x.org', '--set', 'city=14711', '--set', 'position=was ANN.OLD@x.org');
    ok('events:add', 'bo@x.org', 'visit', '--property', 'of="kx-77"');
    ok('contacts:add', 'yoann@x.org', '--set', 'website=mailto:jo.ann@x.org');
    ok('contacts:edit', '1', '--set', 'email=ann.old@x.org');
    ok('contacts:edit', '1', '--set', 'email=ann@x.org');
    expect(run('contacts:erase', '1', '--dry-run').stderr).toContain(
      'what they were known by still stands in contacts.position (1 row), contacts.city (1 row), ' +
        'contacts.website (1 row), events.properties (1 row): change these by hand',
    );
  });
});

describe('a backup that is put back', () => {
  /**
   * The second took over the address of the first; it and the third were erased since the backup. The
   * address was last of all somebody's who was erased, so that it does not come back either.
   */
  function crmPutBack(): Crm {
    const crm = makeCrm();
    const { ok } = crm;
    ok('contacts:add', 'taken@x.org');
    ok('contacts:add', 'ann@x.org');
    ok('contacts:add', '--set', 'first_name=Nameless');
    ok('contacts:suppress', 'gone@x.org', '--channel', 'email');
    ok('backup', 'old.db');
    ok('contacts:edit', '1', '--set', 'email=bo@x.org');
    ok('contacts:edit', '2', '--set', 'email=taken@x.org');
    ok('contacts:erase', '2', '3', 'gone@x.org', '--yes');
    ok('restore', 'old.db', '--yes');
    return crm;
  }

  it('has nobody who was erased, by a value or none, and everybody else', () => {
    const crm = crmPutBack();
    const { ok, json } = crm;
    expect(json('contacts:list')).toMatchObject([{ id: 1, email: null }]);
    ok('segments:update');
    expect(json('contacts:show', '1')).toMatchObject({ suppressions: [] });
    expect(json('suppressions:list')).toEqual([]);
    expect(erased(crm, 'email=ann@x.org')).toBe(true);
    expect(erased(crm, 'email=gone@x.org')).toBe(true);
  });
});
