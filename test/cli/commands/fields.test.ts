import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const PLAN = {
  id: 1000,
  object: 'contact',
  alias: 'plan',
  label: 'Plan',
  type: 'select',
  options: ['free', 'pro'],
  unique: false,
  indexed: false,
  origin: 'custom',
};

function crmWithPlan(): Crm {
  const crm = makeCrm();
  crm.ok('fields:create', 'plan', '--type', 'select', '--options', 'free,pro');
  return crm;
}

describe('fields:create', () => {
  it('makes a field of contacts, or of companies', () => {
    const { run, json } = makeCrm();
    expect(run('fields:create', 'plan', '--type', 'select', '--options', 'free, pro,')).toEqual(
      done('created contact field plan (select)\n'),
    );
    expect(
      json(
        'fields:create',
        'founded',
        '--object',
        'company',
        '--type',
        'date',
        '--label',
        'Founded in',
        '--index',
      ),
    ).toEqual({
      ...PLAN,
      id: 1001,
      object: 'company',
      alias: 'founded',
      label: 'Founded in',
      type: 'date',
      options: [],
      indexed: true,
    });
    expect(json('fields:create', 'member_no', '--type', 'number', '--unique')).toMatchObject({
      unique: true,
      indexed: false,
    });
    expect(json('fields:list', '--origin', 'custom')).toMatchObject([
      PLAN,
      { alias: 'founded' },
      { alias: 'member_no' },
    ]);
  });

  it.each<[string, string[], ReturnType<typeof refused>]>([
    [
      'an unknown type',
      ['size', '--type', 'nubmer'],
      refused(2, 'unknown field type `nubmer`', 'did you mean `number`?'),
    ],
    [
      'no type',
      ['size'],
      refused(
        2,
        '`--type <type>` is missing',
        'give text, number, boolean, date, datetime, email, url, phone, select or multiselect',
      ),
    ],
    [
      'a bad alias',
      ['Größe', '--type', 'text'],
      refused(
        2,
        "`Größe` cannot be a field's alias",
        'use lower-case letters a-z, digits and _, and begin with a letter',
      ),
    ],
    [
      'an unknown object',
      ['size', '--type', 'text', '--object', 'compny'],
      refused(
        2,
        '`--object compny` is not known',
        'did you mean `company`? give one of contact, company',
      ),
    ],
    [
      'an alias that is taken',
      ['plan', '--type', 'text'],
      refused(
        1,
        'there is a contact field `plan` already',
        'choose another alias; `rollcall fields:list` shows those in use',
      ),
    ],
    [
      'the alias of a standard field',
      ['city', '--type', 'text'],
      refused(
        1,
        'there is a standard contact field `city` already',
        'choose another alias; `rollcall fields:list` shows those in use',
      ),
    ],
  ])('refuses %s', (_, args, refusal) =>
    expect(crmWithPlan().run('fields:create', ...args)).toEqual(refusal),
  );
});

describe('fields:list', () => {
  it('lists standard fields and your own, page by page', () => {
    const { run } = crmWithPlan();
    expect(run('fields:list', '--after', '26')).toMatchObject({ status: 0, stderr: '18 fields\n' });
    expect(run('fields:list', '--object', 'contact', '--after', '26')).toEqual(
      done(
        [
          '  id  object   alias         label          type    options    unique  indexed  origin',
          '  27  contact  email_domain  E-mail domain  text    -          no      no       kept',
          '1000  contact  plan          Plan           select  free, pro  no      no       custom',
          '',
        ].join('\n'),
        '2 fields\n',
      ),
    );
    expect(run('fields:list', '--object', 'company', '--limit', '2', '--format', 'ids')).toEqual(
      done('28\n29\n'),
    );
    expect(run('fields:list', '--origin', 'custom', '--format', 'csv')).toEqual(
      done(
        'id,object,alias,label,type,options,unique,indexed,origin\n' +
          '1000,contact,plan,Plan,select,free|pro,false,false,custom\n',
      ),
    );
  });

  it('says what to do where there is none', () => {
    expect(makeCrm().run('fields:list', '--origin', 'custom')).toEqual(
      done(
        '',
        'no such fields: make one with rollcall fields:create plan --type select --options free,pro,team\n',
      ),
    );
  });
});

