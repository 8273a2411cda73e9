import Database from 'better-sqlite3';
import { LATER_MS } from '../built-store.js';
import { amountLine, noteLine, ratioLine } from '../line.js';
import { interleaved } from '../measure.js';
import { defineSegments, SEGMENTS } from '../segments.js';
import { bytesEach } from './sizes.js';
import { changesOf, LEAST_ROUNDS } from './updates.js';
import { FIRST } from './worlds.js';

/** Of a membership after first builds. */
const MOST_BYTES = 80;

/**
 * Builds the other segments of the hundred, updates all of them, and requires the same members.
 * @param {import('../postgres.js').Bench} bench
 * @returns {Promise<import('../postgres.js').Results>}
 */
export async function hundredSegments({ cluster, contacts, smaller, rounds, say, worlds }) {
  const others = SEGMENTS.slice(FIRST.length);
  const { file, served, database } = await worlds.built(contacts);
  const small = await worlds.built(smaller);
  for (const { path } of [file, served, small.served]) await defineSegments(path, others);
  say(`first build of the other ${others.length}`);
  const build = await interleaved(1, {
    file: async () => file.update(LATER_MS),
    served: async () => served.update(LATER_MS),
  });
  const membership = bytesEach(cluster, database, 'joined');
  await small.served.update(LATER_MS);
  say('updates of all');
  const count = changesOf(smaller);
  const update = await interleaved(Math.max(rounds, LEAST_ROUNDS), {
    fileIdle: async () => file.updateIdle(),
    idle: async () => served.updateIdle(),
    idleOfSmaller: async () => small.served.updateIdle(),
    file: async (round) => file.updateChanged(count, round),
    served: async (round) => served.updateChanged(count, round),
  });
  say('comparing members');
  const members = requireSameMembers(file.path, cluster, database);
  const all = `${SEGMENTS.length} segments`;
  return {
    lines: [
      ratioLine(`first build of the other ${others.length} segments`, build.served, {
        to: 'file',
        than: build.file,
      }),
      ratioLine(`update of ${all}, nothing changed`, update.idle, {
        to: 'file',
        than: update.fileIdle,
      }),
      ratioLine(`update of ${all}, ${count.toLocaleString('en')} changed`, update.served, {
        to: 'file',
        than: update.file,
      }),
      amountLine('a membership, its row and its key', membership.bytes, 'bytes', MOST_BYTES),
      noteLine(`all ${all} have the same ${members.toLocaleString('en')} members as in the file`),
    ],
    costs: {
      othersBuild: build.served,
      members,
      membership,
      idle: update.idle,
      idleOfSmaller: update.idleOfSmaller,
      changed: update.served,
      changes: count,
    },
  };
}

/**
 * Throws where a segment of the hundred has other members in the database than in the file; gives
 * the number of all.
 * @param {string} path
 * @param {import('./cluster.js').Cluster} cluster
 * @param {string} database
 */
export function requireSameMembers(path, cluster, database) {
  const db = new Database(path, { fileMustExist: true });
  const membersOf = (/** @type {string} */ alias) =>
    `select contact_id from joined
      where segment_id = (select id from segments where alias = '${alias}') order by contact_id`;
  let all = 0;
  try {
    for (const { alias } of SEGMENTS) {
      const ours = db.prepare(membersOf(alias)).pluck().all();
      const theirs = cluster.run(database, membersOf(alias)).trimEnd();
      if (ours.join('\n') !== theirs) throw new Error(`${alias} has other members in PostgreSQL`);
      all += ours.length;
    }
  } finally {
    db.close();
  }
  return all;
}
