import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { main } from '../../../src/main.ts';
import { updateSegments } from '../../../src/segment/update/run.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { scanInProcess } from '../../helpers/in-process-scanner.ts';
import { fakeIo } from '../../helpers/streams.js';

/*
 * What people do with a store, by commands and by SQL, and all that they are told: the same
 * whatever other fields are called.
 */

export const START = Date.parse('2026-03-01T10:00:00Z');

const FILES = {
  'people.csv': `email,first_name,city,points,company,tags,created_at,unsubscribed
ann@example.org,Ann,Rome,10,Acme,vip|new,2026-01-01T10:00:00Z,
bob@example.org,Bob,Paris,20,Acme,,2026-02-01T10:00:00Z,email
cyd@example.org,Cyd,Rome,30,Umbra,vip,2026-02-20T10:00:00Z,
dan@example.org,Dan,,40,,,2026-02-25T10:00:00Z,
eve@example.org,Eve,Été,,Umbra,press,2026-02-28T10:00:00Z,
`,
  'again.csv': `email,city,points,company,tags,bounced
ann@example.org,Rome,11,Umbra,-vip|late,
fay@example.org,Oslo,60,New,vip,email
bob@example.org,NULL,20,NULL,,
`,
  'ids.csv': `id,city
1,Ulm
2,Bonn
99,Nowhere
`,
  'companies.csv': `name,industry,employees
Acme,it,10
Umbra,food,20
Other,it,30
`,
  'events.csv': `contact,type,subject,value,occurred_at,id,property.size
ann@example.org,page.hit,/pricing,,2026-02-27T10:00:00Z,a1,5
ann@example.org,purchase,,12.5,2026-02-20T10:00:00Z,a2,
bob@example.org,page.hit,/home,,2026-01-20T10:00:00Z,a3,7
cyd@example.org,purchase,,40,2026-02-26T10:00:00Z,,
gus@example.org,page.hit,/pricing,,2026-02-27T10:00:00Z,a4,
`,
  'never.csv': `email,channel,reason
bob@example.org,email,bounced
hal@example.org,sms,manual
`,
  'handful.csv': `email
cyd@example.org
eve@example.org
`,
  'moreevents.csv': `contact,type,subject,value,occurred_at,id
ann@example.org,page.hit,/pricing,1,2026-02-28T10:00:00Z,a1
cyd@example.org,purchase,,40,2026-02-26T10:00:00Z,
`,
} as const;

/**
 * A filter of each kind: both ways in which each can be evaluated are compared by updates in full
 * and by what changed.
 */
const FILTERS = [
  'city = "Rome"',
  'city = "Été" or city is empty',
  'points >= 20 and not points > 40',
  'city matches "^R"',
  'city in ("Rome", "Oslo", "Été")',
  'created_at in last 30 days',
  'last_active_at before today - 3 days',
  'email_domain = "example.org"',
  'tags has any ("vip", "press")',
  'tags has all ("vip", "new")',
  'tags is empty',
  'company.industry = "it"',
  'company.industry is empty',
  'company.created_at in last 3 days',
  'did page.hit where subject like "/p%" in last 30 days',
  'count(page.hit in last 30 days) < 2',
  'sum(purchase.value in last 30 days) > 20',
  'last(page.hit) is empty',
  'did page.hit where property.size > 5',
  'suppressed(email)',
  'suppressed(email, bounced)',
  'in segment hand',
  'joined segment hand since 2026-01-01',
  'not in segment f1 and points > 5',
  'did page.hit or city matches "s" or not (points > 5 and city = "Rome")',
] as const;

const LIST = [
  'contacts:list',
  '--fields',
  'id,email,first_name,city,points,company,tags,created_at,last_active_at,unsubscribed,bounced',
  '--format',
  'csv',
];
const update = (...more: readonly string[]): string[] => ['segments:update', '--json', ...more];

interface Step {
  readonly name: string;
  readonly does: string[] | ((path: string) => unknown);
}

