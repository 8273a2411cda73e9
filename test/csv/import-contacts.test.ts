import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { importContacts } from '../../src/csv/import.ts';
import { BLANK_ATTRIBUTES } from '../../src/store/segment-attributes.ts';
import { asNobody } from '../helpers/as-nobody.ts';
import { figures, makeWorld, NOW, refusal } from './world.ts';

test('rows are inserted, updated or unchanged; the same file again changes nothing', async () => {
  const world = await makeWorld();
  const text = 'E-mail,First Name,points\nann@example.org,Ann,5\nbob@example.org,Bob,"1 234,5"\n';
  expect(figures(await world.contacts(text))).toEqual({ rows: 2, inserted: 2 });
  expect(figures(await world.contacts(text))).toEqual({ rows: 2, unchanged: 2 });
  expect(
    figures(
      await world.contacts('email,points\nANN@example.org,\nbob@example.org,7\ncid@example.org,\n'),
    ),
  ).toEqual({ rows: 3, inserted: 1, updated: 2 });
  expect(await world.list('email', 'first_name', 'points')).toEqual([
    ['ANN@example.org', 'Ann', 5],
    ['bob@example.org', 'Bob', 7],
    ['cid@example.org', null, 0],
  ]);
});

test('every kind of value, an empty cell and NULL', async () => {
  const world = await makeWorld();
  await world.addField('plan', 'select', { options: ['Free', 'Pro'] });
  await world.addField('likes', 'multiselect', { options: ['tea', 'rye'] });
  await world.addField('born', 'date');
  await world.addField('vip', 'boolean');
  const header = 'email,plan,likes,born,vip,website,last_active_at\n';
  await world.contacts(
    `${header}ann@example.org,pro,rye|TEA,2001-02-03,oui,www.example.org,2026-02-01 10:00\n`,
  );
  const columns = ['plan', 'likes', 'born', 'vip', 'website', 'last_active_at'];
  const ann = [
    'Pro',
    '|tea|rye|',
    '2001-02-03',
    1,
    'www.example.org',
    Date.parse('2026-02-01T10:00:00Z'),
  ];
  expect(await world.list(...columns)).toEqual([ann]);
  expect(figures(await world.contacts(`${header}ann@example.org,,,,,,\n`))).toEqual({
    rows: 1,
    unchanged: 1,
  });
  await world.contacts(`${header}ann@example.org,NULL,NULL,NULL,NULL,'NULL,\n`);
  expect(await world.list('plan', 'likes', 'born', 'vip', 'website')).toEqual([
    [null, null, null, null, 'NULL'],
  ]);
});

test('what a record must have cannot be cleared', async () => {
  const world = await makeWorld();
  await world.companies('name\nAcme\n');
  const company = await world.companies('id,name,created_at\n1,NULL,NULL\n1,Acme,\n', {
    key: 'id',
  });
  expect(company.samples).toEqual([
    {
      line: 2,
      place: 'line 2',
      column: 'name, created_at',
      reason: 'Name: it cannot be cleared; Created at: it cannot be cleared',
    },
  ]);
  const contact = await world.contacts(
    'email,created_at\nNULL,\nann@example.org,NULL\nbob@example.org,\n',
  );
  expect(contact.samples.map(({ column, reason }) => [column, reason])).toEqual([
    ['email', 'E-mail: it is missing'],
    ['created_at', 'Created at: it cannot be cleared'],
  ]);
});

