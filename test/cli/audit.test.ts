import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { main } from '../../src/main.ts';
import { makeWorld, type World } from '../helpers/run.ts';
import { fakeIo } from '../helpers/streams.js';

/*
 * Every command either changes definitions, decisions, consent or people, and then says so in the
 * audit, or leaves no trace there. The story is told in one store; each line says which it is.
 */

const STORY = `
- settings:list
+ settings:set timezone Europe/Paris
- settings:set timezone Europe/Paris
- settings:get timezone
+ fields:create plan --type select --options free,pro
+ fields:edit plan --options free,pro,team
- fields:list
+ fields:create short --type text
+ fields:delete short --yes
- contacts:import plain.csv
+ contacts:import consent.csv
- contacts:add bo@example.org --set points=70
- contacts:edit bo@example.org --set points=80
- contacts:tag bo@example.org --tag vip
- contacts:untag bo@example.org --tag vip
+ contacts:suppress bo@example.org --channel email --reason bounced
- contacts:suppress bo@example.org --channel email --reason bounced
+ contacts:unsuppress bo@example.org --channel email --reason bounced --yes
+ contacts:suppress new@example.org --channel email
- suppressions:list
- suppressions:export -o suppressed.csv
+ suppressions:delete new@example.org --yes
+ suppressions:import suppressed.csv
- contacts:show bo@example.org
- contacts:list
- contacts:export -o all.csv
- companies:add Acme
- companies:edit Acme --set city=Rome
- companies:show Acme
- companies:list
- companies:import companies.csv --key name
- companies:export -o companies-out.csv
- companies:delete Acme --yes
- events:add bo@example.org page.hit
- events:import events.csv
- events:list
- events:export -o events-out.csv
+ segments:create Hand
+ segments:create Hot --where "points >= 50"
+ segments:filters:add hot --where "points > 5"
+ segments:filters:remove hot 2
+ segments:filters:set hot "points >= 60"
- segments:filters hot
+ segments:edit hand --name Hands
- segments:edit hand --name Hands
- segments:versions hot
- segments:diff hot 1 2
+ segments:rollback hot 1 --yes
+ segments:clone hot Warm
- segments:usage hot
- segments:update
+ segments:add hand bo@example.org
- segments:add hand bo@example.org
- segments:has hand bo@example.org
+ segments:import hand plain.csv
- imports:list
- imports:show last
- imports:undo last --dry-run
+ imports:undo last --yes
+ segments:add hot plain@example.org
+ segments:unpin hot plain@example.org
+ segments:remove hand bo@example.org
+ segments:unpin hand bo@example.org
+ segments:add hand plain@example.org
+ segments:clear hand --yes
- segments:list
- segments:show hot
- segments:members hot
- segments:preview "points > 50"
- segments:profile hot
- segments:explain hot bo@example.org
- segments:export hot -o hot.csv
- segments:changes --since start
- segments:verify
- contacts:segments bo@example.org
- contacts:history bo@example.org
- contacts:preferences bo@example.org
- segments:history hot --by day
- segments:overlap hot warm
- segments:compare hot warm --by city
+ segments:modify --contact bo@example.org --add hand --via api:shop
+ triggers:create visit --when-points-reach 1000 --add hand
- triggers:list
- triggers:show visit
+ triggers:edit visit --reason seen
- triggers:test visit
+ triggers:delete visit --yes
- contacts:duplicates --by email
- contacts:add bo.old@example.org
+ contacts:merge bo@example.org bo.old@example.org --yes
- contacts:add gone@example.org
+ contacts:erase gone@example.org --yes
+ segments:convert hot --to static --yes
+ segments:delete hand --yes
+ segments:restore hand
+ contacts:delete bo@example.org --yes
- runs:list
- runs:show last
- audit:list
- status
- doctor
- backup kept.db
+ restore kept.db --yes
- db:migrate
- init
- demo
`
  .trim()
  .split('\n')
  .map((line) => ({ isNoted: line.startsWith('+'), line: line.slice(2) }));

