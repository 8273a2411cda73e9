/**
 * What SQL written to a store must log, one statement or a few (`;` and a line end between them) a
 * case. The stores they are run on, made by `capture.test.ts` and `postgres/capture.test.ts`, hold
 * contacts 1 ada, 2 bob and 3 eve; companies 1 Acme (ada's) and 2 Zeta; tags 1 vip (ada's) and 2
 * beta; events 1 (ada's, `e1`) and 2 (bob's, `e2`); ada's suppression; segment 1 with ada pinned in;
 * and unique fields `member_no` and `vat`.
 */
export interface CaptureCase {
  readonly title: string;
  readonly sql: string;
  /** `KIND ID`, and for a pin ` in SEGMENT`. */
  readonly logs: readonly string[];
}

/** SQL that both databases take. */
export const SHARED_CASES: readonly CaptureCase[] = [
  {
    title: 'a contact inserted',
    sql: "insert into contacts (email, member_no, created_at, updated_at) values ('new@example.org', null, 0, 0)",
    logs: ['exists 4'],
  },
  {
    title: 'a contact edited',
    sql: "update contacts set city = 'Paris' where id = 1",
    logs: ['profile 1'],
  },
  {
    title: 'a contact edited twice',
    sql: "update contacts set city = 'Paris' where id = 1;\nupdate contacts set city = 'Rome' where id = 1",
    logs: ['profile 1'],
  },
  {
    title: 'an edit of the case alone',
    sql: "update contacts set email = 'ADA@example.org', member_no = 'A' where id = 1",
    logs: ['profile 1'],
  },
  {
    title: 'many contacts edited',
    sql: 'update contacts set points = points + 1',
    logs: ['profile 1', 'profile 2', 'profile 3'],
  },
  {
    title: 'a contact moved to another company',
    sql: 'update contacts set company_id = 2 where id = 1',
    logs: ['profile 1'],
  },
  {
    title: 'a company inserted',
    sql: "insert into companies (name, created_at, updated_at) values ('New', 0, 0)",
    logs: ['company 3'],
  },
  {
    title: 'a company edited',
    sql: "update companies set city = 'Lyon' where id = 1",
    logs: ['company 1'],
  },
  {
    title: "an edit of a company's case alone",
    sql: "update companies set name = 'ACME' where id = 1",
    logs: ['company 1'],
  },
  {
    title: 'a company with a new id',
    sql: 'update companies set id = 50 where id = 2',
    logs: ['company 2', 'company 50'],
  },
  {
    title: 'a tag inserted',
    sql: "insert into tags (name, created_at) values ('new', 0)",
    logs: ['tag 3'],
  },
  { title: 'a tag renamed', sql: "update tags set name = 'gold' where id = 1", logs: ['tag 1'] },
  {
    title: "an edit of a tag's case alone",
    sql: "update tags set name = 'VIP' where id = 1",
    logs: ['tag 1'],
  },
  {
    title: 'a tag with a new id',
    sql: 'update tags set id = 50 where id = 2',
    logs: ['tag 2', 'tag 50'],
  },
  {
    title: 'a contact tagged',
    sql: 'insert into contact_tags (contact_id, tag_id) values (2, 1)',
    logs: ['tags 2'],
  },
  {
    title: 'a contact untagged',
    sql: 'delete from contact_tags where contact_id = 1',
    logs: ['tags 1'],
  },
  {
    title: 'a tag moved from one contact to another',
    sql: 'update contact_tags set contact_id = 2',
    logs: ['tags 1', 'tags 2'],
  },
  {
    title: 'an event inserted',
    sql: "insert into events (contact_id, type, occurred_at) values (3, 'web.visit', 0)",
    logs: ['events 3'],
  },
  { title: 'an event edited', sql: 'update events set value = 7 where id = 1', logs: ['events 1'] },
  {
    title: 'an event moved from one contact to another',
    sql: 'update events set contact_id = 3 where id = 1',
    logs: ['events 1', 'events 3'],
  },
  { title: 'an event deleted', sql: 'delete from events where id = 2', logs: ['events 2'] },
  {
    title: 'an event with a new id',
    sql: 'update events set id = 50 where id = 2',
    logs: ['events 2'],
  },
  {
    title: 'a suppression inserted',
    sql: "insert into suppressions (contact_id, channel, reason, created_at) values (2, 'email', 'bounced', 0)",
    logs: ['consent 2'],
  },
  {
    title: 'a suppression moved to another contact',
    sql: 'update suppressions set contact_id = 2',
    logs: ['consent 1', 'consent 2'],
  },
  { title: 'a suppression lifted', sql: 'delete from suppressions', logs: ['consent 1'] },
  {
    title: 'a pin inserted',
    sql: "insert into pins (segment_id, contact_id, kind, via, created_at) values (7, 2, 'out', 'manual', 0)",
    logs: ['pin 2 in 7'],
  },
  { title: 'a pin turned round', sql: "update pins set kind = 'out'", logs: ['pin 1 in 1'] },
  { title: 'a pin whose end is moved', sql: 'update pins set until = 5', logs: ['pin 1 in 1'] },
  {
    title: 'a pin moved to another segment',
    sql: 'update pins set segment_id = 9',
    logs: ['pin 1 in 1', 'pin 1 in 9'],
  },
  {
    title: 'a pin moved to another contact and segment',
    sql: 'update pins set contact_id = 2, segment_id = 9',
    logs: ['pin 1 in 1', 'pin 2 in 9'],
  },
  { title: 'a pin removed', sql: 'delete from pins', logs: ['pin 1 in 1'] },
  {
    title: 'a write taken back',
    sql: "begin;\nupdate contacts set city = 'Paris';\nrollback",
    logs: [],
  },
];