test('tags, company, segments and created_at', async () => {
  const world = await makeWorld();
  await world.store.write(async (tx) =>
    tx.segments.insert(segment('news'), { now: NOW, by: null }),
  );
  const header = 'email,tags,company,segments,created_at\n';
  const first = await world.contacts(
    `${header}ann@example.org,vip|new,Acme,news,2020-01-02T03:04:05Z\nbob@example.org,,ACME,,\n`,
  );
  expect(figures(first)).toEqual({ rows: 2, inserted: 2, segmentAdded: 1 });
  expect(await world.list('tags', 'company', 'created_at')).toEqual([
    ['new|vip', 'Acme', Date.parse('2020-01-02T03:04:05Z')],
    [null, 'Acme', NOW],
  ]);
  expect(await world.store.read(async (tx) => tx.members.list(1, {}))).toMatchObject([
    {
      contactId: 1,
      email: 'ann@example.org',
      since: NOW,
      via: 'import',
      joined: {
        importId: 1,
        name: expect.stringContaining('contacts.csv') as string,
        by: 'tester',
      },
      pin: null,
      pinUntil: null,
    },
  ]);
  expect(
    figures(
      await world.contacts(
        `${header}ann@example.org,-vip|old,NULL,NEWS,\nbob@example.org,NULL,,,\n`,
      ),
    ),
  ).toEqual({ rows: 2, updated: 1, unchanged: 1 });
  expect(await world.list('tags', 'company')).toEqual([
    ['new|old', null],
    [null, 'Acme'],
  ]);
});

test('a dynamic segment gets pins, a told one all of the file', async () => {
  const world = await makeWorld();
  await world.store.write(async (tx) =>
    tx.segments.insert(
      { ...segment('hot'), kind: 'dynamic', filter: '{}' },
      { now: NOW, by: null },
    ),
  );
  expect(
    figures(
      await world.contacts('email\nann@example.org\nbob@example.org\n', { segments: ['HOT'] }),
    ),
  ).toEqual({ rows: 2, inserted: 2, segmentAdded: 2 });
  expect(await world.store.read(async (tx) => tx.pins.list(1, {}))).toMatchObject([
    { contactId: 1, kind: 'in', via: 'import', by: 'tester' },
    { contactId: 2, kind: 'in', via: 'import', by: 'tester' },
  ]);
  expect(figures(await world.contacts('email\nann@example.org\n', { segments: ['hot'] }))).toEqual({
    rows: 1,
    unchanged: 1,
  });
});

test('a segment that is unknown, unpublished or closed is refused, or its row rejected', async () => {
  const world = await makeWorld();
  await world.store.write(async (tx) => {
    await tx.segments.insert({ ...segment('draft'), published: false }, { now: NOW, by: null });
    await tx.segments.insert(
      { ...segment('closed'), kind: 'dynamic', filter: '{}', manual: 'forbid' },
      { now: NOW, by: null },
    );
  });
  const text = 'email\nann@example.org\n';
  expect(await refusal(world.contacts(text, { segments: ['drat'] }))).toMatchObject({
    exit: 2,
    message: 'unknown segment drat',
    hint: 'did you mean draft?',
  });
  expect(await refusal(world.contacts(text, { segments: ['draft'] }))).toMatchObject({
    exit: 1,
    code: 'UNPUBLISHED',
  });
  expect(await refusal(world.contacts(text, { segments: ['closed'] }))).toMatchObject({
    exit: 1,
    code: 'MANUAL_FORBIDDEN',
  });
  expect(await world.list('email')).toEqual([]);
  const unpublished = {
    exit: 1,
    code: 'UNPUBLISHED',
    message: 'segment draft is unpublished: imports cannot use it',
  };
  expect(
    await refusal(
      world.contacts('email,segments\nann@example.org,\nno address,\nbob@example.org,draft\n'),
    ),
  ).toMatchObject(unpublished);
  expect([
    await world.list('email'),
    readdirSync(world.folder).filter((name) => name.includes('rejects')),
  ]).toEqual([[], []]);
  const report = await world.contacts(
    'email,segments\nann@example.org,\ncid@example.org,drat|closed\n',
  );
  expect(figures(report)).toEqual({ rows: 2, inserted: 1, rejected: 1 });
  expect(report.samples).toEqual([
    {
      line: 3,
      place: 'line 3',
      column: 'segments',
      reason: 'unknown segment drat; segment closed forbids manual changes',
    },
  ]);
});

