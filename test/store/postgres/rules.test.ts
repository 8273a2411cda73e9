import { afterEach, beforeEach, describe, expect } from 'vitest';
import { hasServer, OwnSchema, serverTest } from './own-schema.ts';

const ANN =
  "insert into contacts (id, email, created_at, updated_at) values (1, 'ann@x.example', 0, 0)";

const own = new OwnSchema();

beforeEach(async () => {
  if (hasServer) await own.run('begin');
});
afterEach(async () => {
  if (hasServer) await own.run('rollback');
});

describe('values that are none', () => {
  const contact = (column: string, value: string): string =>
    `insert into contacts (${column}, created_at, updated_at) values (${value}, 0, 0)`;
  serverTest.each([
    contact('id', '0'),
    contact('id', '9007199254740992'),
    contact('company_id', '9007199254740992'),
    contact('points', "'NaN'"),
    contact('points', "'Infinity'"),
    contact('points', '1.1e300'),
    contact('identified_at', '9007199254740992'),
    "insert into companies (id, name, created_at, updated_at) values (-1, 'x', 0, 0)",
    "insert into companies (name, employees, created_at, updated_at) values ('x', '-inf', 0, 0)",
    "insert into tags (id, name, created_at) values (9007199254740992, 'x', 0)",
    'insert into contact_tags values (9007199254740992, 1)',
    'insert into contact_tags values (1, 0)',
    "insert into events (contact_id, type, occurred_at) values (0, 'x', 0)",
    "insert into events (id, contact_id, type, occurred_at) values (0, 1, 'x', 0)",
    "insert into suppressions values (0, 0, 'email', 'manual')",
    "insert into pins (contact_id, created_at, segment_id, kind, via) values (0, 0, 1, 'in', 'x')",
    "insert into pins (contact_id, created_at, segment_id, kind, via) values (1, 0, 1, 'on', 'x')",
    "insert into segments (alias, name, kind, published, created_at, updated_at) values ('x', 'x', 'static', 2, 0, 0)",
    "insert into segments (alias, name, kind, convert_on, created_at, updated_at) values ('x', 'x', 'static', '2026-02-29', 0, 0)",
    "insert into fields (object, alias, label, type) values ('tag', 'x', 'x', 'x')",
    "insert into runs (command, now, started_at, status) values ('x', 0, 0, 'good')",
  ])('are refused: %s', async (statement) => {
    await expect(own.run(statement)).rejects.toMatchObject({ code: '23514' });
  });

  serverTest('lie beyond those that are taken', async () => {
    await own.run(
      contact('id, company_id, points', '9007199254740991, 9007199254740991, -1e300'),
      "insert into segments (alias, name, kind, convert_on, created_at, updated_at) values ('x', 'x', 'static', '2028-02-29', 0, 0)",
    );
    expect(await own.pluck('select points from contacts')).toEqual([-1e300]);
  });
});

serverTest.each([
  ['contacts (email, created_at, updated_at)', "'A@x', 0, 0", "'a@X', 0, 0"],
  ['companies (name, created_at, updated_at)', "'Ab', 0, 0", "'aB', 0, 0"],
  ['tags (name, created_at)', "'Ab', 0", "'aB', 0"],
  ['triggers (name, definition, created_at, updated_at)', "'Ab', '', 0, 0", "'aB', '', 0, 0"],
  ['fields (object, alias, label, type)', "'contact', 'Ab', '', ''", "'contact', 'aB', '', ''"],
  ['suppressions (contact_id, channel, reason, created_at)', "1, 'Ab', 'c', 0", "1, 'aB', 'C', 0"],
  ['former_values (contact_id, field_id, value, changed_at)', "1, 2, 'Ab', 0", "1, 2, 'aB', 0"],
  [
    'segments (alias, name, kind, created_at, updated_at)',
    "'Ab', '', 'static', 0, 0",
    "'aB', '', 'static', 0, 0",
  ],
])('%s is unique whatever the case of its letters', async (into, one, other) => {
  await own.run(`insert into ${into} values (${one})`);
  await expect(own.run(`insert into ${into} values (${other})`)).rejects.toMatchObject({
    code: '23505',
  });
});

serverTest('views for people name what ids stand for', async () => {
  await own.run(
    ANN,
    "insert into segments (id, alias, name, kind, created_at, updated_at) values (1, 'all', 'All', 'static', 0, 0)",
    "insert into cause_words (id, word) values (1, 'people.csv')",
    "insert into causes (id, segment_id, at, via, name, run_id) values (1, 1, 1000, 'import', 1, 4), (2, 1, 500, 'manual', null, 5)",
    'insert into joined (segment_id, contact_id, cause_id) values (1, 1, 1)',
    'insert into joined_history (segment_id, contact_id, joined_cause, left_cause) values (1, 1, 1, 2), (1, 1, 9, 2), (1, 1, 1, 9)',
    "insert into pins (contact_id, created_at, segment_id, kind, via) values (1, 0, 1, 'in', 'manual')",
  );
  const all = async (view: string): Promise<unknown[]> =>
    own.rows(`select * from ${view} order by 1`);
  expect(await all('memberships')).toEqual([
    { segment_id: 1, contact_id: 1, since: 1000, via: 'import', run_id: 4 },
  ]);
  expect(await all('segment_members')).toEqual([
    {
      ...{ segment: 'all', contact_id: 1, email: 'ann@x.example' },
      ...{ since: '1970-01-01T00:00:01Z', via: 'import', pin: 'in', pin_via: 'manual' },
    },
  ]);
  expect(await own.pluck('select name from segment_causes order by id')).toEqual([
    'people.csv',
    null,
  ]);
  // nobody left before joining; where a cause is missing, nobody knows when
  expect(await own.pluck('select left_at from membership_history order by id')).toEqual([
    1000,
    500,
    null,
  ]);
});

serverTest('a membership takes eighty bytes at most', async () => {
  await own.run('insert into joined select n, 1, 1 from generate_series(1, 100000) as n');
  const [bytes = NaN] = await own.pluck<number>(
    "select pg_total_relation_size('joined')::float8 / 100000",
  );
  expect(bytes).toBeLessThan(80);
});

serverTest('what refers to fields and triggers goes with them', async () => {
  await own.run(
    "insert into triggers (id, name, definition, created_at, updated_at) values (1, 'x', '', 0, 0), (2, 'y', '', 0, 0)",
    'insert into trigger_fired (event_id, trigger_id) values (1, 1), (1, 2)',
    'insert into trigger_above (contact_id, trigger_id) values (1, 1), (1, 2)',
    "insert into former_values values (1, 0, 2, 'x'), (1, 0, 3, 'x')",
    "insert into value_suppressions values (0, 2, 'x', 'sms', 'manual'), (0, 3, 'x', 'sms', 'manual')",
    'delete from triggers where id = 1',
    'delete from fields where id = 3',
  );
  for (const table of ['trigger_fired', 'trigger_above'])
    expect(await own.pluck(`select trigger_id from ${table}`)).toEqual([2]);
  for (const table of ['former_values', 'value_suppressions'])
    expect(await own.pluck(`select field_id from ${table}`)).toEqual([2]);
});
