import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

/** Ann (1) and Bob (2) with 10 points each; leads, trial and news without members. */
let crm: Crm;
beforeEach(() => {
  crm = makeCrm();
  for (const name of ['ann', 'bob'])
    crm.ok('contacts:add', `${name}@example.org`, '--set', 'points=10');
  for (const name of ['Leads', 'Trial', 'News']) crm.ok('segments:create', name);
});

const FORM = ['--when', 'form.submit where subject = "fair"'];
const make = (name: string, ...words: string[]): string =>
  crm.ok('triggers:create', name, ...words, '--by', 'ada');

function bySql(...statements: string[]): void {
  const db = new Sqlite(`${crm.world.folder}/crm.db`);
  for (const statement of statements) db.exec(statement);
  db.close();
}

const EVENT_BY_SQL = `
  insert into events (contact_id, type, subject, occurred_at)
  values (1, 'form.submit', 'fair', 0)`;

describe('what triggers made of it', () => {
  const note = (who: string, what: string): string => `trigger hot fired for ${who}: ${what}\n`;

  it.each([
    ['contacts:edit 1 --set points=100', 1],
    ['contacts:add cy@example.org --set points=100', 1],
    ['contacts:import more.csv', 2],
  ])('stands beside what %s tells', (line, some) => {
    const what = `${some} joined leads, 0 left trial (${some} pinned out)`;
    make('hot', '--when-points-reach', '100', '--add', 'leads', '--remove', 'trial');
    crm.world.file('more.csv', 'email,points\ncy@example.org,100\ndi@example.org,200\n');
    expect(crm.run(...line.split(' ')).stderr).toBe(
      note(some === 1 ? '1 contact' : `${some} contacts`, what),
    );
    expect(crm.run(...line.split(' ')).stderr).not.toContain('trigger');
  });

  it('is data for programs, with who was held out', () => {
    make('fair', ...FORM, '--add', 'leads');
    crm.ok('segments:remove', 'leads', '1');
    expect(crm.json('events:add', '1', 'form.submit', '--subject', 'fair')).toMatchObject({
      triggers: [
        {
          ...{ trigger: 'fair', contacts: 1, events: 1, error: null },
          segments: [{ alias: 'leads', verb: 'add', joined: 0, pinned: 0, held_out: 1 }],
        },
      ],
    });
    expect(crm.run('events:add', '1', 'form.submit', '--subject', 'fair').stderr).toBe(
      'trigger fair fired for 1 contact: 0 joined leads (1 held out)\n',
    );
  });

  it('says who was pinned, and for whom nothing changed', () => {
    crm.ok('segments:create', 'Rich', '--where', 'points >= 10', '--update');
    make('fair', ...FORM, '--add', 'leads,rich');
    crm.ok('segments:add', 'leads', '1');
    bySql(EVENT_BY_SQL);
    const WOULD = '0 would join leads (1 unchanged), 0 would join rich (1 would be pinned)';
    expect(crm.ok('triggers:test', 'fair')).toContain(`would fire for 1 contact: ${WOULD}\n`);
    expect(crm.json('triggers:test', 'fair')).toMatchObject({
      segments: [
        { alias: 'leads', joined: 0, pinned: 0, unchanged: 1, held_out: 0 },
        { alias: 'rich', joined: 0, pinned: 1, unchanged: 0, held_out: 0 },
      ],
    });
    expect(crm.run('contacts:edit', '2', '--set', 'points=11').stderr).toBe(
      'trigger fair fired for 1 contact: 0 joined leads (1 unchanged), 0 joined rich (1 pinned)\n',
    );
  });

  it('is told of joins and leaves, of what is taken back, and of what would be', () => {
    make('on', '--when-joins', 'leads', '--add', 'trial');
    make('off', '--when-leaves', 'leads', '--remove', 'trial');
    expect(crm.run('segments:add', 'leads', '1', '--dry-run').stderr).toBe(
      'trigger on would fire for 1 contact: 1 would join trial\n',
    );
    expect(crm.run('segments:add', 'leads', '--where', 'points = 10').stderr).toBe(
      'trigger on fired for 2 contacts: 2 joined trial\n',
    );
    expect(crm.run('segments:remove', 'leads', '1').stderr).toBe(
      'trigger off fired for 1 contact: 1 left trial (1 pinned out)\n',
    );
    const clearing = crm.run('segments:clear', 'leads', '--dry-run');
    expect(clearing).toMatchObject({
      stdout: 'dry run, nothing was changed; it would be: leads: 1 member left\n',
      stderr: 'trigger off would fire for 1 contact: 1 would leave trial (1 would be pinned out)\n',
    });
    expect(crm.run('segments:clear', 'leads', '--yes').stderr).toBe(
      'trigger off fired for 1 contact: 1 left trial (1 pinned out)\n',
    );
    crm.world.file('in.csv', 'email\nann@example.org\n');
    crm.ok('segments:import', 'leads', 'in.csv', '--override-removals');
    expect(crm.run('imports:undo', 'last', '--yes').stderr).toContain(
      'trigger off fired for 1 contact: 1 left trial (1 pinned out)\n',
    );
    expect(crm.run('contacts:merge', '1', '2', '--yes').stderr).not.toContain('trigger');
  });

  it('is told of one that fails, and the command is done', () => {
    make('fair', ...FORM, '--add', 'leads');
    bySql("update segments set published = 0 where alias = 'leads'");
    const ran = crm.run('events:add', '1', 'form.submit', '--subject', 'fair');
    expect(ran).toMatchObject({
      ...{ status: 0, stdout: expect.stringContaining('recorded form.submit') as string },
      stderr:
        'warning: trigger fair failed: segment leads is unpublished: triggers cannot use it\n',
    });
  });

  it('is kept with the run, under the name of then', () => {
    make('fair', ...FORM, '--add', 'leads');
    bySql(EVENT_BY_SQL);
    expect(crm.run('segments:update', '--dry-run').stderr).toBe(
      'trigger fair would fire for 1 contact: 1 would join leads\n',
    );
    expect(crm.run('segments:update').stderr).toBe(
      'trigger fair fired for 1 contact: 1 joined leads\n',
    );
    crm.ok('triggers:edit', 'fair', '--name', 'fete');
    expect(crm.json('runs:show', 'last')).toMatchObject({
      triggers: [{ trigger: 'fair', segment_id: 1, alias: 'leads', joined: 1, left: 0 }],
    });
    expect(crm.ok('runs:show', 'last')).toMatch(/\nfair +1 +leads +1 +0 +0 +0 +-\n$/);
  });

  it('is kept with the run, with who was held out, and why it failed', () => {
    make('fair', ...FORM, '--add', 'leads');
    make('other', ...FORM, '--add', 'trial');
    crm.ok('segments:remove', 'leads', '1');
    bySql(EVENT_BY_SQL, "update segments set published = 0 where alias = 'trial'");
    expect(crm.run('segments:update').status).toBe(3);
    const why = 'segment trial is unpublished: triggers cannot use it';
    const nothing = { joined: 0, left: 0, pinned: 0 };
    expect(crm.json('runs:show', 'last')).toMatchObject({
      triggers: [
        { trigger: 'fair', alias: 'leads', ...nothing, held_out: 1, error: null },
        { trigger: 'other', segment_id: null, alias: null, ...nothing, held_out: 0, error: why },
      ],
    });
    expect(crm.ok('runs:show', 'last')).toMatch(/\nother +- +- +0 +0 +0 +0 +segment trial is/);
    bySql('delete from audit');
    expect(crm.json('runs:show', 'last')).toMatchObject({ triggers: [] });
  });
});