describe('keys', () => {
  test('rows of one key are one: the last filled cell counts, or the first, or they are rejected', async () => {
    const text = 'email,first_name,city\nann@example.org,Ann,Paris\nAnn@example.org,Anna,\n';
    const world = await makeWorld();
    expect(figures(await world.contacts(text))).toEqual({ rows: 2, inserted: 1, merged: 1 });
    expect(await world.list('first_name', 'city')).toEqual([['Anna', 'Paris']]);
    expect(figures(await world.contacts(text, { duplicates: 'first' }))).toEqual({
      rows: 2,
      updated: 1,
      merged: 1,
    });
    expect(await world.list('first_name', 'city')).toEqual([['Ann', 'Paris']]);
    const report = await world.contacts(text, { duplicates: 'error' });
    expect(figures(report)).toEqual({ rows: 2, unchanged: 1, rejected: 1 });
    expect(report.samples).toEqual([
      {
        line: 3,
        place: 'line 3',
        column: 'email',
        reason: 'E-mail: another row of the file has it too',
      },
    ]);
  });

  test('by id, and by another unique field', async () => {
    const world = await makeWorld();
    await world.addField('code', 'text', { unique: true });
    await world.contacts('email,code\nann@example.org,A1\nbob@example.org,B2\n');
    expect(
      figures(await world.contacts('id,first_name\n1,Ann\n9,Nobody\n', { key: 'id' })),
    ).toEqual({ rows: 2, updated: 1, rejected: 1 });
    const report = await world.contacts(
      'code,email\nA1,ann@example.com\nb2,ANN@example.com\nC3,cid@example.org\n',
      { key: 'code' },
    );
    expect(figures(report)).toEqual({ rows: 3, inserted: 1, updated: 1, rejected: 1 });
    expect(report.samples).toEqual([
      {
        line: 3,
        place: 'line 3',
        column: 'email',
        reason: 'E-mail: another contact has it already',
      },
    ]);
    expect(await world.list('code', 'email', 'first_name')).toEqual([
      ['A1', 'ann@example.com', 'Ann'],
      ['B2', 'bob@example.org', null],
      ['C3', 'cid@example.org', null],
    ]);
  });

  test('modes', async () => {
    const world = await makeWorld();
    await world.contacts('email\nann@example.org\n');
    const text = 'email,city\nann@example.org,Paris\nbob@example.org,Rome\n';
    const insert = await world.contacts(text, { mode: 'insert' });
    expect(figures(insert)).toEqual({ rows: 2, inserted: 1, rejected: 1 });
    expect(insert.samples).toEqual([
      { line: 2, place: 'line 2', column: 'email', reason: 'E-mail: a contact has it already' },
    ]);
    const update = await world.contacts(`${text}cid@example.org,Oslo\n`, { mode: 'update' });
    expect(figures(update)).toEqual({ rows: 3, updated: 1, unchanged: 1, rejected: 1 });
    expect(update.samples).toEqual([
      { line: 4, place: 'line 4', column: 'email', reason: 'E-mail: no contact has it' },
    ]);
  });

  test('an unknown key, one that is not unique, one that no column holds', async () => {
    const world = await makeWorld();
    const text = 'Customer E-Mail,Name\nann@example.org,Ann\n';
    expect(await refusal(world.contacts(text, { key: 'emial' }))).toMatchObject({
      exit: 2,
      code: 'UNKNOWN_FIELD',
    });
    expect(await refusal(world.contacts(text, { key: 'city' }))).toEqual({
      exit: 2,
      code: 'NOT_UNIQUE',
      message: '`city` cannot be the key: it is not unique',
      hint: 'unique fields are `id`, `email`',
    });
    expect(await refusal(world.contacts(text))).toEqual({
      exit: 65,
      code: 'NO_KEY_COLUMN',
      message: 'contacts.csv has no column for the key `email`',
      hint: 'is it `Customer E-Mail`? then add --map "Customer E-Mail=email"',
    });
    expect((await refusal(world.contacts('"E-mail, work",b\n1,2\n'))).hint).toBe(
      `is it \`E-mail, work\`? then add --map '"E-mail, work"=email'`,
    );
    expect((await refusal(world.contacts('a,b\n1,2\n'))).hint).toBe(
      'say which it is: --map "COLUMN=email"; the columns are `a`, `b`',
    );
  });
});

