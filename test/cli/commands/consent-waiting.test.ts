import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Crm, makeCrm } from './crm.ts';

function bySql({ world }: Crm, statements: string): void {
  const db = new Sqlite(`${world.folder}/crm.db`);
  db.exec(statements);
  db.close();
}

const COMING = `insert into contacts (id, email, phone, cno, created_at, updated_at) values
  (11, 'y@x.example', '0033622222222', 'É1', 1, 1),
  (12, 'kim@bücher.example', null, null, 1, 1),
  (13, 'GONE@x.example', null, null, 1, 1),
  (14, 'twin@x.example', null, 'é1', 1, 1),
  (15, 'free@x.example', null, null, 1, 1)`;

/**
 * The first is suppressed for all to see. The second came by SQL with the number of a wish in other
 * digits, the third with an address in other letters, the fourth was erased before, and to the fifth
 * it comes by another value of the second. The sixth can be reached.
 */
function crmWaiting(): Crm {
  const crm = crmOfWishes();
  crm.ok('segments:create', 'All');
  crm.ok('segments:create', 'Free', '--where', 'not suppressed(sms)');
  crm.ok('segments:update');
  bySql(crm, COMING);
  crm.ok('segments:add', 'all', '1', '11', '12', '13', '14', '15');
  return crm;
}

function crmOfWishes(): Crm {
  const crm = makeCrm();
  const { ok, world } = crm;
  ok('fields:edit', 'phone', '--unique');
  ok('fields:create', 'cno', '--type', 'text', '--unique');
  world.file('list.csv', 'phone,channel\n+33622222222,sms\n');
  ok('suppressions:import', 'list.csv', '--key', 'phone');
  ok('contacts:suppress', 'KIM@BÜCHER.example', '--channel', 'sms');
  ok('contacts:add', 'ann@x.example');
  ok('contacts:suppress', '1', '--channel', 'sms');
  ok('contacts:add', 'gone@x.example');
  ok('contacts:erase', '2', '--yes');
  return crm;
}

const SUPPRESSED = [1, 11, 12, 13, 14];

interface Told {
  readonly id: number;
  readonly what?: string;
  readonly channel?: string;
  readonly do_not_contact?: readonly string[];
  readonly suppressions?: readonly { readonly channel: string }[];
}

/** What each command that reads says: whom it calls suppressed. */
function answers({ ok, json }: Crm) {
  const ids = (...args: string[]): number[] =>
    ok(...args, '--format', 'ids')
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
  const one = (...args: string[]): Told => json(...args) as Told;
  const inList = (...args: string[]): number[] =>
    (json(...args, '--fields', 'id,do_not_contact') as Told[]).flatMap((told) =>
      told.do_not_contact?.includes('sms') === true ? [told.id] : [],
    );
  const isSms = ({ channel }: { readonly channel?: string }): boolean => channel === 'sms';
  const everybody = ids('contacts:list');
  const reachable = ids('segments:members', 'all', '--reachable', 'sms');
  const said = (id: number): Told[] => json('contacts:history', String(id)) as Told[];
  return {
    show: everybody.filter((id) => one('contacts:show', `${id}`).suppressions?.some(isSms)),
    history: everybody.filter((id) => said(id).some(isSms)),
    held: everybody.filter((id) =>
      one('contacts:export', '--contact', `${id}`, '--all').suppressions?.some(isSms),
    ),
    list: ids('contacts:list', '--where', 'suppressed(sms)'),
    columns: inList('contacts:list'),
    export: inList('contacts:export'),
    members: everybody.filter((id) => !reachable.includes(id)),
    exported: inList('segments:export', 'all'),
  };
}

const counts = ({ json, ok }: Crm): unknown => [
  (json('segments:show', 'all', '--reachable', 'sms') as { suppressed: number }).suppressed,
  { ...(json('segments:preview', 'suppressed(sms)', '--reachable', 'sms') as object), ms: 0 },
  ok('segments:explain', 'free', '14'),
];

/** What stands for values, with who has them. */
const noted = ({ json, ok }: Crm): unknown =>
  ['email', 'phone', 'cno'].map((key) => [
    json('suppressions:list', '--key', key),
    ok('suppressions:list', '--key', key, '--count'),
    ok('suppressions:export', '--key', key, '--segment', 'all'),
  ]);