/** The words of a command line, or what it does to the file. */
const STEPS: readonly Step[] = [
  command('companies:import', 'companies.csv'),
  command('contacts:import', 'people.csv', '--json'),
  command('contacts:add', '--set', 'points=7'),
  command('events:import', 'events.csv', '--create-contacts', '--json'),
  command('segments:create', 'hand'),
  command('segments:add', 'hand', 'ann@example.org', 'dan@example.org'),
  ...FILTERS.map((where, index) => command('segments:create', `f${index + 1}`, '--where', where)),
  command(...update('--full')),
  members(),
  ...looks(),
  command('segments:add', 'f1', 'dan@example.org', '--until', '2026-03-05', '--reason', 'fair'),
  command('segments:remove', 'f1', 'cyd@example.org'),
  command(
    'contacts:edit',
    'eve@example.org',
    '--set',
    'city=Rome',
    '--set',
    'points=25',
    '--set',
    'company=Acme',
  ),
  command('contacts:tag', '1', '4', '--tag', 'press'),
  command('contacts:untag', 'cyd@example.org', '--tag', 'vip'),
  command('contacts:suppress', 'dan@example.org', '--channel', 'email', '--reason', 'bounced'),
  command('contacts:unsuppress', 'bob@example.org', '--channel', 'email', '--yes'),
  command('events:add', 'dan@example.org', 'page.hit', '--subject', '/pricing'),
  command('companies:edit', 'Umbra', '--set', 'industry=it'),
  command(...update('--dry-run')),
  command(...update()),
  members(),
  command('contacts:import', 'again.csv', '--json'),
  command('contacts:import', 'again.csv', '--json', '--dry-run'),
  command('contacts:import', 'ids.csv', '--key', 'id', '--json'),
  command('events:import', 'moreevents.csv', '--json'),
  command(...update('--batch-limit', '2', '--full')),
  members(),
  { name: 'SQL', does: writeSql },
  command(...update('--now', '2026-03-06T10:00:00Z')),
  members(),
  { name: 'a full build from a scan', does: scan },
  members(),
  command('segments:verify', '--json'),
  command('segments:convert', 'f2', '--to', 'static', '--yes'),
  command('contacts:delete', 'bob@example.org', '2', '--yes'),
  command('companies:delete', 'Other', '--yes'),
  command(...LIST),
  command('companies:list', '--format', 'csv'),
  command('segments:verify', '--repair', '--json'),
  members(),
  ...suppressions(),
  command('segments:import', 'hand', 'handful.csv', '--json'),
  command('segments:import', 'hand', 'handful.csv', '--mirror', '--yes', '--json'),
  command('segments:unpin', 'f1', '1', 'cyd@example.org'),
  command('imports:undo', '3', '--yes', '--json'),
  command('segments:clear', 'hand', '--yes'),
  ...backups(),
  members(),
  { name: 'what is stored', does: stored },
];

function command(...words: string[]): Step {
  return { name: words.join(' '), does: words };
}

function looks(): Step[] {
  return [
    command(...LIST),
    command(...LIST, '--where', 'city = "Rome" or in segment hand'),
    command(...LIST, '--search', 'segment:f1 !tag:late'),
    command('contacts:list', '--limit', '2', '--after', '1', '--format', 'ids'),
    command('contacts:export', '--fields', 'id,email,city,company,tags,points'),
    command('companies:list', '--format', 'csv'),
    command('companies:export', '--fields', 'id,name,industry,employees'),
    command('segments:export', 'f1', '--fields', 'id,email'),
    command('events:list', '--json'),
    command('segments:list', '--json'),
    command('segments:members', 'hand', '--as-of', '2026-03-01T10:00:00Z', '--json'),
    command('segments:has', 'hand', 'ann@example.org'),
    command('segments:has', 'hand', 'eve@example.org'),
    command('contacts:segments', '1', '--json'),
    ...FILTERS.map((where) => command('segments:preview', where, '--json', '--sample', '0')),
    ...FILTERS.map((_, index) => command('segments:explain', `f${index + 1}`, '1', '--json')),
    {
      name: 'a profile',
      does: async (path) => (await say('', path, ['segments:profile', 'f12'])).status,
    }, // it tells times
    command('doctor', '--deep', '--json'),
    command('status', '--json'),
  ];
}

/** What stands for addresses, whether a contact has them or not. */
function suppressions(): Step[] {
  return [
    command('suppressions:import', 'never.csv', '--json'),
    command('contacts:suppress', 'ivy@example.org', '--channel', 'sms'),
    command('suppressions:list', '--json'),
    command('suppressions:list', '--limit', '1', '--after', 'bob@example.org', '--json'),
    command('suppressions:export'),
    command('suppressions:delete', 'hal@example.org', '--yes'),
    command('contacts:suppress', '1', '4', '--channel', 'post', '--reason', 'unsubscribed'),
  ];
}

/** Back to a copy in which nobody is suppressed: what was suppressed is carried over. */
function backups(): Step[] {
  return [
    { name: 'a copy', does: copyWithoutSuppressions },
    { name: 'a restore', does: async (path) => say(dirname(path), path, RESTORE(path)) },
    command('suppressions:list', '--json'),
    command(...update()),
  ];
}

