import { hash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Crm, makeCrm, refused } from './crm.ts';

const FILE = `email,first_name,company,tags,points,bounced
ann@example.org,Ann,Acme,vip,5,
bob@example.org,Bob,Beta,,1,email
cat@example.org,Cat,Acme,,7,email
`;

let crm: Crm;
/** The store as `fill` left it, once it was called. */
let filled: Buffer | undefined;

beforeEach(() => {
  crm = makeCrm();
  crm.world.file('rich.filter', 'points >= 5');
  const store = `${crm.world.folder}/crm.db`;
  if (filled === undefined) fill();
  else writeFileSync(store, filled);
  filled ??= readFileSync(store);
}, 60_000);

function fill(): void {
  crm.world.file('contacts.csv', FILE);
  crm.world.file('companies.csv', 'name\nGamma\n');
  crm.ok('settings:set', 'timezone', 'Europe/Paris');
  crm.ok('contacts:import', 'contacts.csv');
  crm.ok('companies:import', 'companies.csv');
  crm.ok('segments:create', 'Rich', '--where', 'points >= 5');
  crm.ok('segments:create', 'Rich Acme', '--where', 'in segment `rich` and company.name = "Acme"');
  crm.ok('segments:create', 'Friends');
  crm.ok('segments:add', 'friends', 'bob@example.org', 'cat@example.org');
  crm.ok('segments:update');
}

/** The first column of an export, below its header. */
function firsts(...line: string[]): string[] {
  const lines = crm
    .ok(...line)
    .trimEnd()
    .split('\n');
  return lines.slice(1).map((row) => row.split(',')[0] ?? '');
}

describe('who is exported', () => {
  it.each([
    [
      ['contacts:export', '--fields', 'first_name'],
      ['Ann', 'Bob', 'Cat'],
    ],
    [
      ['segments:export', 'friends', '--fields', 'first_name'],
      ['Bob', 'Cat'],
    ],
    [
      ['companies:export', '--fields', 'name'],
      ['Acme', 'Beta', 'Gamma'],
    ],
    [['suppressions:export'], ['bob@example.org', 'cat@example.org']],
  ])('all, where nothing is said: %j', (line, all) => {
    expect(firsts(...line)).toEqual(all);
  });

  it.each([
    [['--where', 'points >= 5'], ['Ann', 'Cat'], ['Cat'], ['Acme'], ['cat@example.org']],
    [['--where', '@rich.filter'], ['Ann', 'Cat'], ['Cat'], ['Acme'], ['cat@example.org']],
    [['--search', 'bob'], ['Bob'], ['Bob'], ['Beta'], ['bob@example.org']],
    [['--search', 'tag:vip'], ['Ann'], [], ['Acme'], []],
    [['--search', '!bob', '--where', 'points < 6'], ['Ann'], [], ['Acme'], []],
  ])('%j', (options, contacts, friends, companies, addresses) => {
    expect(firsts('contacts:export', '--fields', 'first_name', ...options)).toEqual(contacts);
    expect(firsts('segments:export', 'friends', '--fields', 'first_name', ...options)).toEqual(
      friends,
    );
    expect(firsts('companies:export', '--fields', 'name', ...options)).toEqual(companies);
    expect(firsts('suppressions:export', ...options)).toEqual(addresses);
  });

  it('the members of a segment, and of these whom a filter matches', () => {
    const rich = ['--segment', 'rich'];
    expect(firsts('contacts:export', '--fields', 'first_name', ...rich)).toEqual(['Ann', 'Cat']);
    expect(firsts('companies:export', '--fields', 'name', ...rich)).toEqual(['Acme']);
    expect(firsts('suppressions:export', ...rich)).toEqual(['cat@example.org']);
    expect(firsts('suppressions:export', ...rich, '--search', 'bob')).toEqual([]);
  });

  it('the same in every format', () => {
    for (const format of ['csv', 'tsv', 'ndjson', 'json', 'ids', 'table'])
      for (const [command, found] of [
        ['contacts:export', 'ann@example.org'],
        ['companies:export', 'Acme'],
      ] as const) {
        const ids = format === 'ids';
        const text = crm.ok(command, '--search', 'ann', '--format', format);
        expect(text).toContain(ids ? '1' : found);
        expect(text).not.toMatch(ids ? /[23]/ : /Beta|Cat/);
      }
  });

  it('says that nobody matches', () => {
    expect(crm.run('companies:export', '--search', 'nobody', '--format', 'table').stderr).toBe(
      'no companies match\n',
    );
    expect(crm.run('suppressions:export', '--search', 'ann', '--format', 'table').stderr).toBe(
      'no suppressions match\n',
    );
  });

  it('refuses what it does not know, before there is a file', () => {
    for (const command of ['contacts:export', 'companies:export', 'suppressions:export']) {
      const { status } = crm.run(command, '--segment', 'rihc', '-o', 'none.csv');
      expect([command, status, existsSync(`${crm.world.folder}/none.csv`)]).toEqual([
        command,
        2,
        false,
      ]);
      expect(crm.run(command, '--where', 'pionts > 1').status).toBe(2);
    }
    expect(crm.run('segments:export', 'friends', '--segment', 'rich')).toMatchObject({ status: 2 });
  });
});

