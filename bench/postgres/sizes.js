import { amountLine } from '../line.js';

/**
 * What rows take, with their keys and indexes.
 * @param {import('../postgres.js').Bench} bench
 * @returns {Promise<import('../postgres.js').Results>}
 */
export async function sizes({ cluster, contacts, worlds }) {
  const { template } = await worlds.defined(contacts);
  const { database } = await worlds.built(contacts);
  const contact = bytesEach(cluster, template, 'contacts');
  const tag = bytesEach(cluster, template, 'contact_tags');
  const event = bytesEach(cluster, template, 'events');
  const membership = bytesEach(cluster, database, 'joined');
  return {
    lines: [
      amountLine('a membership after these updates', membership.bytes, 'bytes'),
      amountLine('a contact', contact.bytes, 'bytes'),
      amountLine('a tag of a contact', tag.bytes, 'bytes'),
      amountLine('an event', event.bytes, 'bytes'),
    ],
    costs: { contact, tag, event },
  };
}

/**
 * How many rows the table has, and the bytes of each with its part of the indexes.
 * @param {import('./cluster.js').Cluster} cluster
 * @param {string} database
 * @param {string} table
 * @returns {import('./costs.js').Rows}
 */
export function bytesEach(cluster, database, table) {
  const [rows, size] = cluster
    .run(database, `select count(*), pg_total_relation_size('${table}') from ${table}`)
    .split('|')
    .map(Number);
  return { rows: rows ?? 0, bytes: (size ?? 0) / (rows ?? 0) };
}