describe('who decided', () => {
  it('is a trigger by name, in history, members, audit and explanation, for good', () => {
    crm.ok('segments:create', 'Rich', '--where', 'points > 500');
    crm.ok('segments:update');
    make('fair', ...FORM, '--add', 'leads,rich', '--remove', 'trial', '--reason', 'met');
    crm.ok('events:add', '1', 'form.submit', '--subject', 'fair');
    crm.ok('triggers:delete', 'fair', '--yes');
    const named = { via: 'trigger', cause_name: 'fair' };
    expect(crm.json('contacts:history', '1')).toEqual([
      expect.objectContaining({ what: 'joined', segment: 'leads', ...named }),
      expect.objectContaining({ what: 'joined', segment: 'rich', ...named }),
      expect.objectContaining({ what: 'pinned out', segment: 'trial', ...named }),
      expect.objectContaining({ what: 'pinned in', segment: 'rich', ...named }),
    ]);
    expect(crm.json('segments:members', 'rich')).toMatchObject([
      { cause_name: 'fair', pin_via: 'trigger', pin_name: 'fair', pin_reason: 'met' },
    ]);
    expect(crm.json('audit:list', '--object', 'segment:trial', '--limit', '1')).toMatchObject([
      { action: 'pinned', detail: { pin: 'out', via: 'trigger', name: 'fair', reason: 'met' } },
    ]);
    expect(crm.ok('segments:explain', 'trial', '1')).toMatch(/via trigger \(fair\) by ada: met/);
    crm.ok('contacts:history', '1');
  });

  it('is the trigger too of who joins by its pin in a run', () => {
    crm.ok('segments:create', 'Rich', '--where', 'points > 500', '--update');
    make('fair', ...FORM, '--add', 'rich');
    crm.ok('events:add', '1', 'form.submit', '--subject', 'fair');
    bySql('delete from joined where segment_id = 4');
    crm.ok('segments:update', '--full');
    expect(crm.json('segments:members', 'rich')).toMatchObject([
      { via: 'trigger', cause_name: 'fair', by: 'ada' },
    ]);
  });
});

