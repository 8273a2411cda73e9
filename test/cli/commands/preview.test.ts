import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Stores } from '../../../src/cli/io.ts';
import { runProgram } from '../../../src/cli/program.ts';
import type { Store } from '../../../src/store/index.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { fakeIo } from '../../helpers/streams.js';
import { type Crm, makeCrm, refused } from './crm.ts';

const PEOPLE = `email,first_name,last_name,country,points,company,tags
ann@example.org,Ann,Lee,FR,80,Acme,vip
ben@example.org,Ben,,FR,20,Acme,
cleo@example.org,,,BE,60,,vip|press
dora@example.org,Dora,Ost,DE,90,Bolt,
eve@example.org,Eve,Ash,FR,55,,
`;

function crm(): Crm {
  const made = makeCrm();
  made.world.file('people.csv', PEOPLE);
  made.ok('contacts:import', 'people.csv');
  return made;
}

/** How long it took differs from run to run. */
const steady = (text: string): string => text.replace(/[\d,]+ ms/, '(some) ms');

test('says how many match, where the others were lost, and shows a few', () => {
  const { run } = crm();
  const { status, stdout, stderr } = run(
    'segments:preview',
    'points >= 50 and country in ("FR", "BE") and company.name is empty',
  );
  expect({ status, stdout: steady(stdout), stderr }).toEqual({
    status: 0,
    stdout: `2 of 5 contacts match (40.0 %) in (some) ms

row  glue  condition                matching  left
  1  -     points >= 50                    4     4
  2  and   country in ("FR", "BE")         4     3
  3  and   company.name is empty           2     2

id  email             name     country  points  company.name
 3  cleo@example.org  -        BE           60  -
 5  eve@example.org   Eve Ash  FR           55  -
`,
    stderr: 'all of them\n',
  });
});

test('tells groups of or by their totals', () => {
  const { run } = crm();
  expect(
    steady(
      run(
        'segments:preview',
        'tagged "vip" and points > 70 or country = "FR" or points > 70 and not country = "FR"',
        '--sample',
        '1',
      ).stdout,
    ),
  ).toBe(`4 of 5 contacts match (80.0 %) in (some) ms

row  glue  condition        matching  left  total
  1  -     tagged "vip"            2     2      -
  2  and   points > 70             2     1      1
  3  or    country = "FR"          3     3      3
  4  or    points > 70             2     2      -
  5  and   country != "FR"         2     1      4

id  email            name     country  points  tags
 1  ann@example.org  Ann Lee  FR           80  vip
`);
});

test('one condition needs no funnel, no contact no sample', () => {
  const { run } = crm();
  expect(steady(run('segments:preview', 'points > 1000').stdout)).toBe(
    '0 of 5 contacts match (0.0 %) in (some) ms\n',
  );
  expect(steady(run('segments:preview', 'points > 50', '--sample', '0').stdout)).toBe(
    '4 of 5 contacts match (80.0 %) in (some) ms\n',
  );
  expect(steady(makeCrm().ok('segments:preview', 'true'))).toBe(
    '0 of 0 contacts match (0.0 %) in (some) ms\n',
  );
});

test('is one document for programs', () => {
  const { json } = crm();
  const preview = json(
    'segments:preview',
    'points >= 60 and company.name = "acme" and created_at before tomorrow',
  ) as Record<string, unknown>;
  expect(preview).toEqual({
    matching: 1,
    contacts: 5,
    share: 0.2,
    conditions: [
      { row: 1, glue: null, condition: 'points >= 60', matching: 3, left: 3, total: null },
      {
        row: 2,
        glue: 'and',
        condition: 'company.name = "acme"',
        matching: 2,
        left: 1,
        total: null,
      },
      {
        row: 3,
        glue: 'and',
        condition: 'created_at before tomorrow',
        matching: 5,
        left: 1,
        total: 1,
      },
    ],
    sample: [
      {
        id: 1,
        email: 'ann@example.org',
        name: 'Ann Lee',
        fields: { points: 80, created_at: '2026-03-01T10:00:00Z', 'company.name': 'Acme' },
      },
    ],
    ms: expect.any(Number) as number,
    filter: 'points >= 60 and company.name = "acme" and created_at before tomorrow',
  });
});

