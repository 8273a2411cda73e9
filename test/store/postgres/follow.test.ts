import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inWriting } from '../../../src/store/postgres/connection/transactions.ts';
import { countIdentified } from '../../../src/store/postgres/delta/identified.ts';
import { initStore, openStore } from '../../../src/store/sqlite/open.ts';
import { NOW } from '../conformance/fixture.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { seeded } from './run-log.ts';
import { makeTrial, type TrialStore } from './trial-store.ts';

/*
 * What follows from a write by itself is the same in both databases: suppressions and what is noted
 * for values, former values, uses of causes, and what goes with rows that are deleted.
 */

const FIELD_IDS = { phone_no: 1000, score: 1001 };

const COMPARED = [
  'select contact_id, lower(channel) as channel, lower(reason) as reason, created_at from suppressions order by 1, 2, 3',
  'select lower(address) as address, lower(channel) as channel, lower(reason) as reason, created_at from address_suppressions order by 1, 2, 3',
  "select field_id, replace(cast(value as text), '.0', '') as value, lower(channel) as channel, lower(reason) as reason from value_suppressions order by 1, lower(replace(cast(value as text), '.0', '')), 3, 4",
  "select contact_id, field_id, replace(cast(value as text), '.0', '') as value, changed_at from former_values order by 1, 2, lower(replace(cast(value as text), '.0', ''))",
  'select contact_id, merged_into from merged_contacts order by 1',
  'select id, uses from causes order by id',
  'select event_id from trigger_fired order by 1',
  'select contact_id, tag_id from contact_tags order by 1, 2',
  'select contact_id from import_tags order by 1',
  'select contact_id from import_pins order by 1',
  'select id, contact_id from events order by id',
  'select id, company_id from contacts order by id',
  'select id, anonymous from segments order by id',
];

const SETUP = `
  insert into causes (id, segment_id, at, via) values (1, 1, 0, 'manual'), (2, 1, 0, 'manual');
  insert into segments (id, alias, name, kind, created_at, updated_at, anonymous, members) values (1, 's', 's', 'static', 0, 0, 6, 6);
  insert into companies (id, name, created_at, updated_at) values (1, 'Acme', 0, 0), (2, 'Zeta', 0, 0);
  insert into tags (id, name, created_at) values (1, 'vip', 0), (2, 'beta', 0);
  insert into contacts (id, email, phone_no, score, company_id, created_at, updated_at) values
    (1, 'a1@example.org', '11', 1, 1, 0, 0), (2, 'a2@example.org', '12', 2, 2, 0, 0), (3, 'a3@example.org', null, null, 1, 0, 0),
    (4, null, '14', 4, null, 0, 0), (5, 'a5@example.org', null, 0.5, null, 0, 0), (6, null, null, null, null, 0, 0);
  insert into joined (segment_id, contact_id, cause_id) values (1, 1, 1), (1, 2, 1), (1, 3, 1), (1, 4, 1), (1, 5, 1), (1, 6, 1);
  insert into triggers (id, name, definition, created_at, updated_at) values (1, 't', '{}', 0, 0);
  insert into import_tags (contact_id, import_id, tag_id, is_added) values (1, 1, 1, 1), (2, 1, 1, 1);
  insert into import_pins (contact_id, segment_id, import_id, via, created_at) values (1, 1, 1, 'manual', 0), (3, 1, 1, 'manual', 0)`;

type Random = (below: number) => number;

const one = (random: Random, ...some: string[]): string => some[random(some.length)]!;

