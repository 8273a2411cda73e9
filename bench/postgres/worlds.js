import { join } from 'node:path';
import { BuiltStore } from '../built-store.js';
import { SEGMENTS } from '../segments.js';
import { copyStore, copyWorld } from '../world.js';
import { makeWorld } from './load.js';
import { ServedStore } from './served-store.js';

/** Those that are built first: profile conditions alone, which a file builds from columns. */
export const FIRST = SEGMENTS.slice(0, 20);

/**
 * A store with the same data in a file and in a database.
 * @typedef {{ file: BuiltStore, served: ServedStore, database: string }} Pair
 */

/** Worlds with the first segments defined, in a file and in a database of the cluster. */
export class Worlds {
  /** @type {Map<number, Promise<{ path: string, template: string }>>} */
  #defined = new Map();
  /** @type {Map<number, Promise<Pair>>} */
  #built = new Map();

  #setting;

  /** @param {import('../postgres.js').Setting} setting */
  constructor(setting) {
    this.#setting = setting;
  }

  /**
   * Unbuilt; not to be written to.
   * @param {number} contacts
   */
  async defined(contacts) {
    const known = this.#defined.get(contacts) ?? this.#define(contacts);
    this.#defined.set(contacts, known);
    return known;
  }

  /** @param {number} contacts */
  async #define(contacts) {
    const { cluster, folder, say } = this.#setting;
    say(`the world of ${contacts} contacts`);
    const path = await copyWorld(join(folder, `world-${contacts}.db`), { contacts }, FIRST);
    const template = `world_${contacts}`;
    say(`the world of ${contacts} contacts in PostgreSQL`);
    await makeWorld(cluster, template, contacts, FIRST);
    return { path, template };
  }

  /**
   * A fresh pair, unbuilt, in the place of the one before.
   * @param {number} contacts
   * @returns {Promise<Pair>}
   */
  async fresh(contacts) {
    const { path, template } = await this.defined(contacts);
    const { cluster, folder } = this.#setting;
    const database = `built_${contacts}`;
    const file = new BuiltStore(join(folder, `built-${contacts}.db`));
    copyStore(path, file.path);
    cluster.make(database, template);
    return { file, served: new ServedStore(cluster, database), database };
  }

  /**
   * The pair as the last workload left it, after its first build.
   * @param {number} contacts
   */
  async built(contacts) {
    const known = this.#built.get(contacts) ?? this.#build(contacts);
    this.#built.set(contacts, known);
    return known;
  }

  /** @param {number} contacts */
  async #build(contacts) {
    const pair = await this.fresh(contacts);
    this.#setting.say(`first build of ${contacts} contacts`);
    await pair.file.update(0);
    await pair.served.update(0);
    return pair;
  }

  /**
   * Takes a pair that is built for the one of its scale.
   * @param {number} contacts
   * @param {Pair} pair
   */
  keep(contacts, pair) {
    this.#built.set(contacts, Promise.resolve(pair));
  }
}