describe('rejects', () => {
  const text =
    'email;Born;city\n' +
    'ann@example.org;2001-02-03;"Pa;ris\n' +
    '2"\n' +
    'bob;31/02/2001;Rome\n' +
    ';2001-01-01;Oslo\n' +
    'cid@example.org;2001-01-01;Bern;x;y\n';

  test('keep their cells, with line, columns and reasons; mended, they import as they are', async () => {
    const world = await makeWorld();
    await world.addField('born', 'date');
    const report = await world.contacts(text);
    expect(figures(report)).toEqual({ rows: 4, inserted: 1, rejected: 3 });
    expect(report.rejectsFile).toBe(join(world.folder, 'contacts.csv.rejects.csv'));
    expect(statSync(report.rejectsFile!).mode & 0o777).toBe(0o600);
    expect(world.read('contacts.csv.rejects.csv')).toBe(
      [
        'email;Born;city;_line;_column;_reason',
        'bob;31/02/2001;Rome;4;email, Born;"E-mail: `bob` is not an e-mail address; born: ' +
          '`31/02/2001` is not a date (YYYY-MM-DD)"',
        ';2001-01-01;Oslo;5;email;E-mail: it is missing',
        'cid@example.org;2001-01-01;Bern;6;;the row has 5 cells, the header 3;x;y',
        '',
      ].join('\n'),
    );
    const mended = world
      .read('contacts.csv.rejects.csv')
      .replace('bob;31/02', 'bob@example.org;28/02')
      .replace('\n;', '\ndan@example.org;')
      .replace(';x;y', '');
    const second = await world.contacts(mended);
    expect(figures(second)).toEqual({ rows: 3, inserted: 3 });
    expect(second.notes).toEqual([]);
    expect(existsSync(join(world.folder, 'contacts.csv.rejects.csv'))).toBe(false);
  });

  test('that are rejected again say so anew', async () => {
    const world = await makeWorld();
    const header = 'email,_line,_column,_reason\n';
    await world.contacts(`${header}ann@example.org,5,email,old\nbob,7,email,old\n`);
    expect(world.read('contacts.csv.rejects.csv')).toBe(
      `${header}bob,3,email,E-mail: \`bob\` is not an e-mail address\n`,
    );
  });

  test('a row refused by the store is written with its original cells too', async () => {
    const world = await makeWorld();
    await world.contacts('email\nann@example.org\n');
    await world.contacts('email,x\n bad ,"a,b"\n" ann@example.org","c\nd"\nbob@example.org,e\n', {
      mode: 'insert',
    });
    expect(world.read('contacts.csv.rejects.csv')).toBe(
      'email,x,_line,_column,_reason\n' +
        'bad,"a,b",2,email,E-mail: `bad` is not an e-mail address\n' +
        'ann@example.org,"c\n' +
        'd",3,email,E-mail: a contact has it already\n',
    );
  });

  test('too many of them, by number or by share, and nothing is imported', async () => {
    const world = await makeWorld();
    const half = 'email\nann@example.org\nbob\n';
    expect(await refusal(world.contacts(half, { maxRejects: { kind: 'rows', most: 0 } }))).toEqual({
      exit: 65,
      code: 'TOO_MANY_REJECTS',
      message: 'too many rows are rejected: 1 of 2; nothing was changed',
      hint: 'the rejected rows are in contacts.csv.rejects.csv, each with its reason',
    });
    expect(world.read('contacts.csv.rejects.csv')).toContain('\nbob,3,email,');
    expect(await world.list('email')).toEqual([]);
    expect(
      (await world.contacts(half, { maxRejects: { kind: 'share', most: 0.5 } })).inserted,
    ).toBe(1);
    const known = 'email\nann@example.org\nbob@example.org\ncid@example.org\n';
    expect(
      (
        await refusal(
          world.contacts(known, { mode: 'update', maxRejects: { kind: 'share', most: 0.5 } }),
        )
      ).message,
    ).toBe('too many rows are rejected: 2 of 3; nothing was changed');
  });

  test('no valid row at all, no rows, no header', async () => {
    const world = await makeWorld();
    expect(await refusal(world.contacts('email\nann\nbob\n'))).toMatchObject({
      exit: 65,
      code: 'NO_VALID_ROW',
      message: 'no row of contacts.csv can be imported; nothing was changed',
    });
    expect(figures(await world.contacts('email\n'))).toEqual({});
    expect(await refusal(world.contacts(''))).toMatchObject({
      exit: 65,
      code: 'EMPTY_FILE',
      message: 'contacts.csv is empty',
    });
    expect(await refusal(world.contacts('\ufeff\n\n'))).toMatchObject({
      exit: 65,
      code: 'EMPTY_FILE',
    });
  });

  test('go where they are told, but not over the input', async () => {
    const world = await makeWorld();
    const report = await world.contacts('email\nann@example.org\nbob\n', {
      rejects: join(world.folder, 'bad.csv'),
    });
    expect(report.rejectsFile).toBe(join(world.folder, 'bad.csv'));
    expect(existsSync(join(world.folder, 'contacts.csv.rejects.csv'))).toBe(false);
    expect(
      await refusal(world.contacts('email\nbob\n', { rejects: `${world.folder}/./contacts.csv` })),
    ).toMatchObject({ exit: 2, code: 'SAME_FILE' });
    expect(
      await refusal(
        world.contacts('email\nann@example.com\nbob\n', {
          rejects: join(world.folder, 'no', 'bad.csv'),
        }),
      ),
    ).toMatchObject({ exit: 73 });
    expect(await world.list('email')).toEqual(['ann@example.org']);
  });

  test('that cannot be written are told of before anything is stored', async () => {
    const world = await makeWorld();
    const full = world.contacts('email\nann@example.org\nbob\n', { rejects: '/dev/full' });
    expect(await refusal(full)).toMatchObject({ exit: 74 });
    expect(await world.list('email')).toEqual([]);
  });

  test('of standard input are counted, and written only where told', async () => {
    const world = await makeWorld();
    const stdin = (): Readable =>
      Readable.from([Buffer.from('email\nann@exam'), Buffer.from('ple.org\nbob\n')]);
    const report = await importContacts(
      world.store,
      '-',
      {},
      { stdin: stdin(), now: NOW, by: null },
    );
    expect(figures(report)).toEqual({ rows: 2, inserted: 1, rejected: 1 });
    expect(report.rejectsFile).toBeNull();
    expect(report.notes).toEqual([
      '1 rejected row not written down: standard input has no folder to put them in; name a file with --rejects',
    ]);
    const told = await importContacts(
      world.store,
      '-',
      { rejects: join(world.folder, 'bad.csv') },
      { stdin: stdin(), now: NOW, by: null },
    );
    expect(told.notes).toEqual([]);
    expect(world.read('bad.csv')).toBe(
      'email,_line,_column,_reason\nbob,3,email,E-mail: `bob` is not an e-mail address\n',
    );
  });
});