describe('status', () => {
  const triggers = (): unknown => (crm.json('status') as { triggers: unknown }).triggers;

  it('tells what triggers have not been asked about, until they are', () => {
    make('fair', ...FORM, '--add', 'leads');
    make('hot', '--when-points-reach', '100', '--add', 'trial');
    make('on', '--when-joins', 'leads', '--add', 'news', '--unpublished');
    const calm = { published: 2, unpublished: 1, failing: [], waiting: [] };
    expect(triggers()).toEqual(calm);
    crm.ok('events:add', '2', 'page.hit');
    expect(triggers()).toEqual(calm);
    bySql(EVENT_BY_SQL, 'update contacts set points = 200');
    expect(triggers()).toEqual({
      ...calm,
      waiting: [
        { name: 'fair', changes: 1 },
        { name: 'hot', changes: 2 },
      ],
    });
    expect(crm.ok('status')).toMatch(
      /\n {2}triggers +2 published, 1 not; fair waits for 1 change; hot waits for 2 changes\n$/,
    );
    crm.ok('segments:update');
    expect(triggers()).toEqual(calm);
  });

  it('tells of joins and leaves that came otherwise', () => {
    make('off', '--when-leaves', 'leads', '--add', 'news');
    crm.ok('segments:add', 'leads', '1', '2');
    crm.ok('contacts:delete', '2', '--yes');
    expect(triggers()).toMatchObject({ waiting: [{ name: 'off', changes: 1 }] });
    crm.ok('segments:update');
    expect(triggers()).toMatchObject({ waiting: [] });
  });

  it('says why one fails, and with --max-age that is 4', () => {
    make('fair', ...FORM, '--add', 'leads');
    crm.ok('segments:update');
    expect(crm.run('status', '--max-age', '2h')).toMatchObject({ status: 0 });
    bySql("update segments set published = 0 where alias = 'leads'", EVENT_BY_SQL);
    expect(crm.run('segments:update')).toMatchObject({ status: 3 });
    const why = 'trigger fair fails: segment leads is unpublished: triggers cannot use it\n';
    expect(crm.ok('status')).toContain(`1 published; ${why}`);
    expect(crm.run('status', '--max-age', '2h', '-q')).toEqual({
      ...{ status: 4, stdout: why, stderr: '' },
    });
    expect(crm.run('status', '--max-age', '2h', '--json')).toMatchObject({
      stdout: expect.stringContaining('"finding":"trigger"') as string,
    });
  });
});

describe('triggers:test', () => {
  it('says whom it is about so that no number is taken for another', () => {
    make('fair', ...FORM, '--add', 'leads', '--unpublished');
    bySql(EVENT_BY_SQL);
    expect(crm.ok('triggers:test', 'fair')).toBe(
      'trigger fair would fire for 1 contact: 1 would join leads\n' +
        'for the contact with the id 1\n',
    );
    bySql(EVENT_BY_SQL.replace('(1,', '(2,'));
    expect(crm.ok('triggers:test', 'fair')).toContain('\nfor the contacts with the ids 1, 2\n');
  });
});

describe('triggers:edit', () => {
  it('refuses nothing to change, and says when all was so already', () => {
    make('fair', ...FORM, '--add', 'leads', '--reason', 'met');
    expect(crm.run('triggers:edit', 'fair')).toEqual(
      refused(2, 'nothing to change', '`rollcall triggers:edit --help` shows what may be changed'),
    );
    for (const words of [FORM, ['--add', '1'], ['--reason', 'met'], ['--published']])
      expect(crm.run('triggers:edit', 'fair', ...words)).toEqual(
        done('nothing to change in trigger fair (id 1)\n'),
      );
    expect(crm.json('triggers:edit', 'fair', '--reason', 'seen')).toEqual({
      ...{ id: 1, name: 'fair', changed: true, fired: null, triggers: [] },
    });
    expect(crm.json('triggers:edit', 'fair', '--reason', 'seen')).toMatchObject({
      changed: false,
    });
  });
});

describe('what SQL wrote', () => {
  it('fires before a trigger becomes another or goes, and other triggers say so', () => {
    make('fair', ...FORM, '--add', 'leads');
    bySql(EVENT_BY_SQL);
    expect(crm.run('triggers:create', 'hot', '--when-points-reach', '9', '--add', 'trial')).toEqual(
      done('made trigger hot (id 2)\n', 'trigger fair fired for 1 contact: 1 joined leads\n'),
    );
    bySql(EVENT_BY_SQL.replace('(1,', '(2,'));
    expect(crm.ok('triggers:edit', 'fair', '--when', 'page.hit')).toBe(
      'changed trigger fair (id 1)\ntrigger fair fired for 1 contact: 1 joined leads\n',
    );
    bySql("insert into events (contact_id, type, occurred_at) values (1, 'page.hit', 0)");
    expect(crm.run('triggers:delete', 'fair', '--yes').stderr).toContain(
      'trigger fair fired for 1 contact: 0 joined leads (1 unchanged)\n',
    );
  });
});

