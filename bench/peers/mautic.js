// Peer (d): MariaDB with the statements that `mautic:segments:update` issues, without its pause of
// a second a page and with each page inserted in one statement:
//   node bench/peers/mautic.js load SOCKET FOLDER      FOLDER holds what tables.js wrote
//   node bench/peers/mautic.js build|pass SOCKET NOW
// The last two print the members of each segment as JSON.
import { join } from 'node:path';
import { SEGMENTS } from '../segments.js';
import { importPeer } from './import-peer.js';
import { createTables, INDEXES, TABLES } from './tables.js';

/** @typedef {{ query: (sql: string) => Promise<any>, end: () => Promise<void> }} Connection */

const PAGE = 300;

/**
 * @param {Connection} db
 * @param {string} folder
 */
async function load(db, folder) {
  await db.query('create database bench character set utf8mb4 collate utf8mb4_unicode_ci');
  await db.query('use bench');
  for (const statement of createTables({
    key: 'bigint primary key',
    number: 'bigint',
    text: 'varchar(191)',
    double: 'double',
  }))
    await db.query(statement);
  for (const table of Object.keys(TABLES))
    await db.query(`load data local infile '${join(folder, `${table}.tsv`)}' into table ${table}`);
  for (const statement of INDEXES) await db.query(statement);
  await db.query(`
    create table memberships (
      segment_id int not null, contact_id bigint not null, date_added datetime not null,
      manually_removed tinyint not null, manually_added tinyint not null,
      primary key (segment_id, contact_id), key memberships_contact (contact_id),
      key memberships_removed (manually_removed))`);
  await db.query(`analyze table ${Object.keys(TABLES).join(', ')}`);
}

/**
 * Updates one segment as that command's code does: counts the contacts to add, adds them page by
 * page, counts those to remove, removes them page by page.
 * @param {Connection} db
 * @param {number} id
 * @param {string} filter
 */
async function update(db, id, filter) {
  const missing = `(${filter}) and contacts.id not in (select contact_id from memberships where segment_id = ${id})`;
  const [added] = await db.query(
    `select count(*) as count, max(id) as last from contacts where ${missing}`,
  );
  for (let rest = Number(added.count); rest > 0; rest -= PAGE) {
    /** @type {{ id: bigint }[]} */
    const page = await db.query(
      `select id from contacts where ${missing} and id <= ${added.last} limit ${PAGE}`,
    );
    await db.query(
      `insert into memberships values ${page.map((row) => `(${id}, ${row.id}, now(), 0, 0)`).join(', ')}`,
    );
  }
  const orphans =
    `segment_id = ${id} and manually_added = 0 ` +
    `and contact_id not in (select id from contacts where ${filter})`;
  const [removed] = await db.query(
    `select count(*) as count, max(contact_id) as last from memberships where ${orphans}`,
  );
  for (let rest = Number(removed.count); rest > 0; rest -= PAGE) {
    /** @type {{ id: bigint }[]} */
    const page = await db.query(
      `select contact_id as id from memberships
        where ${orphans} and contact_id <= ${removed.last}
        limit ${PAGE}`,
    );
    await db.query(
      `delete from memberships
        where segment_id = ${id} and contact_id in (${page.map((row) => row.id).join(', ')})`,
    );
  }
}

/** @param {Connection} db */
async function membersOf(db) {
  const rows = await db.query(
    'select segment_id, count(*) as members from memberships group by segment_id',
  );
  return Object.fromEntries(
    rows.map((/** @type {{ segment_id: number, members: bigint }} */ row) => [
      SEGMENTS[row.segment_id - 1]?.alias,
      Number(row.members),
    ]),
  );
}

const [what, socket, argument = ''] = process.argv.slice(2);
const client = await importPeer('mariadb');
if (client === undefined) throw new Error('the package mariadb is not installed: npm ci in bench/');
/** @type {Connection} */
const db = await client['createConnection']({
  socketPath: socket,
  user: 'root',
  permitLocalInfile: true,
  ...(what === 'load' ? {} : { database: 'bench' }),
});
try {
  if (what === 'load') await load(db, argument);
  else if (what === 'build') await db.query('truncate memberships');
  else if (what !== 'pass') throw new Error(`${String(what)} is neither load nor build nor pass`);
  if (what !== 'load') {
    for (const [index, { condition }] of SEGMENTS.entries())
      await update(db, index + 1, condition(Number(argument)));
    console.log(JSON.stringify(await membersOf(db)));
  }
} finally {
  await db.end();
}
