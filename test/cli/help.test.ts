import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, SYNONYMS } from '../../src/cli/registry.ts';
import { EXIT } from '../../src/support/errors.ts';
import { makeWorld } from '../helpers/run.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

describe('the version', () => {
  it.each([['--version'], ['-V'], ['init', '--version'], ['-q', '-V']])('%j', (...args) => {
    expect(makeWorld('shared').runWith({ now: undefined }, ...args)).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });
});

describe('the overview', () => {
  it('names every command, within 80 columns', () => {
    const overview = makeWorld('shared').ok('help');
    for (const [name, { summary }] of Object.entries(COMMANDS))
      expect(overview).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
    for (const line of overview.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('is what a bare call and --help show', () => {
    const world = makeWorld('shared');
    const overview = world.ok('help');
    expect(world.ok()).toBe(overview);
    expect(world.ok('--help')).toBe(overview);
    expect(world.ok('-h')).toBe(overview);
  });
});

describe('the exit codes', () => {
  it('are all in the table', () => {
    const table = makeWorld('shared').ok('help', 'exit-codes');
    for (const code of [...Object.values(EXIT), 130, 143])
      expect(table).toMatch(new RegExp(`^ +${code}  \\S`, 'm'));
    for (const line of table.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

describe("a command's help", () => {
  it('is the same by both ways, and asks for nothing', () => {
    const world = makeWorld('shared');
    const help = world.ok('settings:set', '--help');
    expect(world.ok('help', 'settings:set')).toBe(help);
    expect(world.ok('--help', 'settings:set')).toBe(help);
    expect(help).toContain('Usage: rollcall settings:set [options] <name> <value>');
    expect(help).toContain(
      '\nExamples:\n  rollcall settings:set timezone Europe/Paris --db crm.db\n',
    );
    expect(help).toContain(
      '\n   69  the store is missing, damaged, of another version, or no rollcall store\n',
    );
    expect(help).toContain('Formats: table (default), json, ndjson\n');
  });

  it.each(Object.keys(COMMANDS))(
    '%s: named as in the registry, with examples, within 80 columns',
    async (name) => {
      const { default: command } = await COMMANDS[name]!.load();
      expect(command.name).toBe(name);
      for (const example of command.examples)
        expect(example).toMatch(new RegExp(`\\brollcall ${name}( |$)`));
      const help = makeWorld('shared').ok('help', name);
      for (const line of help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
      const asTyped = help.replaceAll(/ \\\n +/g, ' ');
      for (const example of command.examples) expect(asTyped).toContain(`\n  ${example}\n`);
    },
  );

  it('is found by every synonym', () => {
    for (const name of Object.values(SYNONYMS)) expect(COMMANDS).toHaveProperty([name]);
  });
});
