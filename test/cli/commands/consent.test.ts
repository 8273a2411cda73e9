import { writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

function crmOfThree(): Crm {
  const crm = makeCrm();
  for (const name of ['ann', 'bob', 'cid']) crm.ok('contacts:add', `${name}@example.org`);
  return crm;
}

/** The first of three is suppressed in two channels for each reason; `reasons` says what is left. */
function crmOfReasons(): Crm & { readonly reasons: () => string | undefined } {
  const crm = crmOfThree();
  const channels = ['--channel', 'email', '--channel', 'sms'];
  for (const reason of ['bounced', 'unsubscribed', 'manual'])
    crm.ok('contacts:suppress', '1', ...channels, '--reason', reason);
  const fields = ['--fields', 'unsubscribed,bounced,do_not_contact'];
  const reasons = (): string | undefined =>
    crm.ok('contacts:list', '--where', 'id = 1', ...fields, '--format', 'csv').split('\n')[1];
  return { ...crm, reasons };
}

function bySql(folder: string, statements: string): void {
  const db = new Sqlite(`${folder}/crm.db`);
  db.exec(statements);
  db.close();
}

const CHANNELS = 'email, sms, phone, post, push, whatsapp';

describe('contacts:suppress and contacts:unsuppress', () => {
  it('set and lift, by any name of a contact; repeating changes nothing', () => {
    const { run, json } = crmOfThree();
    const consent = (): unknown =>
      json('contacts:list', '--fields', 'id,unsubscribed,bounced,do_not_contact');
    expect(
      run(
        'contacts:suppress',
        'ANN@example.org',
        '2',
        '--channel',
        'Email',
        '--channel',
        'sms',
        '--reason',
        'bounced',
      ),
    ).toEqual(done('4 suppressions set on 2 contacts\n'));
    expect(
      run(
        'contacts:suppress',
        'email=ann@example.org',
        '--channel',
        'email',
        '--reason',
        'bounced',
      ),
    ).toEqual(done('0 suppressions set on 1 contact\n'));
    expect(json('contacts:suppress', '1', '3', '--channel', 'email')).toEqual({
      contacts: 2,
      addresses: 0,
      suppressed: 2,
      unknown: 0,
      left_out: 0,
    });
    expect(
      json('contacts:suppress', '2', '--channel', 'email', '--reason', 'unsubscribed'),
    ).toEqual({ contacts: 1, suppressed: 1, addresses: 0, unknown: 0, left_out: 0 });
    expect(consent()).toEqual([
      { id: 1, unsubscribed: [], bounced: ['email', 'sms'], do_not_contact: ['email'] },
      { id: 2, unsubscribed: ['email'], bounced: ['email', 'sms'], do_not_contact: [] },
      { id: 3, unsubscribed: [], bounced: [], do_not_contact: ['email'] },
    ]);
    expect(run('contacts:unsuppress', '1', '3', '--channel', 'EMAIL', '--yes')).toEqual(
      done('3 suppressions lifted from 2 contacts\n'),
    );
    expect(json('contacts:unsuppress', '2', '--reason', 'unsubscribed')).toEqual({
      contacts: 1,
      addresses: 0,
      lifted: 1,
      unknown: 0,
    });
    expect(consent()).toMatchObject([
      { id: 1, bounced: ['sms'] },
      { id: 2, unsubscribed: [], bounced: ['email', 'sms'] },
      { id: 3, do_not_contact: [] },
    ]);
    expect(json('contacts:unsuppress', '2', '--yes')).toEqual({
      contacts: 1,
      addresses: 0,
      lifted: 2,
      unknown: 0,
    });
    expect(run('contacts:unsuppress', '2', '--yes')).toEqual(
      done('0 suppressions lifted from 1 contact\n'),
    );
    expect(consent()).toMatchObject([
      { id: 1, bounced: ['sms'] },
      { id: 2, unsubscribed: [], bounced: [] },
      { id: 3, do_not_contact: [] },
    ]);
  });

  it('lift nothing of several reasons but what is named, and all only when somebody agrees', () => {
    const { run, ok, reasons } = crmOfReasons();
    expect(
      run(
        'contacts:unsuppress',
        '1',
        '--channel',
        'email',
        '--reason',
        'Unsubscribed',
        '--reason',
        'manual',
      ),
    ).toEqual(done('2 suppressions lifted from 1 contact\n'));
    expect(reasons()).toBe('sms,email|sms,sms');
    expect(ok('contacts:list', '--where', 'suppressed(email)', '--format', 'ids')).toBe('1\n');
    const hint = 'to go on without being asked, add --yes';
    expect(run('contacts:unsuppress', '1')).toEqual(
      refused(
        2,
        'nobody is there to ask: lift the suppressions of 1 contact (1 ann@example.org) in all channels, whatever their reason?',
        hint,
      ),
    );
    expect(run('contacts:unsuppress', '1', '2', '--channel', 'sms')).toEqual(
      refused(
        2,
        'nobody is there to ask: lift the suppressions of 2 contacts (1 ann@example.org, 2 bob@example.org) in sms, whatever their reason?',
        hint,
      ),
    );
    expect(reasons()).toBe('sms,email|sms,sms');
  });

  it('lift what somebody suppressed for a reason of their own, once it is named', () => {
    const { world, run } = crmOfReasons();
    bySql(world.folder, "insert into suppressions values (1, 'email', 'Complaint', 0)");
    expect(run('contacts:unsuppress', '1', '--reason', 'bounce')).toEqual(
      refused(
        2,
        'nobody is suppressed for the reason `bounce`',
        'did you mean `bounced`? give one of manual, bounced, unsubscribed',
      ),
    );
    expect(run('contacts:unsuppress', '1', '--reason', 'complaint')).toEqual(
      done('1 suppression lifted from 1 contact\n'),
    );
    expect(run('contacts:unsuppress', '1', '--reason', 'complaint')).toEqual(
      refused(
        2,
        'nobody is suppressed for the reason `complaint`',
        'give one of manual, bounced, unsubscribed',
      ),
    );
  });

  it('read contacts from stdin and report unknown ones', () => {
    const { runWithInput } = crmOfThree();
    const warning = 'warning: 1 unknown contact left out: `99`\n';
    expect(
      runWithInput('1\n99\nbob@example.org\n', 'contacts:suppress', '-', '--channel', 'email'),
    ).toEqual({ status: 3, stdout: '2 suppressions set on 2 contacts\n', stderr: warning });
    expect(runWithInput('2\n99\n', 'contacts:unsuppress', '-', '--yes')).toEqual({
      status: 3,
      stdout: '1 suppression lifted from 1 contact\n',
      stderr: warning,
    });
  });

  it('take addresses that no contact has yet', () => {
    const { run, ok } = crmOfThree();
    const channel = ['--channel', 'email', '--reason', 'unsubscribed'];
    expect(run('contacts:suppress', '1', 'Zoe@Example.org', ...channel)).toEqual(
      done('2 suppressions set on 1 contact and 1 address that nobody has\n'),
    );
    expect(ok('suppressions:list', '--format', 'ids')).toBe('ann@example.org\nZoe@Example.org\n');
    ok('contacts:add', 'zoe@example.org');
    expect(ok('contacts:list', '--where', 'suppressed(email)', '--format', 'ids')).toBe('1\n4\n');
    ok('contacts:delete', '4', '--yes');
    expect(run('contacts:unsuppress', 'zoe@example.org', '--yes')).toEqual(
      done('1 suppression lifted from 1 address that nobody has\n'),
    );
    expect(run('contacts:unsuppress', 'zoe@example.org', '--yes').status).toBe(2);
    expect(ok('suppressions:export')).toMatch(
      /^address,channel,reason,created_at\nann@example.org,email,unsubscribed,2026-/,
    );
    expect(ok('suppressions:delete', 'ann@example.org', '--yes')).toBe(
      '1 suppression lifted from 1 address\n',
    );
    expect(ok('contacts:list', '--where', 'suppressed(email)', '--format', 'ids')).toBe('');
  });

  it('are listed, exported, imported and lifted by another unique field', () => {
    const { run, ok, json, world } = crmOfThree();
    ok('fields:create', 'card', '--type', 'text', '--unique');
    ok('contacts:edit', '1', '--set', 'card=k1');
    writeFileSync(`${world.folder}/list.csv`, 'card,channel\nk9,phone\nk1,sms\n');
    ok('suppressions:import', `${world.folder}/list.csv`, '--key', 'card');
    const since = { created_at: '2026-03-01T10:00:00Z' };
    expect(json('suppressions:list', '--key', 'card')).toEqual([
      { card: 'k1', channel: 'sms', reason: 'manual', ...since, contact_id: 1 },
      { card: 'k9', channel: 'phone', reason: 'manual', ...since, contact_id: null },
    ]);
    expect(ok('suppressions:export', '--key', 'card', '--where', 'id = 1')).toMatch(
      /^card,channel,reason,created_at\nk1,sms,manual,2026-[^\n]*\n$/,
    );
    expect(run('suppressions:delete', 'K1', 'k9', 'k7', '--key', 'card', '--yes')).toEqual({
      status: 3,
      stdout: '2 suppressions lifted from 2 values of card\n',
      stderr: 'warning: nothing stands for k7\n',
    });
    expect(ok('contacts:list', '--where', 'suppressed', '--format', 'ids')).toBe('');
    expect(run('suppressions:list', '--key', 'city').status).toBe(2);
  });

  it('that wait for the next update are told as it will find them', () => {
    const { ok, json, world } = crmOfThree();
    ok('fields:create', 'line', '--type', 'phone', '--unique');
    ok('segments:create', 'No', '--where', 'suppressed(sms)');
    ok('contacts:edit', '1', '--set', 'line=+33 6 12 34');
    ok('contacts:suppress', '1', 'KIM@BÜCHER.example', '--channel', 'sms');
    ok('contacts:delete', '1', '--yes');
    ok('segments:update');
    bySql(
      world.folder,
      `insert into contacts (line, email, created_at, updated_at)
      values ('0033 61234', null, 1, 1), (null, 'kim@bücher.example', 1, 1)`,
    );
    for (const id of ['4', '5']) {
      expect(json('segments:explain', 'no', id)).toMatchObject({ pending: 'join' });
      expect(json('contacts:show', id)).toMatchObject({ suppressions: [{ channel: 'sms' }] });
    }
    ok('segments:update');
    expect(ok('segments:members', 'no', '--format', 'ids')).toBe('4\n5\n');
  });

  it('are forgotten with a contact without an address, which is said', () => {
    const { run, ok } = crmOfThree();
    ok('contacts:add', '--set', 'first_name=Zoe');
    for (const id of ['1', '4']) ok('contacts:suppress', id, '--channel', 'sms');
    const what =
      'that 1 contact without an e-mail address or another unique value must not be reached';
    expect(run('contacts:delete', '1', '4').stderr).toContain(`${what} would be forgotten`);
    expect(run('contacts:delete', '1', '4', '--yes')).toEqual(
      done('deleted 2 contacts\n', `warning: ${what} is forgotten\n`),
    );
  });

  it('refuse what they must, and change nothing', () => {
    const { run, ok } = crmOfThree();
    expect(run('contacts:suppress', '1')).toEqual(
      refused(
        2,
        '`--channel <channel>` is missing',
        'name one: email, sms or another that you use',
      ),
    );
    expect(run('contacts:suppress', '1', '9', '--channel', 'email')).toEqual(
      refused(
        2,
        'unknown contact `9`',
        'a contact is an id, an e-mail address, or FIELD=VALUE of a unique field',
      ),
    );
    expect(run('contacts:suppress', '1', '--channel', 'e mail')).toEqual(
      refused(2, '`e mail` cannot be a channel', `a channel is a word such as ${CHANNELS}`),
    );
    expect(run('contacts:suppress', '1', '--channel', 'All')).toEqual(
      refused(2, '`all` is no channel of its own', `name each: ${CHANNELS}`),
    );
    expect(run('contacts:unsuppress', '1', '--channel', '')).toEqual(
      refused(2, '`` cannot be a channel', `a channel is a word such as ${CHANNELS}`),
    );
    expect(run('contacts:suppress', '1', '--channel', 'email', '--reason', 'bounce')).toEqual(
      refused(
        2,
        '`--reason bounce` is not known',
        'did you mean `bounced`? give one of unsubscribed, bounced, manual',
      ),
    );
    expect(ok('contacts:list', '--where', 'suppressed', '--format', 'ids')).toBe('');
  });

  it('warn of a channel that may be a slip of the pen', () => {
    const { run, ok } = crmOfThree();
    expect(run('contacts:suppress', '1', '--channel', 'emial')).toEqual(
      done(
        '1 suppression set on 1 contact\n',
        'warning: `emial` is taken as a channel of its own; did you mean `email`?\n',
      ),
    );
    expect(run('contacts:suppress', '1', '--channel', 'web.chat')).toEqual(
      done('1 suppression set on 1 contact\n'),
    );
    expect(ok('contacts:list', '--where', 'suppressed(web.chat, manual)', '--format', 'ids')).toBe(
      '1\n',
    );
  });

  it('are seen in contacts:show', () => {
    const { ok, json } = crmOfThree();
    ok('contacts:suppress', '1', '--channel', 'sms');
    ok('contacts:suppress', '1', '--channel', 'email', '--reason', 'unsubscribed');
    ok('contacts:suppress', '1', '--channel', 'email', '--reason', 'bounced');
    expect(ok('contacts:show', '1')).toContain(
      'suppressed:\n' +
        '  email  bounced, since 2026-03-01T10:00:00Z\n' +
        '  email  unsubscribed, since 2026-03-01T10:00:00Z\n' +
        '  sms    manual, since 2026-03-01T10:00:00Z\n',
    );
    expect(json('contacts:show', '1')).toMatchObject({
      suppressions: [
        { channel: 'email', reason: 'bounced', since: '2026-03-01T10:00:00Z' },
        { channel: 'email', reason: 'unsubscribed', since: '2026-03-01T10:00:00Z' },
        { channel: 'sms', reason: 'manual', since: '2026-03-01T10:00:00Z' },
      ],
    });
  });
});

describe('a segment of suppressed contacts', () => {
  interface Updated {
    readonly segments: readonly {
      readonly mode: string;
      readonly joined: number;
      readonly left: number;
      readonly members: number;
    }[];
  }

  /** A command, what it says, and what the next update does. */
  const STEPS: readonly (readonly [
    command: string,
    said: string,
    mode: 'delta' | 'skip',
    joined: number,
    left: number,
    members: number,
  ])[] = [
    ['contacts:import out.csv', '3 rows: 3 updated', 'delta', 2, 0, 2],
    ['contacts:import out.csv', '3 rows: 3 unchanged', 'skip', 0, 0, 2],
    [
      'contacts:suppress c4@example.org --channel email --reason unsubscribed',
      '1 suppression set on 1 contact',
      'delta',
      0,
      0,
      2,
    ],
    [
      'contacts:unsuppress c4@example.org --channel email --yes',
      '2 suppressions lifted from 1 contact',
      'delta',
      0,
      1,
      1,
    ],
    ['contacts:import back.csv', '1 row: 1 unchanged', 'skip', 0, 0, 1],
    ['contacts:import back.csv --allow-resubscribe', '1 row: 1 updated', 'delta', 0, 1, 0],
  ];

  it('follows commands and imports without being rebuilt', () => {
    const { world, ok, json, run } = makeCrm();
    world.file(
      'all.csv',
      `email\n${Array.from({ length: 30 }, (_, n) => `c${n}@example.org\n`).join('')}`,
    );
    world.file(
      'out.csv',
      'email,unsubscribed,do_not_contact\n' +
        'c3@example.org,yes,\n' +
        'c4@example.org,,true\n' +
        'c5@example.org,no,sms\n',
    );
    world.file('back.csv', 'email,unsubscribed\nc3@example.org,no\n');
    ok('contacts:import', 'all.csv');
    ok('segments:create', 'Silent', '--where', 'suppressed(email)');
    const update = (): unknown[] => {
      const { mode, joined, left, members } = (json('segments:update') as Updated).segments[0]!;
      return [mode, joined, left, members];
    };
    expect(update()).toEqual(['full', 0, 0, 0]);
    for (const [command, said, ...updated] of STEPS) {
      expect([command, run(...command.split(' '))]).toEqual([command, done(`${said}\n`)]);
      expect([command, ...update()]).toEqual([command, ...updated]);
    }
  });
});

describe('an address that nobody has', () => {
  it('may be named by its field; a value of another field is nobody', () => {
    const { run, ok, json } = makeCrm();
    ok('fields:create', 'cno', '--type', 'text', '--unique');
    const said = '1 suppression set on 1 address that nobody has\n';
    expect(ok('contacts:suppress', 'email=gone@x.example', '--channel', 'sms')).toBe(said);
    expect(json('suppressions:list')).toMatchObject([{ address: 'gone@x.example' }]);
    expect(run('contacts:suppress', 'cno=mail@x.example', '--channel', 'sms')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/unknown contact .*cno=mail@x\.example/),
    });
    ok('contacts:add', 'gone@x.example');
    expect(ok('contacts:list', '--where', 'suppressed(sms)', '--format', 'ids')).toBe('1\n');
    ok('contacts:delete', '1', '--yes');
    ok('contacts:unsuppress', 'email=gone@x.example', '--yes');
    expect(json('suppressions:list')).toEqual([]);
  });
});
