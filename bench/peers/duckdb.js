// Peer (b): the 100 segments in DuckDB, two threads, members without a key or with one:
//   node bench/peers/duckdb.js load FILE FOLDER      FOLDER holds what tables.js wrote
//   node bench/peers/duckdb.js build|build-with-key|pass FILE NOW
//   node bench/peers/duckdb.js add FILE NOW SHAPE    one more segment of the shape, then without it
// All but the first print JSON: the members of each segment; of the one that was added, with the
// time of the statement alone.
import { join } from 'node:path';
import { timedHere } from '../measure.js';
import { newSegment, SEGMENTS } from '../segments.js';
import { importPeer } from './import-peer.js';
import { createTables, TABLES } from './tables.js';

/**
 * @typedef {object} Connection
 * @property {(sql: string) => Promise<unknown>} run
 * @property {(sql: string) => Promise<{ getRows: () => unknown[][] }>} runAndReadAll
 */

const MEMBERS = 'segment_id integer, contact_id bigint, since bigint, via varchar, run_id integer';
const HISTORY =
  'segment_id integer, contact_id bigint, joined_at bigint, left_at bigint, ' +
  'joined_via varchar, left_via varchar, joined_run integer, left_run integer';

/**
 * @param {Connection} db
 * @param {string} folder
 */
async function load(db, folder) {
  for (const statement of createTables({
    key: 'bigint primary key',
    number: 'bigint',
    text: 'varchar',
    double: 'double',
  }))
    await db.run(statement);
  for (const table of Object.keys(TABLES))
    await db.run(
      `copy ${table} from '${join(folder, `${table}.tsv`)}' ` +
        "(delimiter '\t', header false, nullstr '\\N', quote '', escape '')",
    );
}

/**
 * @param {Connection} db
 * @param {number} now
 * @param {string} key a constraint of the members' table
 */
async function build(db, now, key = '') {
  await db.run(`create or replace table memberships (${MEMBERS}${key})`);
  await db.run(`create or replace table membership_history (${HISTORY})`);
  for (const [index, { sql }] of SEGMENTS.entries())
    await db.run(insertion(index + 1, sql(now), now));
  return membersOf(db);
}

/**
 * @param {number} id
 * @param {string} sql
 * @param {number} now
 */
function insertion(id, sql, now) {
  return `insert into memberships
    select ${id}, matching.*, ${now}, 'filter', 1
    from (${unordered(sql)}) as matching`;
}

/**
 * @param {Connection} db
 * @param {number} now
 * @param {string} shape
 */
async function add(db, now, shape) {
  const [id, { sql }] = [SEGMENTS.length + 1, newSegment(shape)];
  const statement = insertion(id, sql(now), now);
  const timed = await timedHere(async () => db.run(statement));
  const rows = (
    await db.runAndReadAll(`select count(*) from memberships where segment_id = ${id}`)
  ).getRows();
  await db.run(`delete from memberships where segment_id = ${id}`);
  return { ...timed, members: Number(rows[0]?.[0]) };
}

/**
 * @param {Connection} db
 * @param {number} now
 */
async function pass(db, now) {
  for (const [index, { sql }] of SEGMENTS.entries()) {
    const id = index + 1;
    const leaving = `segment_id = ${id} and contact_id not in (select id from target)`;
    await db.run(
      `create or replace temp table target as select matching.* from (${unordered(sql(now))}) as matching (id)`,
    );
    await db.run('begin');
    await db.run(
      `insert into membership_history
        select segment_id, contact_id, since, ${now}, via, 'filter', run_id, 2
        from memberships
        where ${leaving}`,
    );
    await db.run(`delete from memberships where ${leaving}`);
    await db.run(
      `insert into memberships
        select ${id}, id, ${now}, 'filter', 2
        from target
        where id not in (select contact_id from memberships where segment_id = ${id})`,
    );
    await db.run('commit');
  }
  return membersOf(db);
}

/**
 * Sorting would be in vain: without a key there is no order to insert in, and with one DuckDB takes
 * as long.
 * @param {string} sql
 */
function unordered(sql) {
  return sql.replace(/ order by \w+$/, '');
}

/** @param {Connection} db */
async function membersOf(db) {
  const rows = (
    await db.runAndReadAll(
      'select segment_id, count(*) from memberships group by segment_id order by segment_id',
    )
  ).getRows();
  return Object.fromEntries(
    rows.map(([id, members]) => [SEGMENTS[Number(id) - 1]?.alias, Number(members)]),
  );
}

const [what = '', file, argument = '', shape = ''] = process.argv.slice(2);
const duckdb = await importPeer('@duckdb/node-api');
if (duckdb === undefined) throw new Error('@duckdb/node-api is not installed: npm ci in bench/');
/** @type {Readonly<Record<string, (db: Connection) => Promise<unknown>>>} */
const work = {
  load: async (db) => load(db, argument),
  build: async (db) => build(db, Number(argument)),
  'build-with-key': async (db) =>
    build(db, Number(argument), ', primary key (segment_id, contact_id)'),
  pass: async (db) => pass(db, Number(argument)),
  add: async (db) => add(db, Number(argument), shape),
};
if (work[what] === undefined) throw new Error(`${what} is none of ${Object.keys(work).join(', ')}`);
const instance = await duckdb['DuckDBInstance'].create(file, { threads: '2' });
/** @type {Connection & { closeSync: () => void }} */
const db = await instance.connect();
const answer = await work[what](db);
if (answer !== undefined) console.log(JSON.stringify(answer));
db.closeSync();
instance.closeSync();
