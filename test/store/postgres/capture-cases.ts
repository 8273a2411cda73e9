import { type CaptureCase, SHARED_CASES } from '../common-capture-cases.ts';

const NEW = '(email, member_no, created_at, updated_at) values';
const ADA_HANGS = ['consent 1', 'events 1', 'tags 1'];

const ways: CaptureCase[] = [
  {
    title: 'an upsert that updates',
    sql: `insert into contacts ${NEW} ('ADA@example.org', null, 0, 0) on conflict (lower(email)) do update set city = 'Paris'`,
    logs: ['profile 1'],
  },
  {
    title: 'an upsert that inserts and updates',
    sql: `insert into contacts ${NEW} ('new@example.org', null, 0, 0), ('ada@example.org', null, 0, 0)
      on conflict (lower(email)) do update set city = 'Paris'`,
    logs: ['exists 4', 'profile 1'],
  },
  {
    title: 'an upsert that does nothing',
    sql: `insert into contacts ${NEW} ('ada@example.org', null, 0, 0) on conflict do nothing`,
    logs: [],
  },
  {
    title: 'an update that leaves all as it is',
    sql: 'update contacts set email = email, points = points',
    logs: [],
  },
  {
    title: 'a MERGE of all three kinds',
    sql: `merge into contacts using (values (1, 'x'), (2, 'y'), (60, 'z')) as given (id, city) on contacts.id = given.id
      when matched and given.city = 'x' then update set city = given.city
      when matched then delete
      when not matched then insert (id, city, created_at, updated_at) values (given.id, given.city, 0, 0)`,
    logs: ['events 2', 'exists 2', 'exists 60', 'profile 1'],
  },
  {
    title: 'a COPY of contacts',
    sql: 'copy contacts (email, created_at, updated_at) from program \'printf "a@example.org\\\\t0\\\\t0\\\\nb@example.org\\\\t0\\\\t0\\\\n"\'',
    logs: ['exists 4', 'exists 5'],
  },
  {
    title: 'a COPY of events',
    sql: 'copy events (contact_id, type, occurred_at) from program \'printf "3\\\\tweb.visit\\\\t0\\\\n"\'',
    logs: ['events 3'],
  },
  {
    title: 'statements in a statement',
    sql: `with gone as (delete from events where id = 2 returning contact_id)
      update contacts set city = 'Paris' from gone where contacts.id = gone.contact_id`,
    logs: ['events 2', 'profile 2'],
  },
  {
    title: 'a contact with a new id',
    sql: 'update contacts set id = 50 where id = 3',
    logs: ['exists 3', 'exists 50'],
  },
  {
    title: 'ids that take the place of others',
    sql: 'update contacts set id = 50 where id = 3;\nupdate contacts set id = 3 where id = 2',
    logs: ['exists 2', 'exists 3', 'exists 50'],
  },
  {
    title: 'a replica, and what restores rows as one',
    sql: "set session_replication_role = replica;\nupdate contacts set city = 'Paris' where id = 1;\ndelete from contacts where id = 2",
    logs: ['events 2', 'exists 2', 'profile 1'],
  },
  {
    title: 'a write taken back to a savepoint',
    sql: "begin;\nsavepoint s;\nupdate contacts set city = 'Paris';\nrollback to s;\nupdate contacts set city = 'Rome' where id = 2;\ncommit",
    logs: ['profile 2'],
  },
];

const removals: CaptureCase[] = [
  {
    title: 'a contact deleted',
    sql: 'delete from contacts where id = 1',
    logs: ['exists 1', ...ADA_HANGS],
  },
  {
    title: 'a company deleted',
    sql: 'delete from companies where id = 1',
    logs: ['company 1', 'profile 1'],
  },
  { title: 'a tag deleted', sql: 'delete from tags where id = 1', logs: ['tag 1', 'tags 1'] },
  {
    title: 'contacts truncated',
    sql: 'truncate contacts',
    logs: ['events 2', 'exists 1', 'exists 2', 'exists 3', ...ADA_HANGS],
  },
  {
    title: 'companies truncated',
    sql: 'truncate companies',
    logs: ['company 1', 'company 2', 'profile 1'],
  },
  { title: 'tags truncated', sql: 'truncate tags', logs: ['tag 1', 'tag 2', 'tags 1'] },
  { title: 'links to tags truncated', sql: 'truncate contact_tags', logs: ['tags 1'] },
  { title: 'events truncated', sql: 'truncate events', logs: ['events 1', 'events 2'] },
  { title: 'suppressions truncated', sql: 'truncate suppressions', logs: ['consent 1'] },
  { title: 'pins truncated', sql: 'truncate pins', logs: ['pin 1 in 1'] },
  {
    title: 'all of it truncated at once',
    sql: 'truncate contacts, contact_tags, events, suppressions',
    logs: ['events 2', 'exists 1', 'exists 2', 'exists 3', ...ADA_HANGS],
  },
];

const schemas: CaptureCase[] = [
  {
    title: 'a bulk load',
    sql: `begin;
set local rollcall.bulk = '1';
update contacts set city = 'Paris';
delete from events;
insert into contacts ${NEW} ('new@example.org', null, 0, 0);
commit`,
    logs: [],
  },
  {
    title: 'a write after a bulk load',
    sql: "begin;\nset local rollcall.bulk = '1';\nset local rollcall.mark = '7';\nupdate contacts set city = 'Paris';\ncommit;\nupdate contacts set city = 'Rome' where id = 2",
    logs: ['profile 2'],
  },
  {
    title: 'a column that is no field, and an edit of it',
    sql: 'alter table contacts add column shoe_size float8;\nupdate contacts set shoe_size = 41 where id = 1',
    logs: [],
  },
  {
    title: 'a column that is called like a name of ours, and edits beside it',
    sql:
      'alter table contacts add column moved bigint, add column known bigint, add column about bigint, add column n text, add column o text;\n' +
      "update contacts set email = 'ADA@example.com', moved = 1, identified_at = 1 where id = 1;\n" +
      'delete from contacts where id = 2',
    logs: ['events 2', 'exists 2', 'profile 1'],
  },
  {
    title: 'RENAME COLUMN of one that is no field, and an edit after it',
    sql: "alter table companies rename column phone to telephone;\nupdate companies set telephone = '1' where id = 1",
    logs: ['company 1'],
  },
];

export const POSTGRES_CASES: readonly CaptureCase[] = [
  ...SHARED_CASES,
  ...ways,
  ...removals,
  ...schemas,
];