test('warns of tags that nobody has and of segments whose members are of another time', () => {
  const { ok, run, world } = crm();
  ok('segments:create', 'Hot', '--where', 'points > 70');
  ok('segments:create', 'List');
  expect(
    run('segments:preview', 'tagged "vpi" or in segment hot or in segment list', '--sample', '0')
      .stderr,
  ).toBe(
    'warning: no tag `vpi` yet; did you mean `vip`?\n' +
      'warning: segment hot was never built, so nobody is in it by its filter yet: ' +
      'rollcall segments:update hot --db crm.db\n',
  );
  ok('segments:update');
  expect(run('segments:preview', 'in segment hot', '--sample', '0').stderr).toBe('');
  const later = (now: string): string =>
    world.runWith({ now }, 'segments:preview', 'in segment hot', '--sample', '0', '--db', 'crm.db')
      .stderr;
  expect(later('2026-03-02T10:00:00Z')).toBe('');
  expect(later('2026-03-02T10:00:01Z')).toBe(
    'warning: segment hot was built at 2026-03-01T10:00:00Z, so its members are of then: ' +
      'rollcall segments:update hot --db crm.db\n',
  );
  expect(later('2026-02-28T10:00:00Z')).toBe(
    'warning: segment hot was built at 2026-03-01T10:00:00Z, ' +
      'which is after the clock of this answer: its members are of then\n',
  );
  ok('segments:edit', 'hot', '--where', 'points > 10');
  expect(run('segments:preview', 'in segment hot', '--sample', '0').stderr).toBe(
    'warning: segment hot was built at 2026-03-01T10:00:00Z and changed since, ' +
      'so its members are not yet those of its filter: rollcall segments:update hot --db crm.db\n',
  );
});

test('--sql prints a script for the sqlite3 shell', () => {
  const { ok } = crm();
  expect(
    ok(
      'segments:preview',
      'points >= 50.5 and country = "fr" and did page.hit where subject = "O\'Neil \\"x\\"" in last 7 days',
      '--sql',
    ),
  )
    .toBe(`-- points >= 50.5 and country = "fr" and did page.hit where subject = "O'Neil \\"x\\"" in last 7 days
-- as of 2026-03-01T10:00:00Z; paste this into the sqlite3 shell (3.39 or later)
.parameter set ?1 50.5
.parameter set ?2 "'fr'"
.parameter set ?3 "'page.hit'"
.parameter set ?4 1771754400001
.parameter set ?5 1772359200001
.parameter set ?6 "'O''Neil \\"x\\"'"
select c.id
from contacts c
where (
  ((c."points" is not null and c."points" >= ?1) and c."country" is ?2)
  and c.id in (
    select e.contact_id
    from events e
    where e.type = ?3
      and (e.occurred_at >= ?4 and e.occurred_at < ?5)
      and e.subject is ?6
  )
)
order by c.id;
`);
});

test('--sql names the functions that the shell does not have', () => {
  const { ok, json } = crm();
  const filter = 'first_name matches "^A" or count(page.hit where property.size > 3) > 1';
  expect(ok('segments:preview', filter, '--sql').split('\n')[2]).toBe(
    "-- calls functions of rollcall's own, which the sqlite3 shell does not have: re_match, event_number",
  );
  const script = json('segments:preview', filter, '--sql') as {
    statement: string;
    parameters: unknown[];
    functions: string[];
    script: string;
    now: string;
  };
  expect(script).toMatchObject({
    filter,
    functions: ['re_match', 'event_number'],
    now: '2026-03-01T10:00:00Z',
    parameters: ['^A', 'page.hit', 'size', 'size', 3, 1],
  });
  expect(script.script.endsWith(script.statement)).toBe(true);
});

