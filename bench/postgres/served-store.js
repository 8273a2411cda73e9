import { BuiltStore } from '../built-store.js';
import { drawChanges } from '../changes.js';

/** A store in a database of the cluster; the processor time of updates includes the server's. */
export class ServedStore extends BuiltStore {
  #cluster;
  #database;

  /**
   * @param {import('./cluster.js').Cluster} cluster
   * @param {string} database
   */
  constructor(cluster, database) {
    super(cluster.url(database));
    this.#cluster = cluster;
    this.#database = database;
  }

  /**
   * @override
   * @param {number} laterMs
   * @param {string[]} options
   */
  async update(laterMs, ...options) {
    return this.#cluster.charged(async () => super.update(laterMs, ...options));
  }

  /**
   * The same changes as of a file with as many contacts.
   * @override
   * @param {import('../changes.js').ChangeOptions} options
   */
  async change(options) {
    const contacts = Number(this.#cluster.run(this.#database, 'select max(id) from contacts'));
    const statements = drawChanges(contacts, options).flatMap((change) =>
      statementsOf(change, options.now),
    );
    this.#cluster.run(this.#database, 'begin', ...statements, 'commit');
  }
}

/**
 * @param {import('../changes.js').Change} change
 * @param {number} now
 * @returns {string[]}
 */
function statementsOf(change, now) {
  const { kind, id } = change;
  if (kind === 'edit') {
    const set = `${change.column} = '${change.value}', updated_at = ${now}`;
    return [`update contacts set ${set} where id = ${id}`];
  }
  if (kind === 'toggle')
    return [
      `with gone as (delete from contact_tags where contact_id = ${id} returning 1)
        insert into contact_tags (contact_id, tag_id)
        select ${id}, id from tags where name = '${change.tag}' and not exists (select from gone)`,
    ];
  return [
    ...change.events.map(
      ({ type, subject }) =>
        `insert into events (contact_id, type, subject, occurred_at)
          values (${id}, '${type}', '${subject}', ${change.at})`,
    ),
    `update contacts set last_active_at = ${change.at} where id = ${id}`,
  ];
}
