import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const NOW = '2026-03-01T10:00:00Z';

/** Acme (1), of Lyon and with 250 people, to which Ann belongs; and Bolt (2). */
function crmOfTwo(): Crm {
  const crm = makeCrm();
  crm.ok('companies:add', 'Acme', '--set', 'city=Lyon', '--set', 'employees=250');
  crm.ok('companies:add', 'Bolt');
  crm.ok('contacts:add', 'ann@example.org', '--set', 'company=acme');
  return crm;
}

describe('companies:add and companies:edit', () => {
  it('say what they did', () => {
    const { run, json } = makeCrm();
    expect(run('companies:add', 'Acme', '--set', 'industry=Anvils')).toEqual(
      done('added company 1, Acme\n'),
    );
    expect(json('companies:add', 'Bolt')).toEqual({ id: 2, name: 'Bolt', changed: true });
    expect(
      run('companies:edit', 'acme', '--set', 'name=Acme Ltd', '--set', 'industry=NULL'),
    ).toEqual(done('changed company 1, Acme Ltd\n'));
    expect(run('companies:edit', '1', '--set', 'industry=NULL')).toEqual(
      done('nothing to change in company 1, Acme Ltd\n'),
    );
    expect(json('companies:edit', '2', '--set', 'city=Rome')).toEqual({
      id: 2,
      name: 'Bolt',
      changed: true,
    });
    expect(json('companies:list', '--fields', 'name,industry,city')).toEqual([
      { name: 'Acme Ltd', industry: null, city: null },
      { name: 'Bolt', industry: null, city: 'Rome' },
    ]);
  });

  it('refuse what they must', () => {
    const { run } = crmOfTwo();
    const takenHint = 'to look at it: rollcall companies:show 1';
    expect(run('companies:add', 'ACME')).toEqual(
      refused(1, 'company 1 has the name `ACME` already', takenHint),
    );
    expect(run('companies:edit', 'Bolt', '--set', 'name=acme')).toEqual(
      refused(1, 'company 1 has the name `acme` already', takenHint),
    );
    expect(run('companies:add', ' ')).toEqual(
      refused(2, 'a company needs a name', 'give it one with a letter or a digit in it'),
    );
    expect(run('companies:add', 'New', '--set', 'points=5')).toEqual(
      refused(2, 'unknown company field `points`', '`points` is a contact field'),
    );
    expect(run('companies:edit', 'Blot', '--set', 'city=x')).toEqual(
      refused(2, 'unknown company `Blot`', 'did you mean `Bolt`?'),
    );
  });
});

describe('companies:show', () => {
  it('shows all that is known', () => {
    const { run, json } = crmOfTwo();
    expect(run('companies:show', 'Acme', '-q')).toEqual(
      done(
        'company 1, Acme, 1 contact\n' +
          '  city        Lyon\n' +
          '  employees   250\n' +
          `  created_at  ${NOW}\n` +
          `  updated_at  ${NOW}\n`,
      ),
    );
    expect(json('companies:show', '2')).toEqual({
      id: 2,
      name: 'Bolt',
      contacts: 0,
      fields: { created_at: NOW, updated_at: NOW },
    });
    expect(run('companies:show', 'Zebra')).toEqual(
      refused(2, 'unknown company `Zebra`', '`rollcall companies:list` shows them all'),
    );
  });
});

describe('companies:list', () => {
  it('shows the usual fields or those asked for, page by page', () => {
    const { run } = crmOfTwo();
    expect(run('companies:list')).toEqual(
      done(
        [
          'id  name  city  country  industry  employees',
          ' 1  Acme  Lyon  -        -               250',
          ' 2  Bolt  -     -        -                 -',
          '',
        ].join('\n'),
        '2 companies\n',
      ),
    );
    expect(
      run('companies:list', '--fields', 'employees,name', '--after', '1', '--format', 'csv'),
    ).toEqual(done('employees,name\n,Bolt\n'));
    expect(run('companies:list', '--limit', '1', '--format', 'ids')).toEqual(done('1\n'));
    expect(makeCrm().run('companies:list')).toEqual(done('', 'no companies\n'));
    expect(run('companies:list', '--fields', 'nmae')).toEqual(
      refused(
        2,
        'unknown company field `nmae`',
        'did you mean `name`? `rollcall fields:list --object company` shows all 16',
      ),
    );
  });
});