describe('a circle', () => {
  it('is named whole, in order, with what it goes through', () => {
    crm.ok('segments:create', 'Readers', '--where', 'in segment trial');
    make('one', '--when-joins', 'leads', '--add', 'trial');
    make('two', '--when-joins', 'readers', '--remove', 'news');
    expect(crm.run('triggers:create', 'three', '--when-leaves', 'news', '--add', 'leads')).toEqual(
      refused(
        1,
        'trigger three would set off itself: trigger three → joining leads → trigger one → ' +
          'joining trial → joining readers → trigger two → leaving news → trigger three',
        'break it at one place: `rollcall triggers:list` shows what each of them does',
      ),
    );
  });
});

describe('a mistake in --when', () => {
  it.each([
    ['form.submit wher subject = "fair"', 'wher'],
    ['form.submit where sbject = "fair"', 'sbject'],
    ['did form.submit where sbject = "fair"', 'sbject'],
  ])('is pointed at where it was typed: %s', (text, word) => {
    const { status, stderr } = crm.run('triggers:create', 'fair', '--when', text, '--add', 'leads');
    const start = text.indexOf(word);
    expect(status).toBe(2);
    expect(stderr).toContain(
      `  --when:1:${start + 1}\n  ${text}\n  ${' '.repeat(start)}${'^'.repeat(word.length)}\n`,
    );
  });

  it('is that nothing was typed', () => {
    expect(crm.run('triggers:create', 'fair', '--when', ' ', '--add', 'leads')).toEqual(
      refused(
        2,
        '`--when` is empty',
        'write a type of events, and tests after where: form.submit where subject = "fair"',
      ),
    );
  });
});

describe('triggers:list', () => {
  it('shows with -v through which channel they act, and why', () => {
    crm.ok('segments:edit', 'leads', '--public');
    make('fair', ...FORM, '--add', 'leads', '--via', 'form', '--reason', 'met');
    expect(crm.ok('triggers:list')).not.toMatch(/via|reason/);
    const [head, row] = crm.ok('triggers:list', '-v').split('\n');
    expect(head).toMatch(/ via +reason +published +error +by +created +updated$/);
    expect(row).toMatch(/ form +met +yes +- +ada /);
    expect(crm.json('triggers:list')).toMatchObject([{ via: 'form', reason: 'met' }]);
  });
});

describe('a segment in use', () => {
  it('says how to solve that, for one and for several', () => {
    make('fair', ...FORM, '--add', 'leads');
    expect(crm.run('segments:delete', 'leads', '--yes')).toEqual(
      refused(
        1,
        'segment leads cannot be deleted: trigger fair refers to it',
        'change that trigger by triggers:edit, or delete it: rollcall triggers:delete fair --db crm.db',
      ),
    );
    crm.ok('segments:create', 'Readers', '--where', 'in segment leads');
    expect(crm.run('segments:delete', 'leads', '--yes')).toEqual(
      refused(
        1,
        'segment leads cannot be deleted: readers, trigger fair refer to it',
        'change all of them first; `rollcall segments:usage leads --db crm.db` lists them',
      ),
    );
  });
});

describe('audit:list --object', () => {
  const objects = (text: string): unknown =>
    (crm.json('audit:list', '--object', text) as Record<string, unknown>[]).map(
      ({ object, object_id: id }) => `${String(object)}:${String(id)}`,
    );

  it('takes the alias of a segment, deleted ones too, and the name of a trigger', () => {
    make('Fair', ...FORM, '--add', 'leads');
    crm.ok('segments:delete', 'news', '--yes');
    expect(objects('leads')).toEqual(['segment:1']);
    expect(objects('segment:LEADS')).toEqual(['segment:1']);
    expect(objects('news')).toEqual(['segment:3', 'segment:3']);
    expect(objects('fair')).toEqual(['trigger:1']);
    expect(objects('trigger:fair')).toEqual(['trigger:1']);
  });

  it('refuses what names nothing, and what names several', () => {
    make('leads', ...FORM, '--add', 'leads');
    for (const text of ['ledas', 'trigger:news', 'segment:', 'contact:ann'])
      expect(crm.run('audit:list', '--object', text)).toMatchObject({
        ...{ status: 2, stderr: expect.stringContaining('names nothing') as string },
      });
    expect(crm.run('audit:list', '--object', 'leads')).toEqual(
      refused(2, '`--object leads` names several', 'give one of segment:1, trigger:1'),
    );
  });
});