describe('--local-time', () => {
  it('writes instants in the zone of the store, which imports read back', () => {
    crm.world.file('d.csv', 'email,last_active_at\nd@example.org,2026-01-02T03:04:05.678Z\n');
    crm.ok('contacts:import', 'd.csv');
    const line = ['contacts:export', '--where', 'email = "d@example.org"'];
    const fields = ['--fields', 'email,last_active_at,created_at'];
    expect(crm.ok(...line, ...fields, '--local-time')).toBe(
      'email,last_active_at,created_at\n' +
        'd@example.org,2026-01-02T04:04:05.678+01:00,2026-03-01T11:00:00+01:00\n',
    );
    expect(crm.ok(...line, ...fields, '--local-time', '--format', 'ndjson')).toBe(
      '{"email":"d@example.org","last_active_at":"2026-01-02T04:04:05.678+01:00",' +
        '"created_at":"2026-03-01T11:00:00+01:00"}\n',
    );
    crm.ok(...line, ...fields, '--local-time', '-o', 'local.csv');
    expect(crm.ok('contacts:import', 'local.csv')).toBe('1 row: 1 unchanged\n');
    expect(crm.ok(...line, ...fields)).toContain('2026-01-02T03:04:05.678Z,2026-03-01T10:00:00Z');
  });

  it('is for suppressions as well, and not for ids', () => {
    crm.ok('contacts:suppress', 'new@example.org', '--channel', 'sms');
    expect(crm.ok('suppressions:export', '--local-time')).toContain(
      'new@example.org,sms,manual,2026-03-01T11:00:00+01:00\n',
    );
    expect(crm.run('suppressions:export', '--local-time', '--format', 'ids')).toEqual(
      refused(2, '`--local-time` does not go with --format ids', 'ids have no instants'),
    );
  });
});

interface Manifest {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly definition_sha256: string;
  readonly rows: number;
  readonly sha256: string;
}

