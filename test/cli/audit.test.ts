import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { filledFolder, runLine, STORY } from './command-story.ts';

/*
 * Every command either changes definitions, decisions, consent or people, and then says so in the
 * audit, or leaves no trace there: each line of the story says which it is.
 */

interface AuditLine {
  readonly action: string;
  readonly detail: unknown;
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
  await runLine(folder, 'init');
  for (const { isNoted, line } of STORY) {
    const before = countEntries(db);
    expect(await runLine(folder, line)).toEqual({ line, status: 0, stderr: '' });
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
  expect(list('--object', 'setting')).toMatchObject([{ id: 3, detail: { 'keep-audit': '30' } }]);
  expect(list('--limit', '1', '--after', '3')).toMatchObject([{ id: 2 }]);
  expect(list('--by', 'nobody-here')).toEqual([]);
  expect(list('--since', '2026-03-01T10:00:01Z')).toEqual([]);
  const { status, stderr } = world.run('audit:list', '--object', 'foo', '--db', 'crm.db');
  expect([status, stderr]).toEqual([2, expect.stringContaining('names nothing')]);
});

test('what is decided in the name of another says so, and is found by that', () => {
  const world = filledFolder();
  const run = (...words: string[]): string => world.ok(...words, '--db', 'crm.db');
  run('init');
  run('contacts:import', 'plain.csv');
  run('segments:create', 'Hand');
  run('segments:create', 'Full', '--where', 'points > 5');
  run('segments:add', 'hand', 'plain@example.org', '--by', 'ann');
  run('segments:remove', 'full', 'plain@example.org', '--by', 'ann', '--until', '2030-01-01');
  const list = (...words: string[]) => world.json('audit:list', ...words, '--db', 'crm.db');
  expect(list('--by', 'ann')).toMatchObject([
    {
      command: 'segments:remove',
      detail: { in_name_of: 'ann', pin: 'out', until: '2030-01-01T00:00:00Z' },
    },
    { command: 'segments:add', detail: { in_name_of: 'ann', joined: 1 } },
  ]);
  expect(run('audit:list', '--limit', '1')).toMatch(/ for ann +segments:remove/);
});

test('plans, and what is changed, are called as commands call them', () => {
  const world = filledFolder();
  const run = (...words: string[]): string => world.ok(...words, '--db', 'crm.db');
  run('init');
  run('segments:create', 'Full', '--where', 'points > 5');
  run('segments:convert', 'full', '--to', 'static', '--on', '2030-04-01');
  run('segments:convert', 'full', '--never');
  run('segments:convert', 'full', '--to', 'static');
  run('segments:edit', 'full', '--preference-center');
  const said = (world.json('audit:list', '--object', 'full', '--db', 'crm.db') as AuditLine[]).map(
    ({ action, detail }) => [action, detail],
  );
  expect(said).toEqual([
    ['changed', { alias: 'full', changed: ['preference_center'] }],
    ['converted', { alias: 'full' }],
    ['changed', { alias: 'full', changed: ['type'] }],
    ['plan cancelled', { alias: 'full' }],
    ['planned', { alias: 'full', convert_on: '2030-04-01' }],
    ['created', { alias: 'full' }],
  ]);
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

test('a list says that what it was asked for is kept no longer', () => {
  const world = filledFolder();
  const at = (now: string, ...words: string[]) =>
    world.runWith({ now }, ...words, '--db', 'crm.db').stderr;
  at('2020-01-01T00:00:00Z', 'init');
  at('2020-01-01T00:00:00Z', 'settings:set', 'keep-audit', '9');
  at('2026-03-01T10:00:00Z', 'segments:create', 'Hand');
  expect(at('2026-03-01T10:00:00Z', 'audit:list')).not.toContain('kept no longer');
  at('2026-03-01T10:00:00Z', 'segments:update');
  const said = (...words: string[]) => at('2026-03-01T10:00:00Z', 'audit:list', ...words);
  expect(said()).toBe('1 entry; what is older than keep-audit says is kept no longer\n');
  expect(said('--since', '2021-01-01')).toContain('kept no longer');
  expect(said('--since', '2026-03-01T10:00:00Z')).not.toContain('kept no longer');
});