describe('companies:delete', () => {
  it('asks first; the contacts stay', () => {
    const { run, json, runOnTerminal } = crmOfTwo();
    expect(run('companies:delete', 'Acme')).toEqual(
      refused(
        2,
        'nobody is there to ask: delete 1 company (Acme)?',
        'to go on without being asked, add --yes',
      ),
    );
    expect(runOnTerminal('no\n', 'companies:delete', '1')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'delete 1 company (Acme)? [y/N] error: not confirmed, nothing was changed\n',
    });
    expect(run('companies:delete', 'Acme', 'Blot', '--yes')).toEqual(
      refused(2, 'unknown company `Blot`', 'did you mean `Bolt`?'),
    );
    expect(run('companies:delete', 'Acme', '2', '--yes')).toEqual(done('deleted 2 companies\n'));
    expect(json('contacts:list', '--fields', 'email,company')).toEqual([
      { email: 'ann@example.org', company: null },
    ]);
  });
});

describe('companies:import', () => {
  it('keys by name, and rejects what is wrong', () => {
    const { run, world } = crmOfTwo();
    world.file('companies.csv', 'Name,Country,Employees\nacme,FR,300\nBolt,,many\nNew,DE,5\n');
    expect(run('companies:import', 'companies.csv')).toEqual({
      status: 3,
      stdout:
        '3 rows: 1 inserted, 1 updated, 1 rejected\nrejected rows are in companies.csv.rejects.csv\n',
      stderr: 'warning: line 3, `Employees`: `many` is not a number\n',
    });
    expect(readFileSync(`${world.folder}/companies.csv.rejects.csv`, 'utf8')).toBe(
      'Name,Country,Employees,_line,_column,_reason\nBolt,,many,3,Employees,Employees: `many` is not a number\n',
    );
    expect(run('companies:list', '--format', 'csv')).toEqual(
      done(
        'id,name,city,country,industry,employees\n1,acme,Lyon,FR,,300\n2,Bolt,,,,\n3,New,,DE,,5\n',
      ),
    );
  });

  it('refuses a file that is unusable, missing, or not as its options say', () => {
    const { run, world } = makeCrm();
    world.file('no-name.csv', 'Country\nFR\n');
    expect(run('companies:import', 'no-name.csv')).toMatchObject({ status: 65, stdout: '' });
    expect(run('companies:import', 'none.csv')).toMatchObject({ status: 66, stdout: '' });
    expect(run('companies:import', 'no-name.csv', '--map', 'Nmae=name')).toMatchObject({
      status: 2,
      stdout: '',
    });
  });
});

describe('companies:export', () => {
  it('writes CSV, or what programs read', () => {
    const { run } = crmOfTwo();
    expect(run('companies:export', '--fields', 'name,employees')).toEqual(
      done('name,employees\nAcme,250\nBolt,\n'),
    );
    expect(run('companies:export', '--fields', 'name', '--json')).toEqual(
      done(
        '{"schema":"rollcall/companies.export/1","data":[\n{"name":"Acme"},\n{"name":"Bolt"}\n]}\n',
      ),
    );
    expect(
      run('companies:export', '--fields', 'name,employees', '--delimiter', ';', '--crlf', '--bom'),
    ).toEqual(done('\ufeffname;employees\r\nAcme;250\r\nBolt;\r\n'));
    expect(run('companies:export', '--crlf', '--json')).toMatchObject({ status: 2, stdout: '' });
    expect(run('companies:export', '--fields', 'nmae')).toEqual(
      refused(
        2,
        'unknown company field `nmae`',
        'did you mean `name`? `rollcall fields:list --object company` shows all 16',
      ),
    );
  });
});
