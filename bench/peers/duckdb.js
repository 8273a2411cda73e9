// Peer (b): the 100 segments in DuckDB, two threads, members without a key:
//   node bench/peers/duckdb.js load FILE FOLDER      FOLDER holds what tables.js wrote
//   node bench/peers/duckdb.js build|pass FILE NOW
// The last two print the members of each segment as JSON.
import { join } from 'node:path';
import { SEGMENTS } from '../segments.js';
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
 */
async function build(db, now) {
  await db.run(`create or replace table memberships (${MEMBERS})`);
  await db.run(`create or replace table membership_history (${HISTORY})`);
  for (const [index, { sql }] of SEGMENTS.entries()) {
    await db.run(
      `insert into memberships
        select ${index + 1}, matching.*, ${now}, 'filter', 1
        from (${unordered(sql(now))}) as matching`,
    );
  }
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
}

/** Without a key to insert in the order of, sorting would be in vain. @param {string} sql */
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

const [what, file, argument = ''] = process.argv.slice(2);
const duckdb = await importPeer('@duckdb/node-api');
if (duckdb === undefined) throw new Error('@duckdb/node-api is not installed: npm ci in bench/');
const instance = await duckdb['DuckDBInstance'].create(file, { threads: '2' });
/** @type {Connection & { closeSync: () => void }} */
const db = await instance.connect();
if (what === 'load') await load(db, argument);
else if (what === 'build') await build(db, Number(argument));
else if (what === 'pass') await pass(db, Number(argument));
else throw new Error(`${String(what)} is neither load nor build nor pass`);
if (what !== 'load') console.log(JSON.stringify(await membersOf(db)));
db.closeSync();
instance.closeSync();