test.runIf(spawnSync('sqlite3', ['--version']).status === 0)(
  'the script does what it says, comments, odd characters and all',
  () => {
    const { ok, world } = crm();
    ok(
      'contacts:add',
      'odd@example.org',
      '--set',
      'first_name=a\t"b" \\ \'c\' é\u202e',
      '--set',
      'points=128.203322',
    );
    const script = ok(
      'segments:preview',
      'first_name = "a\\t\\"b\\" \\\\ \'c\' é\\u{202e}" and points in (128.203322, 5) ' +
        'and first_name ends with "é\\u{202e}"',
      '--sql',
    );
    expect(/[^\n\x20-\x7eé]/u.exec(script)?.[0]).toBeUndefined();
    expect(
      execFileSync('sqlite3', ['-batch', '-bail', 'crm.db'], {
        cwd: world.folder,
        input: script,
        encoding: 'utf8',
      }),
    ).toBe('6\n');
  },
);

test('wrong use is refused', () => {
  const { run } = crm();
  expect(run('segments:preview', 'true', '--sample', '1001')).toEqual(
    refused(2, '`--sample 1001` must be at most 1000; contacts:list --where lists more'),
  );
  expect(run('segments:preview', 'true', '--sample', '-1').status).toBe(2);
  expect(run('segments:preview', 'true', '--sql', '--sample', '3')).toEqual(
    refused(2, '`--sample` does not go with `--sql`', 'the statement finds all of them'),
  );
  expect(run('segments:preview', 'true', '--format', 'csv')).toEqual(
    refused(2, '`segments:preview` has no csv format', 'it knows table, json, ndjson'),
  );
  expect(run('segments:preview', 'contry = "FR"')).toMatchObject({ status: 2, stdout: '' });
  expect(run('segments:preview', '@missing.filter').status).toBe(66);
});

test('1,500 conditions and 200 levels are counted and written out', () => {
  const { runWithInput } = crm();
  const wide = Array.from({ length: 1500 }, (_, index) => `points != ${index + 1000}`).join(
    ' and ',
  );
  const counted = JSON.parse(runWithInput(wide, 'segments:preview', '-', '--json').stdout) as {
    data: { matching: number; conditions: { left: number }[] };
  };
  expect([
    counted.data.matching,
    counted.data.conditions.length,
    counted.data.conditions.at(-1)?.left,
  ]).toEqual([5, 1500, 5]);
  const deep = `${'not (points > 1 and '.repeat(99)}points > 60${')'.repeat(99)}`;
  expect(runWithInput(deep, 'segments:preview', '-', '--sample', '0').stdout).toMatch(
    /^3 of 5 contacts match/,
  );
  expect(runWithInput(deep, 'segments:preview', '-', '--sql').stdout).toMatch(/order by c\.id;\n$/);
});

/** The same store, of a database that has no shell. */
function withoutShell(store: Store): Store {
  const read: Store['read'] = async (work) =>
    store.read(async (tx) => {
      const contacts = { ...tx.contacts };
      Reflect.deleteProperty(contacts, 'shellScript');
      return work({ ...tx, contacts });
    });
  return new Proxy(store, {
    get: (target, key: keyof Store) => {
      if (key === 'read') return read;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('a store without a shell has no statement to print, and says so', async () => {
  const { world, run } = crm();
  const path = `${world.folder}/crm.db`;
  const open = async (): Promise<Store> => withoutShell(await openStore(path));
  const { io, stdout } = fakeIo();
  const composition = { stores: { open } as unknown as Stores, version: '0' };
  const preview = ['segments:preview', 'points > 50', '--db', path];
  await expect(runProgram([...preview, '--sql'], io, composition)).rejects.toMatchObject({
    exit: 2,
    message: `\`--sql\` does not go with the store ${path}, which has no shell to paste a statement into`,
    hint: 'leave it out, and segments:preview shows whom the filter matches',
  });
  expect(stdout()).toBe('');
  // all else does
  expect(await runProgram(preview, io, composition)).toBe(0);
  expect(stdout()).toContain('4 of 5 contacts match');
  expect(run('segments:preview', 'points > 50', '--sql').status).toBe(0);
});
