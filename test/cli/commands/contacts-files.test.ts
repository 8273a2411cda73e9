import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const FILE =
  'E-mail,Nickname,City,tags,company\nann@example.org,Ann,Paris,vip|lead,Acme\nbob@example.org,Bob,,,\n';

function crmWithFile(): Crm {
  const crm = makeCrm();
  crm.world.file('contacts.csv', FILE);
  return crm;
}

describe('contacts:import', () => {
  it('imports, and a second time changes nothing', () => {
    const { run, ok, json } = crmWithFile();
    ok('segments:create', 'Newsletter');
    const line = [
      'contacts:import',
      'contacts.csv',
      '--map',
      'Nickname=first_name',
      '--segment',
      'newsletter',
    ];
    expect(run(...line)).toEqual(done('2 rows: 2 inserted; 2 memberships began\n'));
    expect(run(...line)).toEqual(done('2 rows: 2 unchanged\n'));
    expect(ok('contacts:list', '--format', 'csv')).toBe(
      'id,email,first_name,last_name,company,tags\n1,ann@example.org,Ann,,Acme,lead|vip\n2,bob@example.org,Bob,,,\n',
    );
    const { ms, columns, ...figures } = json(...line) as { ms: number; columns: unknown[] };
    expect(columns[1]).toEqual({ column: 'Nickname', field: 'first_name', how: 'map' });
    expect(figures).toEqual({
      import_id: 3,
      rows: 2,
      inserted: 0,
      updated: 0,
      unchanged: 2,
      merged: 0,
      rejected: 0,
      rejects_file: null,
      segment_added: 0,
      held_out: 0,
      left: 0,
      left_out: 0,
      cleaned: 0,
      preset: null,
      reasons: [],
      companies_updated: 0,
      consent_kept: 0,
      stray_quotes: 0,
      fields_created: [],
      dry_run: false,
      triggers: [],
    });
    expect(Number.isInteger(ms)).toBe(true);
  });

  it('makes fields for columns with --create-fields, and tells which', () => {
    const { run, ok, json, world } = crmWithFile();
    world.file('more.csv', 'email,Plan name,Score\nann@example.org,Gold,7\n');
    const line = ['contacts:import', 'more.csv', '--create-fields'];
    expect(run(...line, '--dry-run').stdout).toContain(
      'would make 2 fields: plan_name (text), score (number)\n',
    );
    expect(ok('fields:list', '--origin', 'custom', '--format', 'csv')).not.toContain('plan_name');
    expect(json(...line)).toMatchObject({
      fields_created: [
        { column: 'Plan name', object: 'contact', alias: 'plan_name', type: 'text' },
        { column: 'Score', object: 'contact', alias: 'score', type: 'number' },
      ],
    });
    expect(ok('fields:list', '--origin', 'custom', '--format', 'csv')).toContain('plan_name');
    expect(run('imports:undo', 'last', '--yes').stderr).toContain(
      'the fields that it made stay: plan_name, score (`rollcall fields:delete FIELD --db crm.db` deletes one)',
    );
  });

  it('saves how columns were read, and reads a saved map', () => {
    const { run, ok, world } = crmWithFile();
    world.file('other.csv', 'Mail 2,"Name, first",Opt out,X\nann@example.org,Ann,yes,\n');
    const given = ['--map', 'Mail 2=email,"Name, first"=first_name,Opt out=unsubscribed,X=-'];
    run('contacts:import', 'other.csv', ...given, '--dry-run', '--save-map', 'saved.map');
    const saved = 'Mail 2=email\n"Name, first"=first_name\nOpt out=unsubscribed\nX=-\n';
    expect(readFileSync(`${world.folder}/saved.map`, 'utf8')).toBe(saved);
    expect(statSync(`${world.folder}/saved.map`).mode & 0o777).toBe(0o600);
    expect(run('contacts:import', 'other.csv', '--map', '@saved.map')).toEqual(
      done('1 row: 1 inserted\n'),
    );
    expect(ok('contacts:list', '--fields', 'first_name,unsubscribed', '--format', 'csv')).toBe(
      'first_name,unsubscribed\nAnn,email\n',
    );
    for (const place of ['other.csv', 'crm.db'])
      expect(
        run('contacts:import', 'other.csv', '--map', '@saved.map', '--save-map', place).status,
      ).toBe(2);
    expect(run('contacts:import', 'other.csv', '--map', '@gone.map').status).toBe(66);
  });

  it('stops where nothing says what a column of consent means, and prints the option', () => {
    const { run, world } = crmWithFile();
    world.file('out.csv', 'email,Opt out\nann@example.org,yes\n');
    expect(run('contacts:import', 'out.csv')).toEqual(
      refused(
        65,
        'the column `Opt out` may say who must not be reached',
        'if so, add --map "Opt out=unsubscribed"; if not, --map "Opt out=-"',
      ),
    );
    world.file('tags.csv', 'email,tags\nann@example.org,"a,b"\n');
    expect(run('contacts:import', 'tags.csv').status).toBe(65);
    expect(run('contacts:import', 'tags.csv', '--multi', 'tags=,')).toEqual(
      done('1 row: 1 inserted\n'),
    );
  });

  it('shows how columns are read in a dry run, and does nothing', () => {
    const { run, ok, json } = crmWithFile();
    expect(run('contacts:import', 'contacts.csv', '--dry-run', '--ignore', 'City')).toEqual({
      status: 0,
      stdout: [
        'dry run, nothing was changed; it would be: 2 rows: 2 inserted',
        'column    field    how',
        'E-mail    email    name',
        'Nickname  -        unknown',
        'City      -        ignored',
        'tags      tags     name',
        'company   company  name',
        '',
      ].join('\n'),
      stderr:
        'warning: left out, because no field is called so: ' +
        '`Nickname` (--map reads a column into a field, --create-fields makes a field for each, ' +
        '--ignore leaves one out without a word)\n',
    });
    expect(
      json('contacts:import', 'contacts.csv', '--dry-run', '--ignore', 'Nickname'),
    ).toMatchObject({
      dry_run: true,
      columns: [
        { column: 'E-mail', field: 'email', how: 'name' },
        { column: 'Nickname', field: null, how: 'ignored' },
        {},
        {},
        {},
      ],
    });
    expect(ok('contacts:list', '--format', 'ids')).toBe('');
  });

  it('ends with 3 when rows are rejected, and tells the most frequent reasons', () => {
    const { run, world } = makeCrm();
    const odd = Array.from({ length: 5 }, (_, index) => `p${index}@example.org,many${index},\n`);
    const others = [',5,', 'x,5,', 'y,many,', 'b@example.org,5,never', 'c@example.org,5,,more'];
    world.file(
      'odd.csv',
      `E-Mail,Score,Last active at\nann@example.org,5,\n${others.join('\n')}\n${odd.join('')}`,
    );
    const words = ['contacts:import', 'odd.csv', '--map', 'Score=points', '--rejects', 'bad.csv'];
    const told = [
      'warning: line 5, `Score`: `many` is not a number (and 5 more rows)\n',
      'warning: line 4, `E-Mail`: `x` is not an e-mail address (and 1 more row)\n',
      'warning: line 3, `E-Mail`: it is missing\n',
    ];
    const rows = '11 rows: 1 inserted, 10 rejected\n';
    const key =
      'warning: rows without `E-Mail`, the key, are rejected (--keyless insert imports them all the same)\n';
    expect(run(...words, '--dry-run')).toMatchObject({
      status: 3,
      stdout: expect.stringContaining(`${rows}rejected rows would be in bad.csv\n`) as string,
      stderr: `${key}${told.join('')}warning: and 2 other reasons (without --dry-run, the file lists all)\n`,
    });
    expect(existsSync(`${world.folder}/bad.csv`)).toBe(false);
    expect(run(...words)).toEqual({
      status: 3,
      stdout: `${rows}rejected rows are in bad.csv\n`,
      stderr: `${key}${told.join('')}warning: and 2 other reasons, all in bad.csv\n`,
    });
    expect(statSync(`${world.folder}/bad.csv`).mode & 0o777).toBe(0o600);
    expect(JSON.parse(run(...words, '--json').stdout)).toMatchObject({
      data: {
        reasons: [
          { column: 'Score', reason: '`many` is not a number', rows: 6, line: 5 },
          { column: 'E-Mail', reason: '`x` is not an e-mail address', rows: 2, line: 4 },
          { column: 'E-Mail', reason: 'it is missing', rows: 1, line: 3 },
          { column: 'Last active at', rows: 1, line: 6 },
          { column: '', reason: 'the row has 4 cells, the header 3', rows: 1, line: 7 },
        ],
      },
    });
    expect(run(...words, '--max-rejects', '10%')).toMatchObject({
      status: 65,
      stdout: '',
      stderr: expect.stringContaining(told[0]?.replace('warning: ', '') ?? '') as string,
    });
  });

  it('says whose file it is, which is no warning', () => {
    const { run, json, world } = makeCrm();
    const file = readFileSync(new URL('../../../fixtures/presets/brevo.csv', import.meta.url));
    world.file('people.csv', file);
    const told = 'read as a file of Brevo (--preset none reads it without that)\n';
    const { status, stderr } = run('contacts:import', 'people.csv');
    expect([status, stderr.startsWith(told)]).toEqual([0, true]);
    expect(stderr).not.toContain(`warning: ${told}`);
    expect(run('contacts:import', 'people.csv', '--quiet').stderr).not.toContain(told);
    const given = run('contacts:import', 'people.csv', '--preset', 'brevo');
    expect(given.stderr).not.toContain(told);
    expect(json('contacts:import', 'people.csv')).toMatchObject({ preset: 'brevo' });
    world.file('plain.csv', 'email\nann@example.org\n');
    expect(json('contacts:import', 'plain.csv')).toMatchObject({ preset: null });
  });

  it('counts what it cleaned, and says what went', () => {
    const { run, ok, world } = makeCrm();
    ok('fields:create', 'seen', '--type', 'datetime');
    ok('fields:create', 'born', '--type', 'date');
    world.file('odd.csv', 'email,points,seen,born\nAnn <ann@x.org>,5 €,1412098448,45000\n');
    const line = ['contacts:import', 'odd.csv', '--date-format', 'unix'];
    expect(run(...line, '--date-format', 'born=excel')).toEqual({
      status: 0,
      stdout: '1 row: 1 inserted\n',
      stderr: 'warning: 2 cells cleaned: 1 name beside an address, 1 currency\n',
    });
    expect(ok('contacts:list', '--fields', 'points,seen,born', '--format', 'csv')).toBe(
      'points,seen,born\n5,2014-09-30T17:34:08Z,2023-03-15\n',
    );
    expect(run('contacts:import', 'odd.csv', '--ignore', 'seen')).toMatchObject({
      status: 65,
      stderr: expect.stringContaining(
        '`born`: `45000` looks like an Excel serial: imports read it with --date-format excel',
      ) as string,
    });
  });

  it('does as --mode, --duplicates, --key, --delimiter and --date-format say', () => {
    const { run, ok, world } = makeCrm();
    ok('fields:create', 'code', '--type', 'text', '--unique');
    ok('fields:create', 'born', '--type', 'date');
    world.file('codes.csv', 'code;city;born\nA;Paris;01/02/2000\nA;Lyon;03/04/2000\n');
    const line = [
      'contacts:import',
      'codes.csv',
      '--key',
      'code',
      '--delimiter',
      ';',
      '--date-format',
      'DD/MM/YYYY',
    ];
    expect(run(...line, '--duplicates', 'first')).toEqual(done('2 rows: 1 inserted, 1 merged\n'));
    expect(ok('contacts:list', '--fields', 'code,city,born', '--format', 'csv')).toBe(
      'code,city,born\nA,Paris,2000-02-01\n',
    );
    world.file('codes.csv', 'code;city;born\nA;Rome;\nB;Rome;\n');
    expect(run(...line, '--mode', 'update')).toMatchObject({
      status: 3,
      stdout: '2 rows: 1 updated, 1 rejected\nrejected rows are in codes.csv.rejects.csv\n',
    });
    expect(run(...line, '--mode', 'insert')).toMatchObject({
      status: 3,
      stdout: '2 rows: 1 inserted, 1 rejected\nrejected rows are in codes.csv.rejects.csv\n',
    });
    world.file('codes.csv', 'code;city;born\nA;Oslo;\n');
    expect(run(...line)).toEqual(done('1 row: 1 updated\n'));
    expect(ok('contacts:list', '--fields', 'code,city', '--format', 'csv')).toBe(
      'code,city\nA,Oslo\nB,Rome\n',
    );
    expect(existsSync(`${world.folder}/codes.csv.rejects.csv`)).toBe(false);
  });

  it('reads standard input', () => {
    const { runWithInput, ok } = makeCrm();
    expect(runWithInput('email\nann@example.org\n', 'contacts:import', '-')).toEqual(
      done('1 row: 1 inserted\n'),
    );
    expect(ok('contacts:list', '--format', 'ids')).toBe('1\n');
  });

  it('refuses what it must, and changes nothing', () => {
    const { run, ok, world } = crmWithFile();
    ok('segments:create', 'Closed', '--unpublished');
    world.file('no-key.csv', 'Name\nAnn\n');
    world.file('quote.csv', 'email,city\nann@example.org,"Paris\n');
    expect(run('contacts:import', 'contacts.csv', '--segment', 'closed')).toMatchObject({
      status: 1,
      stdout: '',
    });
    expect(run('contacts:import', 'contacts.csv', '--segment', 'closd')).toMatchObject({
      status: 2,
      stdout: '',
    });
    expect(run('contacts:import', 'contacts.csv', '--map', 'Vorname=first_name')).toMatchObject({
      status: 2,
      stdout: '',
    });
    expect(run('contacts:import', 'contacts.csv', '--map', 'Nickname=frist_name')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('first_name') as string,
    });
    expect(run('contacts:import', 'contacts.csv', '--max-rejects', 'few')).toEqual(
      refused(
        2,
        '`few` is not a number of rejects',
        'write a number of rows, 20, or a share of them, 2%',
      ),
    );
    expect(run('contacts:import', 'no-key.csv')).toMatchObject({ status: 65, stdout: '' });
    expect(run('contacts:import', 'quote.csv')).toMatchObject({ status: 65, stdout: '' });
    expect(run('contacts:import', 'none.csv')).toMatchObject({ status: 66, stdout: '' });
    expect(ok('contacts:list', '--format', 'ids')).toBe('');
  });
});

