import { describe, expect, it } from 'vitest';
import { makeCrm } from './commands/crm.ts';

const WRONG = 'points > 5\n  and (city = "東京"\n\tor contry = "FR")\n';

function failure(source: string): string {
  return (
    'error: unknown field `contry`\n' +
    `  ${source}:3:5\n` +
    '   or contry = "FR")\n' +
    '      ^^^^^^\n' +
    'hint: did you mean `country`? `rollcall fields:list --db crm.db` shows all 43\n'
  );
}

describe('a filter in a file', () => {
  const commands: readonly (readonly string[])[] = [
    ['segments:preview', '@wrong.filter'],
    ['segments:create', 'Hot', '--where', '@wrong.filter'],
    ['segments:edit', 'old', '--where', '@wrong.filter'],
    ['segments:filters:set', 'old', '@wrong.filter'],
    ['segments:filters:add', 'old', '--where', '@wrong.filter'],
    ['contacts:list', '--where', '@wrong.filter'],
    ['contacts:export', '--where', '@wrong.filter'],
  ];

  it.each(commands)('names file, line and column: %s', (...args) => {
    const { world, run, ok } = makeCrm();
    world.file('wrong.filter', WRONG);
    ok('segments:create', 'Old', '--where', 'points > 5');
    expect(run(...args)).toEqual({ status: 2, stdout: '', stderr: failure('wrong.filter') });
  });

  it('is refused when it never ends', () => {
    const { run } = makeCrm();
    const { status, stderr } = run('contacts:list', '--where', '@/dev/zero');
    expect([status, stderr]).toEqual([
      66,
      'error: /dev/zero is longer than 16 MiB, or never ends\n' +
        'hint: name a file that holds a filter, or - for standard input\n',
    ]);
  });

  it('is named stdin when it comes from there', () => {
    expect(makeCrm().runWithInput(WRONG, 'segments:preview', '-')).toEqual({
      status: 2,
      stdout: '',
      stderr: failure('stdin'),
    });
  });

  it('may begin with a byte order mark and end its lines as Windows does', () => {
    const { world, ok, run } = makeCrm();
    ok('contacts:add', 'ann@example.org', '--set', 'city=Paris');
    world.file('dos.filter', '\ufeffpoints > 5\r\n  or city = "Paris"\r\n');
    expect(ok('contacts:list', '--where', '@dos.filter', '--format', 'ids')).toBe('1\n');
    world.file('wrong.filter', '\ufeffpoints > 5\r\n  or town = "Paris"\r\n');
    expect(run('contacts:list', '--where', '@wrong.filter').stderr).toContain(
      '  wrong.filter:2:6\n    or town = "Paris"\n       ^^^^\n',
    );
  });
});

it('as many fields are promised as fields:list shows', () => {
  const { ok, run } = makeCrm();
  ok('fields:create', 'plan', '--type', 'select', '--options', 'free,pro');
  const shown = ok('fields:list', '--format', 'ids').trimEnd().split('\n').length;
  expect(run('segments:preview', 'zzz = 1').stderr).toContain(
    `\`rollcall fields:list --db crm.db\` shows all ${shown}\n`,
  );
});
