// A file of people in DuckDB, two threads, in a table with a primary key:
//   node bench/csv/duckdb.js import DB FILE
//   node bench/csv/duckdb.js export DB FILE
import { importPeer } from '../peers/import-peer.js';
import { COLUMNS } from './file.js';

const [what, db = '', file = ''] = process.argv.slice(2);
const duckdb = await importPeer('@duckdb/node-api');
if (duckdb === undefined) throw new Error('@duckdb/node-api is not installed: npm ci in bench/');
const instance = await duckdb['DuckDBInstance'].create(db, { threads: '2' });
const connection = await instance.connect();
if (what === 'import') {
  const [key, ...others] = COLUMNS;
  await connection.run(
    `create table people (${key} varchar primary key, ` +
      `${others.map((column) => `${column} varchar`).join(', ')})`,
  );
  await connection.run(
    `insert into people select * from read_csv('${file}', header = true, all_varchar = true)`,
  );
  await connection.run('checkpoint');
} else await connection.run(`copy people to '${file}' (header true)`);
connection.closeSync();
instance.closeSync();
