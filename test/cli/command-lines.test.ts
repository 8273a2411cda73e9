import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it, test } from 'vitest';
import { commandsOnStore, namingStore } from '../../src/cli/output/command-lines.ts';
import { parse } from '../../src/cli/parser.ts';
import { commandNames, findEntry } from '../../src/cli/registry.ts';
import { makeWorld, type World } from '../helpers/run.ts';

const SRC = new URL('../../src', import.meta.url).pathname;
const ELSEWHERE = { location: '/srv/a b.db', isDefault: false };

const commandsIn = (text: string): string[] =>
  [...commandsOnStore(text)].map(({ start, end }) => text.slice(start, end));

describe('command lines in a text', () => {
  it.each<[string, string, string]>([
    ['to its end', 'make one: rollcall segments:create Hot', ' --db "/srv/a b.db"'],
    ['in backticks', '`rollcall fields:list` shows all', '` shows all'],
    ['to a semicolon', 'or: rollcall runs:show last; then go on', '; then go on'],
    ['to its bracket', 'put it back (rollcall restore FILE), or not', '), or not'],
    ['with quotes', "rollcall segments:create Hot --where 'a; `b` | c'", ' --db "/srv/a b.db"'],
  ])('name the store: %s', (_where, text, end) => {
    const named = namingStore(text, ELSEWHERE);
    expect(named).toContain(' --db "/srv/a b.db"');
    expect(named.endsWith(end)).toBe(true);
    expect(named.replace(' --db "/srv/a b.db"', '')).toBe(text);
    expect(namingStore(text, { location: '/home/x.db', isDefault: true })).toBe(text);
  });

  it('name it in each part of a pipeline', () =>
    expect(namingStore('rollcall contacts:list | rollcall segments:add hot -', ELSEWHERE)).toBe(
      'rollcall contacts:list --db "/srv/a b.db" | rollcall segments:add hot - --db "/srv/a b.db"',
    ));

  it('name it once, and not where commands find it by themselves', () => {
    const text = 'look: rollcall doctor --db "/srv/a b.db" -v';
    expect(namingStore(text, ELSEWHERE)).toBe('look: rollcall doctor -v --db "/srv/a b.db"');
    expect(namingStore(text, { ...ELSEWHERE, isDefault: true })).toBe('look: rollcall doctor -v');
  });

  it.each([
    'make one: rollcall init --db FILE',
    '`rollcall segments:edit --help` shows more',
    '`rollcall help exit-codes` shows more',
    'tables are as rollcall makes them, see segments:update',
    'a folder /opt/rollcall status unknown',
  ])('leave alone: %s', (text) => expect(namingStore(text, ELSEWHERE)).toBe(text));

  it('are of all commands on a store', () => {
    const others = commandNames().filter((name) => commandsIn(`rollcall ${name}`).length === 0);
    expect(others.filter((name) => name !== 'help')).toEqual(['demo']);
  });
});

/** The texts of a source file, what is put in at run time as `X`. */
function textsOf(path: string): string[] {
  const texts: string[] = [];
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    const text = ts.isExpression(node) ? textOf(node) : undefined;
    if (text === undefined) ts.forEachChild(node, visit);
    else texts.push(text);
  };
  visit(source);
  return texts;
}

function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return textOfTemplate(node);
  if (ts.isCallExpression(node)) return textOfCall(node);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken)
    return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : (left ?? 'X') + (right ?? 'X');
}

function textOfTemplate({ head, templateSpans }: ts.TemplateExpression): string {
  const parts = templateSpans.map(
    ({ expression, literal }) => (textOf(expression) ?? 'X') + literal.text,
  );
  return head.text + parts.join('');
}

/** How doctor writes command lines. */
function textOfCall({ expression, arguments: [words] }: ts.CallExpression): string | undefined {
  const isCommand = ts.isIdentifier(expression) && expression.text === 'command';
  return isCommand && words !== undefined ? `rollcall ${textOf(words) ?? 'X'}` : undefined;
}

const WORD = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g;

const COMMANDS_TOLD = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    textsOf(join(SRC, file))
      .flatMap(commandsIn)
      .map((command) => [command, file] as const),
  );

/** These are put together at run time; what comes of them is told below. */
const PUT_TOGETHER = new Set(['rollcall segments:edit X X', 'rollcall contacts:merge X']);