function filledFolder(): World {
  const world = makeWorld('shared');
  world.file('plain.csv', 'email,points\nplain@example.org,70\n');
  world.file('consent.csv', 'email,unsubscribed\nplain@example.org,yes\n');
  world.file('companies.csv', 'name,city\nBolt,Paris\n');
  world.file('events.csv', 'email,type,occurred_at\nplain@example.org,page.hit,2026-02-01\n');
  return world;
}

/** The words of a line, with files in the folder. */
function wordsOf(line: string, folder: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain = '']) => quoted ?? (/\.(csv|db)$/.test(plain) ? join(folder, plain) : plain),
  );
}

function countEntries(path: string): number {
  const db = new Sqlite(path, { readonly: true });
  try {
    return (db.prepare('select max(id) from audit').pluck().get() as number | null) ?? 0;
  } finally {
    db.close();
  }
}

test('every command is in the story', () => {
  const told = new Set(STORY.map(({ line }) => line.split(' ')[0]));
  expect(Object.keys(COMMANDS).filter((name) => !told.has(name))).toEqual([]);
});

test('what changes definitions, decisions, consent or people is noted, and nothing else', async () => {
  const { folder } = filledFolder();
  const db = join(folder, 'crm.db');
  const env = { USER: 'ada', TMPDIR: folder };
  const run = async (line: string) => {
    const { io, stderr } = fakeIo({ env });
    const status = await main([...wordsOf(line, folder), '--db', db], io);
    return { line, status, stderr: status === 0 ? '' : stderr() };
  };
  await run('init');
  for (const { isNoted, line } of STORY) {
    const before = countEntries(db);
    expect(await run(line)).toEqual({ line, status: 0, stderr: '' });
    expect({ line, isNoted: countEntries(db) > before }).toEqual({ line, isNoted });
  }
}, 120_000);

test('an entry says who, when, by what and of whom; lists are narrowed and paged', () => {
  const world = filledFolder();
  for (const words of [
    ['init'],
    ['contacts:import', 'plain.csv'],
    ['segments:create', 'Hand'],
    ['segments:add', 'hand', 'plain@example.org', '--reason', 'met'],
    ['settings:set', 'keep-audit', '30'],
  ])
    world.ok(...words, '--db', 'crm.db');
  const list = (...words: string[]) => world.json('audit:list', ...words, '--db', 'crm.db');
  expect(list('--object', 'segment:1')).toEqual([
    {
      ...{ id: 2, at: '2026-03-01T10:00:00Z', by: expect.any(String) as string },
      ...{ command: 'segments:add', action: 'added', object: 'segment', object_id: 1 },
      detail: { via: 'manual', reason: 'met', joined: 1, contact_ids: [1] },
    },
    expect.objectContaining({ id: 1, command: 'segments:create', detail: { alias: 'hand' } }),
  ]);
  expect(list('--object', 'contact:1')).toMatchObject([{ id: 2 }]);
  expect(list('--object', 'setting')).toMatchObject([{ id: 3, detail: { keepAuditDays: '30' } }]);
  expect(list('--limit', '1', '--after', '3')).toMatchObject([{ id: 2 }]);
  expect(list('--by', 'nobody-here')).toEqual([]);
  expect(list('--since', '2026-03-01T10:00:01Z')).toEqual([]);
  const { status, stderr } = world.run('audit:list', '--object', 'foo', '--db', 'crm.db');
  expect([status, stderr]).toEqual([2, expect.stringContaining('names nothing')]);
});

test('what is older than keep-audit goes at the end of a run', () => {
  const world = filledFolder();
  const at = (now: string | undefined, ...words: string[]) =>
    world.runWith({ now }, ...words, '--db', 'crm.db');
  at('2020-01-01T00:00:00Z', 'init');
  at('2020-01-01T00:00:00Z', 'segments:create', 'Hand');
  const actions = (): unknown =>
    (world.json('audit:list', '--db', 'crm.db') as { action: string }[]).map(
      ({ action }) => action,
    );
  at('2020-01-01T00:00:00Z', 'segments:update');
  expect(actions()).toEqual(['created']);
  at('2020-01-01T00:00:00Z', 'settings:set', 'keep-audit', '9');
  at(undefined, 'segments:edit', 'hand', '--name', 'Hands');
  world.ok('segments:update', '--db', 'crm.db');
  expect(actions()).toEqual(['changed']);
});
