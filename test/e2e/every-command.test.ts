import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { openShell } from '../helpers/shell.ts';

/*
 * Every command, each in a process of its own: it does its work and ends with 0. On some versions
 * of Node native objects end the process when they are collected, which only whole processes show:
 * `.ci/run` runs this on each version.
 */

/** In their order. */
const STORY = `
init
demo
settings:list
settings:set timezone Europe/Paris
settings:get timezone
fields:create plan --type select --options free,pro,team
fields:edit plan --options free,pro,team,more
fields:create short --type text
fields:list
fields:delete short --yes
contacts:import contacts.csv --map "Prénom=first_name,Plan=plan"
companies:import companies.csv --key name
events:import hits.csv
contacts:add bo@example.org --set points=70
contacts:edit bo@example.org --set points=80
contacts:tag bo@example.org --tag vip
contacts:untag bo@example.org --tag vip
contacts:suppress bo@example.org --channel email --reason bounced
contacts:unsuppress bo@example.org --channel email --reason bounced --yes
contacts:add bo.old@example.org --tag early
contacts:duplicates --by phone,name
contacts:merge bo@example.org bo.old@example.org --yes
contacts:add gone@example.org
contacts:erase gone@example.org --yes
contacts:suppress new@example.org --channel email
suppressions:list
suppressions:export -o suppressed.csv
suppressions:delete new@example.org --yes
suppressions:import suppressed.csv
contacts:show bo@example.org
contacts:list --limit 3
contacts:export -o all.csv
companies:add Acme
companies:edit Acme --set city=Rome
companies:show Acme
companies:list --limit 3
companies:export -o companies-again.csv
companies:delete Acme --yes
events:add bo@example.org page.hit --subject /pricing
events:list --limit 3
events:export -o events-out.csv
segments:create Hand
segments:create "Hot leads" --alias hot --where 'points >= 50 or did page.hit in last 30 days'
segments:filters:add hot --where 'points > 5'
segments:filters:set hot 'points >= 50 or did page.hit in last 30 days'
segments:filters hot
segments:update
segments:update --full
triggers:create visit --when 'page.hit where subject = "/x"' --add hand
triggers:edit visit --reason seen
triggers:list
triggers:show visit
triggers:test visit
triggers:delete visit --yes
segments:add hand bo@example.org
segments:import hand contacts.csv
imports:list
imports:show last
imports:undo last --yes
segments:has hand bo@example.org
segments:remove hand bo@example.org
segments:unpin hand bo@example.org
segments:modify --contact bo@example.org --add hand --via api:shop
segments:clear hand --yes
segments:edit hand --name Hands
segments:list
segments:show hot
segments:members hot --limit 3
segments:history hot --by week
segments:overlap hot hand
segments:compare hot hand --by country
segments:preview 'points > 50'
segments:profile hot
segments:explain hot bo@example.org
segments:export hot -o hot.csv
segments:verify
segments:versions hot
segments:show hot --version 1
segments:diff hot 1 2
segments:rollback hot 1 --note 'as it was'
segments:clone hot "Hot again"
segments:usage hot
segments:delete hot-again --yes
segments:list --deleted
segments:restore hot-again
segments:changes --since start
contacts:segments bo@example.org
contacts:preferences bo@example.org
contacts:history bo@example.org
segments:filters:add hot --glue or --where 'points > 500'
segments:filters:remove hot 2
segments:convert hot --to static
segments:delete hand --yes
contacts:delete bo@example.org --yes
runs:list
runs:show last
audit:list --limit 3
status
doctor --deep
backup kept.db
restore kept.db --yes
db:copy copied.db
db:migrate
help
`
  .trim()
  .split('\n');

test('the story has every command in it', () => {
  const told = new Set(STORY.map((line) => line.split(' ')[0]));
  expect(Object.keys(COMMANDS).filter((name) => !told.has(name))).toEqual([]);
});

test('each command does its work and ends', { timeout: 300_000 }, () => {
  const shell = openShell();
  try {
    for (const line of STORY) {
      const { status, stderr } = shell.run(`ROLLCALL_DB=crm.db TMPDIR=$PWD rollcall ${line}`);
      const calm = expect.not.stringMatching(/^error|bug|FATAL|Assertion/m) as string;
      expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: calm });
    }
  } finally {
    shell.remove();
  }
});
