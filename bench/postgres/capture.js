import pg from 'pg';
import { amountLine, ratioLine } from '../line.js';
import { interleaved, timedHere } from '../measure.js';
import { withNew } from '../workloads/capture-cost.js';
import { NOW } from '../world.js';
import { bytesEach } from './sizes.js';

const MOST = { rows: 2, sets: 1.8 };
const COLUMNS = 'email, first_name, city, points, created_at, updated_at';
const UPSERT = `on conflict (lower(email)) do update set first_name = excluded.first_name,
  city = excluded.city, points = excluded.points, updated_at = excluded.updated_at`;

/** @typedef {(client: pg.Client, emails: string[]) => Promise<void>} Writing */

/**
 * Upserts by another program, half as many as there are contacts, as `workloads/capture-cost.js`
 * makes them: row by row or as one statement, with our triggers and without, each into a fresh
 * database, in one transaction with its commit.
 * @param {import('../postgres.js').Bench} bench
 * @returns {Promise<import('../postgres.js').Results>}
 */
export async function captureCost({ cluster, smaller, rounds, say, worlds }) {
  const { template } = await worlds.defined(smaller);
  const database = 'captured';
  const rows = Math.floor(smaller / 2);
  const measure = async (/** @type {Writing} */ write, /** @type {boolean} */ hasTriggers) => {
    cluster.make(database, template);
    if (!hasTriggers) cluster.run(database, 'alter table contacts disable trigger user');
    say(`upsert of ${rows} rows`);
    return upsert(cluster, database, { rows, write });
  };
  const taken = await interleaved(rounds, {
    bareRows: async () => measure(rowByRow, false),
    bareSet: async () => measure(asOneSet, false),
    rows: async () => measure(rowByRow, true),
    set: async () => measure(asOneSet, true),
  });
  const entry = bytesEach(cluster, database, 'contact_changes');
  cluster.drop(database);
  const upserts = `upsert of ${rows.toLocaleString('en')}`;
  const to = 'without our triggers';
  return {
    lines: [
      ratioLine(`${upserts} single rows`, taken.rows, {
        to,
        than: taken.bareRows,
        most: MOST.rows,
      }),
      ratioLine(`${upserts} rows as a set`, taken.set, {
        to,
        than: taken.bareSet,
        most: MOST.sets,
      }),
      amountLine('an entry of the change log', entry.bytes, 'bytes'),
    ],
    costs: { entry },
  };
}

/**
 * @param {import('./cluster.js').Cluster} cluster
 * @param {string} database
 * @param {{ rows: number, write: Writing }} options
 */
async function upsert(cluster, database, { rows, write }) {
  const client = new pg.Client({ connectionString: cluster.url(database) });
  await client.connect();
  await client.query('set search_path = rollcall');
  const { rows: present } = await client.query(
    'select email from contacts where id % 5 < 2 order by id limit $1',
    [Math.floor(rows * 0.8)],
  );
  const emails = withNew(present.map(({ email }) => String(email)));
  return cluster.charged(async () => {
    const timed = await timedHere(async () => {
      await client.query('begin');
      await write(client, emails);
      await client.query('commit');
    });
    await client.end();
    return timed;
  });
}

/** @type {Writing} */
async function rowByRow(client, emails) {
  const text = `insert into contacts (${COLUMNS}) values ($1, $2, $3, $4, $5, $6) ${UPSERT}`;
  for (const [index, email] of emails.entries()) {
    const values = [email, 'Ann', 'Barberg', index % 1000, NOW, NOW];
    await client.query({ name: 'upsert', text, values });
  }
}

/** @type {Writing} */
async function asOneSet(client, emails) {
  const text = `insert into contacts (${COLUMNS})
    select email, 'Ann', 'Barberg', place % 1000, $2::bigint, $2::bigint
    from unnest($1::text[]) with ordinality as given (email, place) ${UPSERT}`;
  await client.query(text, [emails, NOW]);
}
