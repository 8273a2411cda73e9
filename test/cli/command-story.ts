import { join } from 'node:path';
import { main } from '../../src/main.ts';
import { makeWorld, type World } from '../helpers/run.ts';
import { fakeIo } from '../helpers/streams.js';

/*
 * Every command in one story, told in one store. What has a + before it is to be noted in the audit.
 */

export const STORY = `
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
- db:copy copied.db
- init
- demo
`
  .trim()
  .split('\n')
  .map((line) => ({ isNoted: line.startsWith('+'), line: line.slice(2) }));

export function filledFolder(): World {
  const world = makeWorld('shared');
  world.file('plain.csv', 'email,points\nplain@example.org,70\n');
  world.file('consent.csv', 'email,unsubscribed\nplain@example.org,yes\n');
  world.file('companies.csv', 'name,city\nBolt,Paris\n');
  world.file('events.csv', 'email,type,occurred_at\nplain@example.org,page.hit,2026-02-01\n');
  return world;
}

/** The words of a line, with files in the folder. */
export function wordsOf(line: string, folder: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain = '']) => quoted ?? (/\.(csv|db)$/.test(plain) ? join(folder, plain) : plain),
  );
}

/** What a line came to; what it printed on stderr where it failed. */
export interface Ran {
  readonly line: string;
  readonly status: number;
  readonly stderr: string;
}

/** Runs a line on the store of the folder. */
export async function runLine(folder: string, line: string): Promise<Ran> {
  const { io, stderr } = fakeIo({ env: { USER: 'ada', TMPDIR: folder } });
  const status = await main([...wordsOf(line, folder), '--db', join(folder, 'crm.db')], io);
  return { line, status, stderr: status === 0 ? '' : stderr() };
}