describe('--manifest', () => {
  const read = (name: string): string => readFileSync(`${crm.world.folder}/${name}`, 'utf8');
  const manifest = (): Manifest => JSON.parse(read('m.json')) as Manifest;
  const given = ['--manifest', 'm.json'];

  /** As docs/csv.md says: without blanks, keys sorted. */
  function canonical(value: unknown): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
  }

  it('says what was exported, and the hash of what was written', () => {
    crm.ok('segments:export', 'rich-acme', '--fields', 'email', '-o', 'out.csv', ...given);
    expect(manifest()).toEqual({
      schema: 'rollcall/manifest/1',
      clock: '2026-03-01T10:00:00Z',
      definition: {
        export: 'contacts',
        columns: ['email'],
        segment: 'rich-acme',
        filter: null,
        segments: {
          rich: { kind: 'dynamic', filter: 'points >= 5' },
          'rich-acme': {
            kind: 'dynamic',
            filter: 'in segment rich and company.name = "Acme"',
          },
        },
        timezone: 'Europe/Paris',
        week_start: 'monday',
      },
      definition_sha256: hash('sha256', canonical(manifest().definition)),
      format: 'csv',
      rows: 2,
      bytes: 38,
      sha256: hash('sha256', read('out.csv')),
    });
    expect(statSync(`${crm.world.folder}/m.json`).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['contacts:export', 'csv'],
    ['contacts:export', 'ndjson'],
    ['companies:export', 'json'],
    ['suppressions:export', 'tsv'],
    ['suppressions:export', 'ids'],
  ])('is right for %s as %s, wherever it goes', (command, format) => {
    const shown = crm.ok(command, '--format', format, ...given);
    expect(manifest().sha256).toBe(hash('sha256', shown));
    const lines = shown.trimEnd().split('\n').length;
    const around = { csv: 1, tsv: 1, ndjson: 0, ids: 0, json: 2 }[format] ?? 0;
    expect(manifest().rows).toBe(lines - around);
  });

  it('has another definition when it means others, and only then', () => {
    const of = (...line: string[]): string => {
      crm.ok(...line, ...given);
      return manifest().definition_sha256;
    };
    const first = of('contacts:export', '--segment', 'rich', '--fields', 'email');
    expect(of('contacts:export', '--segment', '1', '--fields', 'EMAIL')).toBe(first);
    expect(of('segments:export', 'rich', '--fields', 'email')).toBe(first);
    const others = [
      of('contacts:export', '--segment', 'rich', '--fields', 'email,points'),
      of('contacts:export', '--segment', 'friends', '--fields', 'email'),
      of('contacts:export', '--where', 'points >= 5', '--fields', 'email'),
      of('contacts:export', '--search', 'segment:rich', '--fields', 'email'),
    ];
    expect(of('contacts:export', '--where', 'points>=5', '--fields', 'email')).toBe(others[2]);
    crm.ok('segments:edit', 'rich', '--where', 'points >= 6');
    others.push(of('contacts:export', '--segment', 'rich', '--fields', 'email'));
    expect(new Set([first, ...others]).size).toBe(6);
    crm.ok('segments:edit', 'rich', '--where', 'points >= 5');
  });

  it('stays as it was when the export fails or is not read to its end', () => {
    crm.ok('contacts:export', '-o', 'out.csv', ...given);
    const before = read('m.json');
    expect(crm.run('contacts:export', '-o', 'no/out.csv', ...given).status).toBe(73);
    expect(crm.run('contacts:export', '--fields', 'emial', ...given).status).toBe(2);
    expect(crm.run('contacts:export', '-o', '/dev/full', ...given).status).toBe(74);
    expect(read('m.json')).toBe(before);
    expect(crm.run('contacts:export', '-o', 'x.csv', '--manifest', 'no/m.json').status).toBe(73);
    expect(existsSync(`${crm.world.folder}/x.csv`)).toBe(false);
  });

  it('takes the place of nothing that belongs to the export', () => {
    expect(crm.run('contacts:export', ...given, '-o', './m.json')).toEqual(
      refused(2, '-o ./m.json is the manifest m.json', 'name another file'),
    );
    expect(
      crm.run('contacts:export', '--where', '@rich.filter', '--manifest', './rich.filter'),
    ).toEqual(
      refused(2, '--manifest ./rich.filter is the filter, rich.filter', 'name another file'),
    );
    expect(crm.run('contacts:export', '--manifest', 'crm.db').status).toBe(2);
    expect(crm.run('contacts:export', '--manifest', '/dev/stdout')).toEqual(
      refused(2, '--manifest /dev/stdout is where the rows go', 'name another file'),
    );
    expect(crm.run('contacts:export', '--manifest', '-').status).toBe(2);
  });
});

it.each(['contacts:export', 'contacts:list', 'companies:export', 'companies:list'])(
  '%s refuses a field that is named twice',
  (command) => {
    const { status, stderr } = crm.run(command, '--fields', 'created_at,Created_At');
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('`--fields created_at,Created_At` must name each field once'),
    ]);
  },
);

it('shows an empty list as it shows what is missing', () => {
  crm.ok('contacts:add', 'dan@example.org');
  const table = crm.ok(
    'contacts:list',
    '--fields',
    'tags,email',
    '--where',
    'email = "dan@example.org"',
  );
  expect(table).toMatch(/^- +dan@example\.org$/m);
});
