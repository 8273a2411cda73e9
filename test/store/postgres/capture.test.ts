import { afterEach, beforeEach, expect, test } from 'vitest';
import { describePostgres } from '../../helpers/postgres.ts';
import { makeTrial, type TrialStore } from './trial-store.ts';
import { POSTGRES_CASES } from './capture-cases.ts';
import { loggedIn } from './logged.ts';

/** What `capture-cases.ts` says. */
const FILLED = `
  alter table contacts add column member_no text collate "C", add column plan text collate "C";
  alter table companies add column vat text collate "C";
  create unique index contacts_member_no on contacts (lower(member_no));
  create unique index companies_vat on companies (lower(vat));
  insert into fields (object, alias, label, type, is_unique)
  values ('contact', 'member_no', 'Member', 'text', 1), ('company', 'vat', 'VAT', 'text', 1),
    ('contact', 'plan', 'Plan', 'text', 0);
  insert into companies (name, vat, created_at, updated_at) values ('Acme', 'v1', 0, 0), ('Zeta', 'v2', 0, 0);
  insert into contacts (email, member_no, company_id, created_at, updated_at)
  values ('ada@example.org', 'a', 1, 0, 0), ('bob@example.org', 'b', null, 0, 0), (null, null, null, 0, 0);
  insert into tags (name, created_at) values ('vip', 0), ('beta', 0);
  insert into contact_tags values (1, 1);
  insert into events (contact_id, type, occurred_at, external_id)
  values (1, 'web.visit', 0, 'e1'), (2, 'web.visit', 0, 'e2');
  insert into suppressions (contact_id, channel, reason, created_at) values (1, 'email', 'unsubscribed', 0);
  insert into pins (segment_id, contact_id, kind, via, created_at) values (1, 1, 'in', 'manual', 0);`;

describePostgres('written with SQL', () => {
  let trial: TrialStore;
  beforeEach(async () => {
    trial = await makeTrial(FILLED);
  });
  afterEach(async () => trial.cleanup());

  test.each(POSTGRES_CASES)('$title is logged', async ({ sql, logs }) => {
    for (const statement of sql.split(';\n')) await trial.client.query(statement);
    expect(await loggedIn(trial.db)).toEqual([...logs].sort());
  });
});
