import { type CaptureCase, SHARED_CASES } from './common-capture-cases.ts';

const NEW = '(email, member_no, created_at, updated_at) values';
const FK_ON = 'pragma foreign_keys = on;\n';
const FK_OFF = 'pragma foreign_keys = off;\n';
const ADA_HANGS = ['consent 1', 'events 1', 'tags 1'];

/** By which SQL knows the id of a row, too. */
const OTHER_NAMES_OF_ID = ['rowid', 'oid', '_rowid_', '"ROWID"', '[Oid]'];

const contacts: CaptureCase[] = [
  {
    title: 'a contact with a new id',
    sql: 'update contacts set id = 50 where id = 3',
    logs: ['exists 3', 'exists 50', 'profile 50'],
  },
  {
    title: 'a contact deleted, foreign keys on',
    sql: `${FK_ON}delete from contacts where id = 1`,
    logs: ['exists 1', ...ADA_HANGS],
  },
  {
    title: 'a contact deleted, foreign keys off',
    sql: `${FK_OFF}delete from contacts where id = 1`,
    logs: ['exists 1'],
  },
  ...OTHER_NAMES_OF_ID.map((id): CaptureCase => ({
    title: `a contact with a new id, which is called ${id}`,
    sql: `update contacts set ${id} = 50 where id = 3`,
    logs: ['exists 3', 'exists 50', 'profile 50'],
  })),
  {
    title: 'a contact with a new id among other values',
    sql: "update contacts set (city, _rowid_) = ('Rome', 50) where id = 3",
    logs: ['exists 3', 'exists 50', 'profile 50'],
  },
  {
    title: 'a contact that an upsert gives a new id',
    sql: `${FK_OFF}insert into contacts ${NEW} ('ada@example.org', null, 0, 0) on conflict (email) do update set oid = 50`,
    logs: ['exists 1', 'exists 50', 'profile 1', 'profile 50'],
  },
];

const replacedContacts: CaptureCase[] = [
  {
    title: 'INSERT OR REPLACE by id',
    sql: `${FK_OFF}insert or replace into contacts (id, created_at, updated_at) values (2, 0, 0)`,
    logs: ['exists 2'],
  },
  {
    // who takes over an address gets what stands for it
    title: 'INSERT OR REPLACE by e-mail',
    sql: `${FK_OFF}insert or replace into contacts ${NEW} ('ADA@example.org', null, 0, 0)`,
    logs: ['consent 4', 'exists 4', 'profile 1'],
  },
  {
    title: 'INSERT OR REPLACE with foreign keys on',
    sql: `${FK_ON}replace into contacts ${NEW} ('ada@example.org', null, 0, 0)`,
    logs: ['consent 4', 'exists 4', 'profile 1', ...ADA_HANGS],
  },
  {
    title: 'INSERT OR REPLACE by a unique field',
    sql: `${FK_OFF}insert or replace into contacts ${NEW} ('new@example.org', 'B', 0, 0)`,
    logs: ['exists 4', 'profile 2'],
  },
  {
    title: 'INSERT OR REPLACE by three keys of three contacts',
    sql:
      `${FK_OFF}insert or replace into contacts (id, email, member_no, created_at, updated_at) ` +
      "values (3, 'ada@example.org', 'b', 0, 0)",
    logs: ['consent 3', 'exists 3', 'profile 1', 'profile 2'],
  },
  {
    title: 'UPDATE OR REPLACE by e-mail',
    sql: `${FK_OFF}update or replace contacts set email = 'bob@example.org' where id = 1`,
    logs: ['exists 2', 'profile 1'],
  },
  {
    title: 'UPDATE OR REPLACE by a unique field',
    sql: `${FK_OFF}update or replace contacts set member_no = 'B' where id = 1`,
    logs: ['exists 2', 'profile 1'],
  },
  {
    title: 'UPDATE OR REPLACE by id',
    sql: `${FK_OFF}update or replace contacts set id = 2 where id = 3`,
    logs: ['exists 2', 'exists 3', 'profile 2'],
  },
  {
    title: 'UPDATE OR REPLACE by an id and by the keys of others',
    sql: `${FK_OFF}update or replace contacts set (id, email, city) = (2, 'ada@example.org', 'Rome') where id = 3`,
    logs: ['consent 2', 'exists 1', 'exists 2', 'exists 3', 'profile 2'],
  },
];

/**
 * Outer conflict clauses reach into triggers: none may lose a change or fail on one that is logged
 * already.
 */