describe('fields:edit', () => {
  it('changes what it is told, and says when that changes nothing', () => {
    const { run, json } = crmWithPlan();
    const edit = [
      'fields:edit',
      'plan',
      '--label',
      'Price plan',
      '--options',
      'free,pro,team',
      '--index',
    ];
    expect(run(...edit)).toEqual(done('changed contact field plan\n'));
    expect(run(...edit)).toEqual(done('nothing to change in contact field plan\n'));
    expect(json('fields:edit', 'plan', '--no-index')).toEqual({
      ...PLAN,
      label: 'Price plan',
      options: ['free', 'pro', 'team'],
      changed: true,
    });
    expect(run('fields:edit', 'industry', '--object', 'company', '--label', 'Branch')).toEqual(
      done('changed company field industry\n'),
    );
  });

  it('refuses what it must', () => {
    const { run, ok } = crmWithPlan();
    ok('contacts:add', '--set', 'plan=pro');
    expect(run('fields:edit', 'plna', '--label', 'x')).toEqual(
      refused(
        2,
        'unknown field `plna`',
        'did you mean `plan`? `rollcall fields:list --object contact` shows all 28',
      ),
    );
    expect(run('fields:edit', 'plan', '--options', 'free')).toEqual(
      refused(
        1,
        'the option `pro` of `plan` is in use by 1 contact',
        'give them another value first',
      ),
    );
    expect(run('fields:edit', 'plan', '--unique')).toEqual(
      refused(
        2,
        'a field of type select cannot be unique: `plan`',
        'unique fields have one of the types text, number, date, datetime, email, url, phone',
      ),
    );
    expect(run('fields:edit', 'points', '--unique')).toEqual(
      refused(
        1,
        '`points` is a standard field: only its label and its index can change',
        '`rollcall fields:list --origin custom` shows yours',
      ),
    );
    expect(run('fields:edit', 'plan', '--unique', '--no-unique')).toEqual(
      refused(2, '`--unique` and `--no-unique` contradict each other', 'give one of them'),
    );
  });
});

describe('fields:delete', () => {
  it('asks first, and takes the values along', () => {
    const { run, ok, runOnTerminal } = crmWithPlan();
    ok('contacts:add', '--set', 'plan=pro');
    const question = 'delete contact field plan with its 1 value?';
    expect(run('fields:delete', 'plan')).toEqual(
      refused(2, `nobody is there to ask: ${question}`, 'to go on without being asked, add --yes'),
    );
    expect(runOnTerminal('n\n', 'fields:delete', 'plan')).toEqual({
      status: 1,
      stdout: '',
      stderr: `${question} [y/N] error: not confirmed, nothing was changed\n`,
    });
    expect(runOnTerminal('y\n', 'fields:delete', 'plan')).toEqual({
      status: 0,
      stdout: 'deleted contact field plan with its 1 value\n',
      stderr: `${question} [y/N] `,
    });
    expect(run('fields:delete', 'plan', '--yes')).toMatchObject({ status: 2, stdout: '' });
  });

  it('says which suppressions go with the values of a unique field', () => {
    const { run, ok, json } = makeCrm();
    ok('fields:create', 'fax', '--type', 'phone', '--unique');
    ok('contacts:add', 'ann@example.org', '--set', 'fax=+33611111111');
    ok('contacts:suppress', 'ann@example.org', '--channel', 'phone');
    ok('contacts:delete', 'ann@example.org', '--yes');
    const goes = 'contact field fax with its 0 values';
    const wish = 'and the 1 suppression that stands for such values';
    expect(run('fields:delete', 'fax').stderr).toContain(`delete ${goes} ${wish}?`);
    expect(json('fields:delete', 'fax', '--yes')).toMatchObject({ values: 0, suppressions: 1 });
  });

  it('is refused while a filter uses the field, unless forced', () => {
    const { run, ok, json } = crmWithPlan();
    ok('segments:create', 'Customers', '--where', 'plan = "pro"');
    expect(run('fields:delete', 'plan', '--yes')).toEqual(
      refused(
        1,
        'the field `plan` is in use by the filter of customers',
        'change what they say first; --force deletes the field and leaves them broken',
      ),
    );
    expect(json('fields:list', '--origin', 'custom')).toEqual([PLAN]);
    expect(run('fields:delete', 'plan', '--force', '--yes')).toEqual(
      done(
        'deleted contact field plan with its 0 values\n',
        'warning: the filter of segment customers is broken now: ' +
          'give it another, for example: rollcall segments:filters:set customers ' +
          '\'country = "FR"\' --db crm.db\n',
      ),
    );
  });

  it('is refused for a standard field', () => {
    expect(makeCrm().run('fields:delete', 'city', '--yes')).toEqual(
      refused(
        1,
        '`city` is a standard field: it cannot be deleted',
        '`rollcall fields:list --origin custom` shows yours',
      ),
    );
  });
});