describe('dates', () => {
  const dated = async () => {
    const world = await makeWorld();
    await world.addField('born', 'date');
    await world.addField('seen', 'datetime');
    return world;
  };
  const line = (name: string, born: string, seen = ''): string =>
    `${name}@example.org,${born},${seen}\n`;
  const header = 'email,born,seen\n';

  test('one value settles its whole column, each column for itself', async () => {
    const world = await dated();
    await world.contacts(
      header +
        line('ann', '01/02/2001', '02/01/2020 10:00') +
        line('bob', '', '') +
        line('cid', '31/12/2001', '12/31/2020 10:00'),
    );
    expect(await world.list('born', 'seen')).toEqual([
      ['2001-02-01', Date.parse('2020-02-01T10:00:00Z')],
      [null, null],
      ['2001-12-31', Date.parse('2020-12-31T10:00:00Z')],
    ]);
  });

  test('a column that nothing settles, or that contradicts itself, is refused', async () => {
    const world = await dated();
    const hint = 'say how to read them: --date-format DMY or --date-format MDY';
    expect(await refusal(world.contacts(header + line('ann', '01/02/2001')))).toEqual({
      exit: 65,
      code: 'AMBIGUOUS_DATES',
      message: 'the dates in the column `born` can all be read day first or month first (line 2)',
      hint,
    });
    const both =
      header + line('ann', '13/02/2001') + line('bob', '02/13/2001') + line('cid', '01/02/2001');
    expect(await refusal(world.contacts(both))).toEqual({
      exit: 65,
      code: 'AMBIGUOUS_DATES',
      message:
        'the dates in the column `born` are written day first (line 2) and month first (line 3)',
      hint,
    });
    expect(await world.list('email')).toEqual([]);
  });

  test('a told format decides', async () => {
    const world = await dated();
    await world.contacts(header + line('ann', '01/02/2001'), { dateFormat: ['MDY'] });
    await world.contacts(header + line('bob', '01.02.99'), { dateFormat: ['DD.MM.YY'] });
    expect(await world.list('born')).toEqual(['2001-01-02', '1999-02-01']);
    expect(await refusal(world.contacts(header, { dateFormat: ['DMYY'] }))).toMatchObject({
      exit: 2,
      code: 'BAD_DATE_FORMAT',
    });
  });

  test('local times are of the zone of the store', async () => {
    const world = await dated();
    await world.store.write(async (tx) => tx.settings.set({ timezone: 'Europe/Paris' }));
    await world.contacts(header + line('ann', '', '2020-07-01'));
    expect(await world.list('seen')).toEqual([Date.parse('2020-06-30T22:00:00Z')]);
  });
});