const outerClauses: CaptureCase[] = [
  ...['rollback', 'abort', 'fail', 'ignore', 'replace'].flatMap((clause): CaptureCase[] => [
    {
      title: `UPDATE OR ${clause.toUpperCase()}, twice`,
      sql:
        `update or ${clause} contacts set city = 'Paris' where id = 1;\n` +
        `update or ${clause} contacts set city = 'Rome' where id = 1`,
      logs: ['profile 1'],
    },
    {
      title: `INSERT OR ${clause.toUpperCase()} of somebody new`,
      sql: `insert or ${clause} into contacts ${NEW} ('new@example.org', null, 0, 0)`,
      logs: ['exists 4'],
    },
  ]),
  {
    title: 'an upsert that updates',
    sql: `insert into contacts ${NEW} ('ADA@example.org', null, 0, 0) on conflict (email) do update set city = 'Paris'`,
    logs: ['profile 1'],
  },
  {
    title: 'an upsert that does nothing',
    sql: `insert into contacts ${NEW} ('ada@example.org', null, 0, 0) on conflict do nothing`,
    logs: ['profile 1'],
  },
  {
    title: 'an upsert under OR REPLACE, with the keys of two contacts',
    sql:
      `${FK_OFF}insert or replace into contacts ${NEW} ('ada@example.org', 'b', 0, 0) ` +
      "on conflict (email) do update set city = 'Paris'",
    logs: ['profile 1', 'profile 2'],
  },
  {
    title: 'an upsert that updates, twice',
    sql: Array.from(
      { length: 2 },
      () =>
        `insert into contacts ${NEW} ('ada@example.org', null, 0, 0) on conflict (email) do update set city = 'Paris'`,
    ).join(';\n'),
    logs: ['profile 1'],
  },
  {
    title: 'an upsert that inserts',
    sql: `insert into contacts ${NEW} ('new@example.org', null, 0, 0) on conflict (email) do update set city = 'Paris'`,
    logs: ['exists 4'],
  },
  {
    title: 'an upsert under OR IGNORE of events',
    sql:
      "insert or ignore into events (contact_id, type, occurred_at) values (3, 'web.visit', " +
      '0);\n' +
      "insert or ignore into events (contact_id, type, occurred_at) values (3, 'web.visit', 1)",
    logs: ['events 3'],
  },
];

const companies: CaptureCase[] = [
  {
    title: 'a company deleted, foreign keys on',
    sql: `${FK_ON}delete from companies where id = 1`,
    logs: ['company 1', 'profile 1'],
  },
  {
    title: 'a company deleted, foreign keys off',
    sql: `${FK_OFF}delete from companies where id = 1`,
    logs: ['company 1'],
  },
  ...OTHER_NAMES_OF_ID.map((id): CaptureCase => ({
    title: `a company with a new id, which is called ${id}`,
    sql: `update companies set ${id} = 50 where id = 2`,
    logs: ['company 2', 'company 50'],
  })),
  {
    title: 'INSERT OR REPLACE of a company by id',
    sql: `${FK_OFF}insert or replace into companies (id, name, created_at, updated_at) values (1, 'New', 0, 0)`,
    logs: ['company 1'],
  },
  {
    title: 'INSERT OR REPLACE of a company by name',
    sql: `${FK_OFF}insert or replace into companies (name, created_at, updated_at) values ('ACME', 0, 0)`,
    logs: ['company 1', 'company 3'],
  },
  {
    title: 'INSERT OR REPLACE of a company by a unique field',
    sql: "insert or replace into companies (name, vat, created_at, updated_at) values ('New', 'V2', 0, 0)",
    logs: ['company 2', 'company 3'],
  },
  {
    title: 'UPDATE OR REPLACE of a company by name',
    sql: `${FK_OFF}update or replace companies set name = 'zeta' where id = 1`,
    logs: ['company 1', 'company 2'],
  },
  {
    title: 'UPDATE OR REPLACE of a company by a unique field',
    sql: `${FK_OFF}update or replace companies set vat = 'v2' where id = 1`,
    logs: ['company 1', 'company 2'],
  },
  {
    title: 'UPDATE OR REPLACE of a company by id',
    sql: `${FK_OFF}update or replace companies set id = 1 where id = 2`,
    logs: ['company 1', 'company 2'],
  },
];