/** Statements that both databases take, each with a random part. */
const DEEDS: ((random: Random, step: number) => string)[] = [
  (random, step) =>
    `insert into suppressions (contact_id, channel, reason, created_at) select id, '${one(random, 'email', 'SMS', 'Email')}', '${one(random, 'bounced', 'unsubscribed')}', ${step} from contacts where id % 3 = ${random(3)} on conflict do nothing`,
  (random) =>
    `delete from suppressions where contact_id % 3 = ${random(3)} and lower(channel) = '${one(random, 'email', 'sms')}'`,
  (random, step) =>
    `update suppressions set created_at = ${step} where contact_id % 3 = ${random(3)}`,
  (random) =>
    `update suppressions set reason = 'manual' where contact_id = ${1 + random(8)} and reason <> 'manual' and not exists (select 1 from suppressions as s where s.contact_id = suppressions.contact_id and s.channel = suppressions.channel and s.reason = 'manual') and lower(channel) = 'sms'`,
  (random, step) =>
    `insert into contacts (id, email, phone_no, score, created_at, updated_at) values (${1 + random(8)}, '${one(random, 'a', 'A')}${1 + random(6)}@example.org', '1${random(6)}', ${one(random, 'null', '0.5', '2')}, ${step}, ${step}) on conflict do nothing`,
  (random, step) =>
    `update contacts set email = '${one(random, 'b', 'B')}${random(4)}@example.org', updated_at = ${step} where id = ${1 + random(8)} and not exists (select 1 from contacts as c where lower(c.email) in ('b0@example.org', 'b1@example.org', 'b2@example.org', 'b3@example.org'))`,
  (random, step) =>
    `update contacts set email = upper(email), updated_at = ${step} where id % 2 = ${random(2)}`,
  (random, step) =>
    `update contacts set phone_no = null, updated_at = ${step} where id = ${1 + random(8)}`,
  (random, step) =>
    `update contacts set score = score + ${step}000, updated_at = ${step} where id % 2 = ${random(2)}`,
  (random, step) =>
    `update contacts set email = 'n${step}-' || id, updated_at = ${step} where id % 3 = ${random(3)}`,
  (random) => `delete from contacts where id = ${1 + random(8)}`,
  (_, step) =>
    `insert into events (id, contact_id, type, occurred_at) select ${step * 10} + id, id, 'x', 0 from contacts where id < 4`,
  () =>
    'insert into trigger_fired (trigger_id, event_id) select 1, id from events where id > 0 on conflict do nothing',
  (random) => `delete from events where id % 3 = ${random(3)}`,
  (random) =>
    `insert into contact_tags (contact_id, tag_id) select id, ${1 + random(2)} from contacts where id % 2 = ${random(2)} and exists (select 1 from tags where id = 2) on conflict do nothing`,
  (random) =>
    `insert into pins (segment_id, contact_id, kind, via, created_at, cause_id) select 1, id, 'in', 'manual', 0, ${one(random, '1', '2', 'null')} from contacts where id % 2 = ${random(2)} on conflict do nothing`,
  (random) =>
    `update pins set cause_id = ${one(random, '1', '2', 'null')} where contact_id % 2 = ${random(2)}`,
  (random) => `delete from pins where contact_id % 3 = ${random(3)}`,
  (random) =>
    `update contacts set company_id = ${1 + random(2)} where id = ${1 + random(8)} and exists (select 1 from companies where id = 1) and exists (select 1 from companies where id = 2)`,
  (random) =>
    `update contacts set identified_at = ${one(random, 'null', '5')} where id % 3 = ${random(3)}`,
  (random) => `delete from companies where id = 1 and ${random(4)} = 0`,
  (random) => `delete from tags where id = 2 and ${random(6)} = 0`,
  (random) =>
    `insert into merged_contacts (contact_id, created_at, merged_into) select ${random(100) + 50}, 0, id from contacts where id = ${1 + random(8)} on conflict do nothing`,
];

describePostgres('what follows from a write', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-follow-'));
  const path = join(folder, 'store.db');
  let trial: TrialStore;
  let raw: Sqlite.Database;
  beforeEach(async () => {
    trial = await makeTrial(`
      alter table contacts add column phone_no text collate "C", add column score float8;
      create unique index contacts_phone_no on contacts (lower(phone_no));
      create unique index contacts_score on contacts (score);
      insert into fields (id, object, alias, label, type, is_unique) values
        (${FIELD_IDS.phone_no}, 'contact', 'phone_no', 'Phone no', 'text', 1), (${FIELD_IDS.score}, 'contact', 'score', 'Score', 'number', 1)`);
    await initStore(path);
    const store = await openStore(path);
    await store.write(async (tx) => {
      for (const [alias, type] of [
        ['phone_no', 'text'],
        ['score', 'number'],
      ] as const)
        await tx.fields.add(
          {
            object: 'contact',
            alias,
            label: alias,
            type,
            options: [],
            unique: true,
            indexed: false,
          },
          NOW,
        );
    });
    await store.close();
    raw = new Sqlite(path);
    raw.pragma('foreign_keys = on');
    raw.exec(SETUP);
    await trial.client.query(SETUP);
  });
  afterEach(async () => {
    raw.close();
    rmSync(path);
    await trial.cleanup();
  });

  test.each([1, 2, 3, 4])('is the same as in a file, story %i', async (story) => {
    const ids = raw
      .prepare("select id from fields where alias in ('phone_no', 'score') order by id")
      .pluck()
      .all();
    expect(ids).toEqual(Object.values(FIELD_IDS));
    const random = seeded(story);
    for (let step = 1; step <= 120; step += 1) {
      const deed = DEEDS[random(DEEDS.length)]!(random, step);
      raw.exec(deed);
      await trial.client.query(deed);
      await inWriting(trial.db, async () => countIdentified(trial.db));
      for (const query of COMPARED)
        expect(await trial.db.all(sql.raw(query)), `${step}: ${deed}\n${query}`).toEqual(
          raw.prepare(query).all(),
        );
    }
  });
});
