import Sqlite from 'better-sqlite3';
import { CUSTOM_FIELD_TYPES } from '../../src/contact/field-rules.ts';
import { ran, type Ran } from './ran.ts';

export const NOW = '2026-03-01T10:00:00Z';
const YESTERDAY = '2026-02-28T10:00:00Z';
const NOW_MS = Date.parse(NOW);
const DAY_MS = 86_400_000;

/** Filters that between them read every kind of data. */
const SEGMENTS: readonly (readonly [string, string])[] = [
  ['rich', 'points >= 30'],
  ['richer', 'in segment rich and last_active_at in last 30 days or points > 80'],
  [
    'buyers',
    'did purchase where (subject contains "a" and property.campaign = "x") in last 60 days',
  ],
  ['tagged', 'tagged "new" or suppressed(email)'],
  ['staff', 'company.employees > 3 and company.founded before 2020-01-01'],
  ['young', 'anniversary(a_date) in next 60 days or a_datetime before now or a_date before today'],
  ['fresh', 'joined segment rich in last 30 days'],
  [
    'odd',
    'a_number > 1 and a_boolean = true and a_select = "one" or a_multiselect has any ("one")',
  ],
];

type Run = (...words: string[]) => Promise<Ran>;

/**
 * Makes a store that has rows in every table, with custom fields of every type, and whose segments
 * are built.
 */
export async function makeSoundStore(path: string): Promise<void> {
  const run: Run = async (...words) => {
    const done = await ran([...words, '--db', path]);
    if (done.exit !== 0)
      throw new Error(`rollcall ${words.join(' ')} ended with ${done.exit}: ${done.stderr}`);
    return done;
  };
  await run('init');
  await makeFields(run);
  execute(path, DATA);
  await makeSegments(async (...words) => run(...words, '--now', YESTERDAY));
  await moveOn(async (...words) => run(...words, '--now', NOW));
  execute(path, RECORDS);
}

async function makeFields(run: Run): Promise<void> {
  for (const type of CUSTOM_FIELD_TYPES) {
    const options = type.endsWith('select') ? ['--options', 'one,two'] : [];
    const index = type === 'date' ? ['--index'] : [];
    await run('fields:create', `a_${type}`, '--type', type, ...options, ...index);
  }
  await run('fields:create', 'member_no', '--type', 'text', '--unique');
  await run('fields:create', 'founded', '--type', 'date', '--object', 'company');
}

/** Built, and with people put in and taken out by hand. */
async function makeSegments(run: Run): Promise<void> {
  for (const [name, where] of SEGMENTS) await run('segments:create', name, '--where', where);
  await run('segments:create', 'hand');
  await run('segments:update');
  await run('segments:add', 'rich', '1', '--until', '2026-04-01', '--reason', 'why');
  await run('segments:remove', 'rich', '9');
  await run('segments:add', 'hand', '2', '3');
}

/** A day later. */
async function moveOn(run: Run): Promise<void> {
  await run('segments:remove', 'hand', '3');
  await run('segments:convert', 'tagged', '--to', 'static', '--on', '2027-01-01');
  await run('segments:convert', 'staff', '--to', 'static', '--after-inactivity', '90d');
  await run('segments:update');
}

/** Runs statements as somebody does who looks neither at links nor at checks. */
export function execute(path: string, statements: string): void {
  const raw = new Sqlite(path);
  try {
    raw.pragma('foreign_keys = off');
    raw.pragma('ignore_check_constraints = on');
    raw.unsafeMode(true);
    raw.exec(statements);
  } finally {
    raw.close();
  }
}

const CONTACT = `'t', 1.5, 1, '1990-03-20', ${NOW_MS - DAY_MS}, 'x@y.org', 'http://x.org', '1', 'one', '|one|two|'`;
const DATA = `
  insert into companies (name, employees, founded, created_at, updated_at)
    values ('Acme', 12, '2019-05-06', ${NOW_MS}, ${NOW_MS});
  insert into contacts (email, identified_at, member_no, points, company_id,
      ${CUSTOM_FIELD_TYPES.map((type) => `a_${type}`).join(', ')}, created_at, updated_at)
  select iif(value % 3 < 2, 'c' || value || '@example.org', null),
      iif(value % 3 < 2, ${NOW_MS}, null), 'm' || value, value * 10, 1, ${CONTACT}, ${NOW_MS},
      ${NOW_MS}
  from json_each('[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]');
  insert into tags (name, created_at) values ('new', 0), ('vip', 0);
  insert into contact_tags (contact_id, tag_id) values (1, 1), (2, 1), (1, 2);
  insert into suppressions (contact_id, channel, reason, created_at)
    values (1, 'email', 'bounced', ${NOW_MS}), (3, 'sms', 'manual', ${NOW_MS});
  insert into events (contact_id, type, subject, value, occurred_at, properties, external_id)
  values (1, 'purchase', 'a b', 1, ${NOW_MS - DAY_MS}, '{"campaign":"x"}', 'e1'),
      (2, 'page.hit', null, null, ${NOW_MS}, null, null)`;

/** What no command makes yet, or only a crash. */
const RECORDS = `
  insert into imports (kind, file, run_id, finished_at, "rows", inserted, updated, unchanged, rejected)
  values ('contacts', 'a.csv', 1, ${NOW_MS}, 1, 1, 0, 0, 0);
  insert into import_ids values (1, 'contacts', 1, 2);
  insert into import_tags values (1, 1, 1, 1);
  insert into import_pins values (1, 1, 1, null, 'manual', null, null, 0, null);
  insert into former_values values (1, 1, 'former@example.org', 0);
  insert into merged_contacts values (99, null, 1);
  insert into triggers (name, definition, created_at, updated_at)
    values ('t', '{"when":{"kind":"points","points":1000000},"add":[1],"remove":[],"via":null,"reason":null}', 0, 0);
  insert into audit (at, action, object) values (0, 'a', 'o');
  insert into erased values ('h', 0);
  insert into runs (command, now, started_at) values ('segments:update', ${NOW_MS}, ${NOW_MS});
  update contacts set points = points + 0.5 where id = 4`;