const tags: CaptureCase[] = [
  {
    title: 'a tag deleted, foreign keys on',
    sql: `${FK_ON}delete from tags where id = 1`,
    logs: ['tag 1', 'tags 1'],
  },
  {
    title: 'a tag deleted, foreign keys off',
    sql: `${FK_OFF}delete from tags where id = 1`,
    logs: ['tag 1'],
  },
  ...OTHER_NAMES_OF_ID.map((id): CaptureCase => ({
    title: `a tag with a new id, which is called ${id}`,
    sql: `update tags set ${id} = 50 where id = 2`,
    logs: ['tag 2', 'tag 50'],
  })),
  {
    title: 'INSERT OR REPLACE of a tag by id',
    sql: `${FK_OFF}insert or replace into tags (id, name, created_at) values (1, 'new', 0)`,
    logs: ['tag 1'],
  },
  {
    title: 'INSERT OR REPLACE of a tag by name',
    sql: `${FK_OFF}insert or replace into tags (name, created_at) values ('VIP', 0)`,
    logs: ['tag 1', 'tag 3'],
  },
  {
    title: 'UPDATE OR REPLACE of a tag by name',
    sql: `${FK_OFF}update or replace tags set name = 'BETA' where id = 1`,
    logs: ['tag 1', 'tag 2'],
  },
  {
    title: 'UPDATE OR REPLACE of a tag by id',
    sql: `${FK_OFF}update or replace tags set id = 1 where id = 2`,
    logs: ['tag 1', 'tag 2'],
  },
  {
    title: 'a contact tagged again by REPLACE',
    sql: 'insert or replace into contact_tags (contact_id, tag_id) values (1, 1)',
    logs: ['tags 1'],
  },
];

const events: CaptureCase[] = [
  {
    title: 'INSERT OR REPLACE of an event by id',
    sql: "insert or replace into events (id, contact_id, type, occurred_at) values (1, 3, 'web.visit', 0)",
    logs: ['events 1', 'events 3'],
  },
  {
    title: 'INSERT OR REPLACE of an event by its external id',
    sql: "insert or replace into events (contact_id, type, occurred_at, external_id) values (3, 'web.visit', 0, 'e2')",
    logs: ['events 2', 'events 3'],
  },
  {
    title: 'UPDATE OR REPLACE of an event by its external id',
    sql: "update or replace events set external_id = 'e2' where id = 1",
    logs: ['events 1', 'events 2'],
  },
  {
    title: 'UPDATE OR REPLACE of an event by id',
    sql: 'update or replace events set id = 2 where id = 1',
    logs: ['events 1', 'events 2'],
  },
  ...OTHER_NAMES_OF_ID.map((id): CaptureCase => ({
    title: `UPDATE OR REPLACE of an event by id, which is called ${id}`,
    sql: `update or replace events set ${id} = 2 where id = 1`,
    logs: ['events 1', 'events 2'],
  })),
];

const consentAndPins: CaptureCase[] = [
  {
    title: 'a suppression edited by REPLACE',
    sql: "insert or replace into suppressions values (1, 'EMAIL', 'bounced', 0)",
    logs: ['consent 1'],
  },
  {
    title: 'a pin replaced',
    sql: `insert or replace into pins (segment_id, contact_id, kind, via, created_at)
      values (1, 1, 'out', 'manual', 0)`,
    logs: ['pin 1 in 1'],
  },
];

const others: CaptureCase[] = [
  {
    title: 'a bulk load',
    sql:
      'update capture set bulk = 1;\n' +
      "update contacts set city = 'Paris';\n" +
      'delete from events;\n' +
      `insert into contacts ${NEW} ('new@example.org', null, 0, 0)`,
    logs: [],
  },
  {
    title: 'ADD COLUMN, and an edit after it',
    sql: 'alter table contacts add column shoe_size real;\nupdate contacts set shoe_size = 41 where id = 1',
    logs: ['profile 1'],
  },
  {
    title: 'DROP COLUMN of one that is no field, and an edit after it',
    sql:
      'alter table contacts add column shoe_size real;\n' +
      'alter table contacts drop column shoe_size;\n' +
      "update contacts set city = 'Paris' where id = 1",
    logs: ['profile 1'],
  },
  {
    title: 'a field that is called like an id, and an id that changes after it',
    sql:
      'alter table contacts add column oid real;\n' +
      'update contacts set oid = 41 where id = 1;\n' +
      'update contacts set rowid = 50 where id = 3',
    logs: ['exists 3', 'exists 50', 'profile 1', 'profile 50'],
  },
  {
    title: 'DROP COLUMN of a company, and an edit after it',
    sql: "alter table companies drop column phone;\nupdate companies set city = 'Paris' where id = 1",
    logs: ['company 1'],
  },
  {
    title: 'RENAME COLUMN, and an edit after it',
    sql: "alter table contacts rename column plan to tariff;\nupdate contacts set tariff = 'pro' where id = 1",
    logs: ['profile 1'],
  },
];

/** What a file must log: SQL that only SQLite takes too. */
export const CAPTURE_CASES: readonly CaptureCase[] = [
  ...SHARED_CASES,
  ...contacts,
  ...replacedContacts,
  ...outerClauses,
  ...companies,
  ...tags,
  ...events,
  ...consentAndPins,
  ...others,
];