const copyOf = (path: string): string => `${path}.copy`;
const RESTORE = (path: string): string[] => ['restore', copyOf(path), '--yes'];

async function copyWithoutSuppressions(path: string): Promise<unknown> {
  const told = await say(dirname(path), path, ['backup', copyOf(path)]);
  withRaw(copyOf(path), (raw) =>
    raw.exec('delete from suppressions; delete from address_suppressions'),
  );
  return told;
}

/** Who is in each segment, through what. */
function members(): Step {
  const query = 'select segment_id, contact_id, via from memberships order by 1, 2';
  return {
    name: 'members',
    does: (path) => withRaw(path, (raw) => raw.prepare(query).raw().all()),
  };
}

function writeSql(path: string): void {
  withRaw(path, (raw) =>
    raw.exec(`
      pragma foreign_keys = off; -- as shells have it
      insert or replace into contacts (id, email, points, created_at, updated_at)
        values (50, 'cyd@example.org', 90, ${START}, 0);
      insert into contacts (email, city, created_at, updated_at) values ('eve@example.org', 'Rome', 0, 0)
        on conflict (email) do update set city = excluded.city || '!';
      insert or ignore into contacts (email, created_at, updated_at) values ('ann@example.org', 0, 0);
      update contacts set id = 60 where email = 'dan@example.org';
      update or replace companies set name = 'Acme' where name = 'Umbra';
      insert into events (contact_id, type, occurred_at) values (1, 'page.hit', ${START});
      delete from contacts where email = 'fay@example.org';
      update tags set name = 'vip' where name = 'press' and not exists (select 1 from tags where name = 'vip')`),
  );
}

async function scan(path: string): Promise<void> {
  const store = await openStore(path, { scanFrom: 0, scanners: 2, startScanner: scanInProcess });
  try {
    await updateSegments(store, { segments: [], now: START, full: true });
  } finally {
    await store.close();
  }
}

const STORED = [
  'memberships',
  'membership_history',
  'pins',
  'tags',
  'contact_tags',
  'events',
  'suppressions',
];

function stored(path: string): unknown {
  const columns =
    'id, email, city, points, company_id, identified_at, last_active_at, created_at, updated_at';
  return withRaw(path, (raw) => [
    ...STORED.map((table) => raw.prepare(`select * from ${table} order by 1, 2`).raw().all()),
    raw
      .prepare('select kind, id, segment_id, aspects from contact_changes order by epoch, 1, 2, 3')
      .raw()
      .all(),
    raw.prepare(`select ${columns} from contacts order by id`).raw().all(),
    raw.prepare('select id, name, industry, employees from companies order by id').raw().all(),
    raw
      .prepare(
        'select alias, members, anonymous, joined_last_run, left_last_run from segments order by id',
      )
      .raw()
      .all(),
  ]);
}

function withRaw<T>(path: string, work: (raw: Sqlite.Database) => T): T {
  const raw = new Sqlite(path);
  try {
    return work(raw);
  } finally {
    raw.close();
  }
}

/** Plays it on the new store at `path`; gives what was said and found at each step. */
export async function play(folder: string, path: string): Promise<Record<string, unknown>> {
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text);
  const told: Record<string, unknown> = {};
  for (const [index, { name, does }] of STEPS.entries()) {
    told[`${index} ${name}`] =
      typeof does === 'function' ? await does(path) : await say(folder, path, does);
  }
  return told;
}

interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function say(folder: string, path: string, words: readonly string[]): Promise<Said> {
  const { io, stdout, stderr } = fakeIo({ env: { NO_COLOR: '1', USER: 'tester' } });
  const clock = words.includes('--now') ? [] : ['--now', new Date(START).toISOString()];
  const line = words.map((word) => (Object.hasOwn(FILES, word) ? join(folder, word) : word));
  const status = await main([...line, ...clock, '--db', path], io);
  return { status, stdout: withoutTimes(stdout(), folder), stderr: withoutTimes(stderr(), folder) };
}

/** What differs from run to run: how long things took, where they stand, sizes, and the store. */
function withoutTimes(text: string, folder: string): string {
  return (folder === '' ? text : text.replaceAll(folder, ''))
    .replaceAll(/"(\w*ms|size_bytes)":[\d.]+/g, '"$1":0')
    .replaceAll(/"(started_at|finished_at)":"[^"]+"/g, '"$1":""')
    .replaceAll(/\b[0-9a-f]{32}\.[0-9a-z]+\.[0-9a-z]+\.\d/g, 'CURSOR')
    .replaceAll(/ms=\d+/g, 'ms=0');
}