describe('what SQL wrote and no trigger can see', () => {
  it('is one answer of all commands that read, before it is settled and after', () => {
    const crm = crmWaiting();
    const before = answers(crm);
    const counted = counts(crm);
    const listed = noted(crm);
    expect(counted).toMatchObject([5, { matching: 5 }, expect.any(String)]);
    expect(new Set(Object.values(before).map(String))).toEqual(new Set([String(SUPPRESSED)]));
    crm.ok('segments:update');
    expect(answers(crm)).toEqual(before);
    expect(counts(crm)).toEqual(counted);
    expect(noted(crm)).toEqual(listed);
    expect(crm.run('doctor', '--deep').stdout).not.toContain('do not hold');
  });

  it('is read in a store that cannot be written', () => {
    const crm = crmWaiting();
    bySql(crm, 'pragma wal_checkpoint(truncate)');
    const stored = (): unknown => {
      const db = new Sqlite(`${crm.world.folder}/crm.db`, { readonly: true });
      const rows = db.prepare('select count(*) from suppressions').pluck().get();
      db.close();
      return rows;
    };
    const before = stored();
    expect(answers(crm).list).toEqual(SUPPRESSED);
    expect(stored()).toBe(before);
  });

  it('is settled before a filter chooses members', () => {
    const crm = crmWaiting();
    crm.ok('segments:create', 'Picked');
    crm.ok('segments:add', 'picked', '--where', 'suppressed(sms)');
    expect(crm.ok('segments:members', 'picked', '--format', 'ids')).toBe(
      SUPPRESSED.map((id) => `${id}\n`).join(''),
    );
  });
});

describe('a wish for what is no value of its field', () => {
  it('is named by doctor and can be lifted', () => {
    const crm = makeCrm();
    const { ok, run } = crm;
    ok('fields:edit', 'phone', '--unique');
    bySql(
      crm,
      `insert into value_suppressions (field_id, value, channel, reason, created_at)
      select id, 'garbage', 'sms', 'manual', 1 from fields where alias = 'phone'`,
    );
    const { stdout, status } = run('doctor');
    expect(status).toBe(4);
    expect(stdout).toContain('1 suppression of phone is of what is no value of it');
    expect(stdout).toContain('rollcall suppressions:delete garbage --key phone');
    expect(ok('suppressions:delete', 'garbage', '--key', 'phone', '--yes')).toBe(
      '1 suppression lifted from 1 value of phone\n',
    );
    expect(ok('doctor')).toContain('all well');
    expect(run('suppressions:delete', 'garbage', '--key', 'phone', '--yes')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is not a phone number') as string,
    });
  });
});

describe('suppressions by a field that is called like one of their columns', () => {
  it.each(['reason', 'channel'])('%s: are listed, exported and read back', (alias) => {
    const { ok, json, world } = makeCrm();
    ok('fields:create', alias, '--type', 'text', '--unique');
    world.file('list.csv', 'value,channel,reason\nR1,sms,unsubscribed\n');
    ok('suppressions:import', 'list.csv', '--key', alias);
    expect(json('suppressions:list', '--key', alias)).toMatchObject([
      { value: 'R1', channel: 'sms', reason: 'unsubscribed' },
    ]);
    ok('suppressions:export', '--key', alias, '-o', 'out.csv');
    ok('suppressions:delete', 'R1', '--key', alias, '--yes');
    ok('suppressions:import', 'out.csv', '--key', alias);
    expect(json('suppressions:list', '--key', alias)).toHaveLength(1);
  });

  it('have instants as instants, and are lifted by these', () => {
    const { ok, json, world } = makeCrm();
    ok('fields:create', 'born', '--type', 'datetime', '--unique');
    world.file('list.csv', 'born,channel\n2020-01-01T22:00:00Z,sms\n');
    ok('suppressions:import', 'list.csv', '--key', 'born');
    expect(json('suppressions:list', '--key', 'born')).toMatchObject([
      { born: '2020-01-01T22:00:00Z' },
    ]);
    const [id = ''] = ok('suppressions:list', '--key', 'born', '--format', 'ids').split('\n');
    expect(ok('suppressions:delete', id, '--key', 'born', '--yes')).toContain('1 suppression');
  });
});

describe('a list of suppressions', () => {
  it('says which columns it reads, and how what it made is lifted', () => {
    const { ok, run, world } = makeCrm();
    ok('fields:edit', 'mobile', '--unique');
    world.file('list.csv', 'mobile,phone,city\n+33677777777,1,Rome\n');
    expect(run('suppressions:import', 'list.csv', '--key', 'mobile').stderr).toContain(
      'left out, because only `mobile`, channel, reason, created_at and consent are read here: ' +
        '`phone`, `city`',
    );
    expect(run('imports:undo', 'last', '--yes').stderr).toContain(
      'rollcall suppressions:delete VALUE --key mobile',
    );
  });
});

describe('contacts:suppress', () => {
  it('stores nothing again of who was erased', () => {
    const crm = makeCrm();
    const { ok, run, runWithInput, json } = crm;
    ok('contacts:add', 'ann@x.example');
    ok('contacts:erase', 'ann@x.example', '--yes');
    const suppress = ['contacts:suppress', 'ANN@x.example', '--channel', 'sms'];
    expect(run(...suppress)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('who had the email `ANN@x.example` was erased at') as string,
    });
    const list = 'ann@x.example\nbo@x.example\n';
    const { status, stdout, stderr } = runWithInput(list, ...suppress.with(1, '-'));
    expect([status, stdout]).toEqual([3, '1 suppression set on 1 address that nobody has\n']);
    expect(stderr).toContain('1 address left out, of who was erased: ann@x.example\n');
    expect(json('suppressions:list')).toHaveLength(1);
  });
});