test('a dry run says the same and leaves nothing', async () => {
  const world = await makeWorld();
  await world.store.write(async (tx) =>
    tx.segments.insert(segment('news'), { now: NOW, by: null }),
  );
  await world.contacts('email\nann@example.org\n');
  writeFileSync(join(world.folder, 'contacts.csv.rejects.csv'), 'earlier');
  const text = 'email,tags,company\nann@example.org,vip,Acme\nbob@example.org,,\nbad,,\n';
  const dry = await world.contacts(text, { segments: ['news'], dryRun: true });
  expect(figures(dry)).toEqual({ rows: 3, inserted: 1, updated: 1, rejected: 1, segmentAdded: 2 });
  expect(world.read('contacts.csv.rejects.csv')).toBe('earlier');
  expect(await world.list('email', 'tags', 'company')).toEqual([['ann@example.org', null, null]]);
  await world.store.read(async (tx) => {
    expect(await tx.companies.count({})).toBe(0);
    expect(await tx.members.count(1)).toBe(0);
  });
  const done = await world.contacts(text, { segments: ['news'] });
  const apart = { ms: 0, importId: null }; // only what is done has a number
  expect({ ...dry, ...apart }).toEqual({ ...done, ...apart });
});

describe('an input that cannot be read', () => {
  test('a missing one, a folder', async () => {
    const world = await makeWorld();
    const context = { stdin: Readable.from([]), now: NOW, by: null };
    expect(
      await refusal(importContacts(world.store, join(world.folder, 'no.csv'), {}, context)),
    ).toMatchObject({ exit: 66, code: 'NO_INPUT', message: 'there is no file no.csv' });
    mkdirSync(join(world.folder, 'folder'));
    expect(
      await refusal(importContacts(world.store, join(world.folder, 'folder'), {}, context)),
    ).toMatchObject({ exit: 66, code: 'NO_INPUT', message: 'folder is a folder, not a file' });
  });

  test('one without permission', async () => {
    const world = await makeWorld();
    const path = world.file('closed.csv', 'email\nann@example.org\n');
    chmodSync(world.folder, 0o755);
    chmodSync(path, 0o000);
    const work = asNobody(async () =>
      importContacts(world.store, path, {}, { stdin: Readable.from([]), now: NOW, by: null }),
    );
    expect(await refusal(work)).toMatchObject({
      exit: 77,
      code: 'NO_PERMISSION',
      message: 'no permission to read closed.csv',
    });
  });

  test('a broken quote far down: nothing is imported', async () => {
    const world = await makeWorld();
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `user${index}@example.org,Ann\n`,
    ).join('');
    expect(
      await refusal(world.contacts(`email,first_name\n${rows}bob@example.org,"Bob\n`)),
    ).toMatchObject({
      exit: 65,
      message: 'contacts.csv, line 20002: a quote is opened and never closed',
    });
    expect(await world.list('email')).toEqual([]);
  });
});

function segment(alias: string) {
  return {
    alias,
    name: alias,
    kind: 'static',
    filter: null,
    ...BLANK_ATTRIBUTES,
  } as const;
}
