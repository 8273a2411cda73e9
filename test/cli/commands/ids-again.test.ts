import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Crm, makeCrm } from './crm.ts';

/* A contact that another program gives the id of somebody who is gone is nobody but itself. */

const COMING = '(id, email, created_at, updated_at)';

function crmWithAnn(): Crm {
  const crm = makeCrm();
  crm.ok('segments:create', 'News');
  crm.ok('contacts:add', 'ann@x.example');
  crm.ok('contacts:add', 'ann.old@x.example');
  crm.ok('contacts:edit', 'ann@x.example', '--set', 'email=bo@x.example');
  crm.ok('contacts:merge', '1', '2', '--yes');
  return crm;
}

/** As a shell does it, which leaves foreign keys off. */
function shell({ world }: Crm, statements: string): void {
  const file = join(world.folder, 'crm.db');
  execFileSync('sqlite3', [file, statements]);
}

it('who takes the place of a contact has not what that one had before', () => {
  const crm = crmWithAnn();
  shell(crm, `replace into contacts ${COMING} values (1, 'other@x.example', 5, 5)`);
  const held = JSON.stringify(crm.json('contacts:export', '--contact', '1', '--all'));
  expect(held).not.toMatch(/ann|bo@/);
  expect(crm.ok('contacts:erase', 'other@x.example', '--yes')).not.toMatch(/former|merged/);
  // nobody has it or had it
  crm.ok('contacts:erase', 'ann@x.example', '--yes');
});

it('who has the id of somebody who is gone has not the history of that one', () => {
  const crm = crmWithAnn();
  const at = (now: string, ...args: string[]): string =>
    crm.world.runWith({ now }, ...args, '--db', 'crm.db').stdout;
  at('2026-03-02T00:00:00Z', 'segments:add', 'news', '1');
  at('2026-03-03T00:00:00Z', 'contacts:delete', '1', '--yes');
  shell(crm, `insert into contacts ${COMING} values (1, 'other@x.example', 5, 5)`);
  const later = '2026-03-05T00:00:00Z';
  at(later, 'segments:update');
  expect(at(later, 'contacts:history', '1', '--format', 'csv').split('\n')).toHaveLength(2);
  expect(at(later, 'segments:members', 'news', '--as-of', '2026-03-02', '--format', 'csv')).toMatch(
    /^1,,/m,
  );
  const left = at(later, 'segments:members', 'news', '--left-since', '2026-03-01', '--json');
  expect(left).not.toContain('other@');
  expect(at(later, 'segments:changes', '--since', 'start')).not.toContain('other@');
  at(later, 'segments:add', 'news', '1');
  expect(at(later, 'segments:changes', '--since', 'start')).toMatch(/other@.*joined/);
});
