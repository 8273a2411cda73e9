import { beforeEach, expect, test } from 'vitest';
import { makeWorld, type World } from '../../helpers/run.ts';

let world: World;
beforeEach(() => {
  world = makeWorld('shared');
  world.ok('init', '--db', 'crm.db');
  world.ok('contacts:add', 'ann@example.org', '--db', 'crm.db');
  world.ok('contacts:add', 'bob@example.org', '--db', 'crm.db');
  world.ok('segments:create', 'Hot', '--db', 'crm.db');
  world.ok('segments:add', 'hot', 'ann@example.org', '--db', 'crm.db');
});

const ask = (input: string, ...options: string[]) =>
  world.runWith({ input }, 'segments:has', 'hot', '-', '--db', 'crm.db', ...options);

test.each([
  ['all are members', 'ann@example.org\n1\r\n', 0],
  ['one is none', 'ann@example.org\nemail=bob@example.org\n', 1],
  ['one is unknown, which weighs more', 'bob@example.org\n99\nann@example.org\n', 3],
  ['nobody is asked for', '', 0],
])('many: %s', (_, input, status) => {
  expect(ask(input)).toMatchObject({ status });
});

test('many: a row each, in their order, as they were named', () => {
  const { stdout, stderr } = ask(
    'bob@example.org\n\n99\n email=ANN@example.org \n',
    '--format',
    'csv',
  );
  expect(stdout.trim().split(/\r?\n/)).toEqual([
    'contact,contact_id,member',
    'bob@example.org,2,false',
    '99,,',
    'email=ANN@example.org,1,true',
  ]);
  expect(stderr).toBe('warning: 1 unknown contact: see the rows without an answer\n');
});

test('many: the document and the table say the same', () => {
  expect(JSON.parse(ask('1\n2\n', '--json').stdout)).toEqual({
    schema: 'rollcall/segments.has/1',
    data: [
      { contact: '1', contact_id: 1, member: true },
      { contact: '2', contact_id: 2, member: false },
    ],
  });
  expect(ask('1\n2\n').stderr).toBe('1 in hot, 1 not, 0 unknown\n');
});

test('one: as before, and an unknown one is a mistake in every format', () => {
  const one = (...words: string[]) => world.run('segments:has', 'hot', ...words, '--db', 'crm.db');
  expect(one('ann@example.org', '--json')).toMatchObject({
    status: 0,
    stdout:
      '{"schema":"rollcall/segments.has/1","data":{"segment":"hot","contact_id":1,"member":true}}\n',
  });
  expect(one('bob@example.org')).toMatchObject({
    status: 1,
    stdout: 'bob@example.org is not in hot\n',
  });
  for (const format of ['table', 'csv', 'ids'])
    expect(one('99', '--format', format)).toMatchObject({ status: 2, stdout: '' });
});