describe('contacts:export', () => {
  function crmOfThree(): Crm {
    const crm = crmWithFile();
    crm.ok('contacts:import', 'contacts.csv', '--map', 'Nickname=first_name');
    crm.ok('contacts:add', '--set', 'first_name==1+1');
    crm.ok('segments:create', 'Hot');
    crm.ok('segments:add', 'hot', '1', '3');
    return crm;
  }

  it('writes all, those whom a filter matches, or the members of a segment', () => {
    const { run, runWithInput } = crmOfThree();
    const fields = ['--fields', 'email,first_name,tags'];
    expect(run('contacts:export', ...fields)).toEqual(
      done("email,first_name,tags\nann@example.org,Ann,lead|vip\nbob@example.org,Bob,\n,'=1+1,\n"),
    );
    expect(run('contacts:export', ...fields, '--raw', '--segment', 'hot')).toEqual(
      done('email,first_name,tags\nann@example.org,Ann,lead|vip\n,=1+1,\n'),
    );
    expect(
      run('contacts:export', ...fields, '--segment', '1', '--where', 'email is not empty'),
    ).toEqual(done('email,first_name,tags\nann@example.org,Ann,lead|vip\n'));
    expect(
      runWithInput('city = "Paris"', 'contacts:export', '--fields', 'id', '--where', '-'),
    ).toEqual(done('id\n1\n'));
  });

  it('writes a file for its owner, which an import reads without a change', () => {
    const { run, world } = crmOfThree();
    expect(run('contacts:export', '-o', 'out.csv', '--where', 'email is not empty')).toEqual(
      done('', '2 rows written\n'),
    );
    expect(statSync(`${world.folder}/out.csv`).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${world.folder}/out.csv`, 'utf8')).toMatch(
      /^id,email,phone,.*\n1,ann@example\.org,.*\n2,bob@example\.org,.*\n$/,
    );
    expect(run('contacts:import', 'out.csv')).toMatchObject({
      status: 0,
      stdout: '2 rows: 2 unchanged\n',
    });
  });

  it('has the other formats too', () => {
    const { run } = crmOfThree();
    const some = ['--fields', 'id,tags', '--segment', 'hot'];
    expect(run('contacts:export', ...some, '--json')).toEqual(
      done(
        '{"schema":"rollcall/contacts.export/1","data":[\n{"id":1,"tags":["lead","vip"]},\n{"id":3,"tags":[]}\n]}\n',
      ),
    );
    expect(run('contacts:export', ...some, '--format', 'ids')).toEqual(done('1\n3\n'));
    expect(run('contacts:export', ...some, '--format', 'tsv', '--crlf')).toEqual(
      done('id\ttags\r\n1\tlead|vip\r\n3\t\r\n'),
    );
    expect(run('contacts:export', ...some, '--format', 'ids', '--delimiter', ';')).toEqual(
      refused(2, '`--delimiter` does not go with --format ids', 'it is for csv'),
    );
    expect(run('contacts:export', ...some, '--format', 'tsv', '--delimiter', ';')).toEqual(
      refused(2, '`--delimiter` does not go with --format tsv', 'it is for csv'),
    );
  });

  it('refuses what it must', () => {
    const { run } = crmOfThree();
    expect(run('contacts:export', '--fields', 'emial')).toEqual(
      refused(
        2,
        'unknown field `emial`',
        'did you mean `email`? `rollcall fields:list --object contact` shows all 27',
      ),
    );
    expect(run('contacts:export', '--segment', 'hut')).toMatchObject({ status: 2, stdout: '' });
    expect(run('contacts:export', '--where', 'contry = 1')).toMatchObject({
      status: 2,
      stdout: '',
    });
    expect(run('contacts:export', '--delimiter', 'xx')).toMatchObject({ status: 2, stdout: '' });
    expect(run('contacts:export', '--where', '@none.txt')).toMatchObject({
      status: 66,
      stdout: '',
    });
    expect(run('contacts:export', '-o', 'no/such/folder.csv')).toMatchObject({
      status: 73,
      stdout: '',
    });
  });
});
