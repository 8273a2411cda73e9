import { join } from 'node:path';
import { dumpTables, STORE_TABLES } from '../peers/tables.js';
import { defineSegments } from '../segments.js';
import { makeStore, worldAt } from '../world.js';
import { CUSTOM_FIELDS } from '../world/values.js';

/**
 * Makes a database whose store has the world of so many contacts, with segments, unbuilt, in the
 * state that a large import leaves.
 * @param {import('./cluster.js').Cluster} cluster
 * @param {string} database
 * @param {number} contacts
 * @param {readonly import('../segments.js').Segment[]} segments
 */
export async function makeWorld(cluster, database, contacts, segments) {
  const folder = await dumpTables(await worldAt({ contacts }), STORE_TABLES);
  cluster.make(database);
  makeStore(cluster.url(database), CUSTOM_FIELDS);
  cluster.run(
    database,
    'begin',
    "set local rollcall.bulk = '1'", // not logged row by row
    ...Object.entries(STORE_TABLES).flatMap(([table, columns]) => [
      `\\copy ${table} (${Object.keys(columns).join(', ')}) from '${join(folder, `${table}.tsv`)}'`,
      ...('id' in columns ? [continueIds(table)] : []),
    ]),
    "insert into wide_changes (id, kind) values (0, 'f')", // but forgotten
    'commit',
    'vacuum analyze',
    'checkpoint',
  );
  await defineSegments(cluster.url(database), segments);
}

/**
 * Rows that come later have ids after those that were given.
 * @param {string} table
 */
function continueIds(table) {
  return `select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`;
}