describe('what the program tells people to type', () => {
  test('is a lot', () => expect(COMMANDS_TOLD.length).toBeGreaterThan(150));

  test.each(COMMANDS_TOLD.filter(([line]) => !PUT_TOGETHER.has(line)))(
    '`%s` is a whole command line (%s)',
    async (line) => {
      const [, name = '', ...words] = line.replace(/ <.*$/, '').match(WORD) ?? [];
      const entry = findEntry(name)?.entry;
      if (entry === undefined) throw new Error(`there is no command ${name}`);
      const argv = words.map((word) => word.replace(/^(['"])(.*)\1$/s, '$2'));
      const { default: command } = await entry.load();
      expect(() => parse(command, argv)).not.toThrow();
    },
  );
});

/** Lines that end with something to type, in a store in which they can. */
const TELLING = `
segments:create Hot --where 'points > 1'
contacts:show nobody@example.org
segments:members nothing
segments:preview 'nothing = 1'
segments:add hot 1 --via form
segments:restore hot
segments:delete by-hand --yes
segments:restore 99
segments:clear hot
segments:usage referred
segments:delete referred --yes
segments:rollback hot 7
segments:convert by-hand --to dynamic
segments:profile hot
segments:remove hot --where 'points > 1'
segments:overlap hot
contacts:merge 1 2 --yes
contacts:show 2
contacts:preferences 1
contacts:duplicates
contacts:duplicates --json
contacts:add ann@example.org
fields:edit phone --unique
fields:list --origin custom
imports:show last
imports:undo 1
runs:show last
triggers:list
triggers:create fair --when form.submit --add by-hand
segments:changes --since 0.0.0.0
status
doctor
doctor --json
`
  .trim()
  .split('\n');

function tellingWorld(db: readonly string[]): World {
  const world = makeWorld('shared');
  const make = (line: string): string => world.ok(...wordsOf(line), ...db);
  make('init');
  for (const name of ['a@example.org', 'b@example.org', 'c@example.org', 'ann@example.org'])
    make(`contacts:add ${name} --set phone=0612345678`);
  make("segments:create Hot --where 'points > 1' --unpublished");
  make('segments:create By-Hand');
  make('segments:create Referred');
  make("segments:create Refers --where 'in segment referred'");
  return world;
}

const wordsOf = (line: string): string[] =>
  (line.match(WORD) ?? []).map((word) => word.replaceAll("'", ''));

/** What a line tells to type. */
function toldBy(world: World, line: string, db: readonly string[]): string[] {
  const { stdout, stderr } = world.run(...wordsOf(line), ...db);
  const text = line.endsWith('--json') ? stdout.replaceAll(String.raw`\"`, '"') : stdout;
  return commandsIn(`${text}\n${stderr}`.replace(/\n/g, ' ; '));
}

describe('what lines tell people to type', () => {
  test('is about the store that they were about', () => {
    const world = tellingWorld(['--db', 'other.db']);
    const told = TELLING.flatMap((line) => toldBy(world, line, ['--db', 'other.db']));
    expect(new Set(told).size).toBeGreaterThan(20);
    for (const command of told) expect(command).toMatch(/ --db (other\.db|FILE|BACKUP)/);
  });

  test('names no store where commands find it by themselves', () => {
    const world = tellingWorld([]);
    const told = TELLING.flatMap((line) => toldBy(world, line, []));
    expect(new Set(told).size).toBeGreaterThan(20);
    for (const command of told) expect(command).not.toContain('--db');
  });

  test('is about the store of ROLLCALL_DB in any other shell', () => {
    const world = tellingWorld(['--db', 'other.db']);
    const env = { ROLLCALL_DB: 'other.db' };
    const { stderr } = world.runWith({ env }, 'segments:members', 'nothing');
    expect(stderr).toContain('rollcall segments:list --db other.db');
  });

  test('does as it says when it is pasted', () => {
    const world = tellingWorld(['--db', 'other.db']);
    const { stderr } = world.run('segments:delete', 'by-hand', '--yes', '--db', 'other.db');
    const [line = ''] = commandsIn(stderr.trim());
    expect(world.run(...wordsOf(line).slice(1)).status).toBe(0);
    expect(world.ok('segments:members', 'by-hand', '--db', 'other.db')).toBe('');
  });

  test('is told to programs with the store as well', () => {
    const world = tellingWorld(['--db', 'other.db']);
    const { stderr } = world.run('segments:members', 'nothing', '--json', '--db', 'other.db');
    expect(JSON.parse(stderr)).toMatchObject({
      error: { hint: '`rollcall segments:list --db other.db` shows all segments' },
    });
  });
});
