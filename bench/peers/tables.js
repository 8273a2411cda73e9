import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { keyOfFiles } from '../file-key.js';

/**
 * The tables of the world's data, the same for every peer: table → column → its type in standard
 * words.
 * @type {Readonly<Record<string, Readonly<Record<string, 'key' | 'number' | 'text' | 'double'>>>>}
 */
export const TABLES = {
  companies: {
    id: 'key',
    name: 'text',
    city: 'text',
    country: 'text',
    industry: 'text',
    employees: 'double',
    annual_revenue: 'double',
  },
  contacts: {
    id: 'key',
    email: 'text',
    first_name: 'text',
    last_name: 'text',
    phone: 'text',
    position: 'text',
    city: 'text',
    zipcode: 'text',
    country: 'text',
    points: 'double',
    company_id: 'number',
    created_at: 'number',
    last_active_at: 'number',
    plan: 'text',
    revenue: 'double',
    language: 'text',
    score: 'double',
    birthday: 'text',
  },
  tags: { id: 'key', name: 'text' },
  contact_tags: { contact_id: 'number', tag_id: 'number' },
  events: {
    id: 'key',
    contact_id: 'number',
    type: 'text',
    subject: 'text',
    value: 'double',
    occurred_at: 'number',
  },
};

const STAMPS = /** @type {const} */ ({ created_at: 'number', updated_at: 'number' });

/**
 * The same with what a store of rollcall's has besides: for loading one, not for peers.
 * @type {typeof TABLES}
 */
export const STORE_TABLES = {
  ...TABLES,
  companies: { ...TABLES['companies'], ...STAMPS },
  contacts: { ...TABLES['contacts'], ...STAMPS, identified_at: 'number' },
  tags: { ...TABLES['tags'], created_at: STAMPS.created_at },
};

/** The indexes that rollcall's store has, for the peers that keep any. */
export const INDEXES = [
  'create index contacts_company on contacts (company_id)',
  'create index contact_tags_tag on contact_tags (tag_id, contact_id)',
  'create index contact_tags_contact on contact_tags (contact_id, tag_id)',
  'create index events_contact on events (contact_id, type, occurred_at)',
  'create index events_window on events (type, occurred_at, contact_id)',
];

/**
 * @param {Readonly<Record<'key' | 'number' | 'text' | 'double', string>>} types the peer's names of
 * the types
 * @returns {string[]} its statements
 */
export function createTables(types) {
  return Object.entries(TABLES).map(
    ([table, columns]) =>
      `create table ${table} (${Object.entries(columns)
        .map(([column, type]) => `${column} ${types[type]}`)
        .join(', ')})`,
  );
}

/**
 * Gives the folder with each table of the world as TABLE.tsv (`\N` is null, no cell needs quoting),
 * which is kept beside the world.
 * @param {string} world
 * @param {typeof TABLES} [tables]
 */
export async function dumpTables(world, tables = TABLES) {
  const key = keyOfFiles([new URL(import.meta.url)], JSON.stringify(tables));
  const folder = `${world}.${key}-tables`;
  if (existsSync(folder)) return folder;
  const draft = `${folder}.draft-${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const db = new Database(world); // one for reading only would leave its log behind
  try {
    for (const [table, columns] of Object.entries(tables))
      await dumpTable(db, table, Object.keys(columns), join(draft, `${table}.tsv`));
    renameSync(draft, folder);
    return folder;
  } finally {
    db.close();
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param {Database.Database} db
 * @param {string} table
 * @param {readonly string[]} columns
 * @param {string} file
 */
async function dumpTable(db, table, columns, file) {
  const out = createWriteStream(file);
  const cells = columns.map((column) => `coalesce(${column}, '\\N')`).join(` || char(9) || `);
  for (const line of db.prepare(`select ${cells} from ${table}`).pluck().iterate()) {
    if (!out.write(`${String(line)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
