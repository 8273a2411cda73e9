import { library } from './rollcall.js';
import { COUNTRIES, DAY, INDUSTRIES, LANGUAGES, NOW, TAGS } from './world/values.js';

/**
 * A hundred segments, ten of each of ten shapes. Each is given as a rollcall filter; as the fastest
 * hand-written statement that finds its members (of the spellings tried; with ids in order, so that
 * they are inserted in key order); and as a condition on one contact, for peers that decide contact
 * by contact. The statements are SQL that every peer understands.
 *
 * @typedef {(now: number) => string} Statement
 *
 * @typedef {object} Segment
 * @property {string} alias
 * @property {string} shape
 * @property {string} filter
 * @property {Statement} sql
 * @property {Statement} condition
 */

/**
 * @param {string} shape
 * @param {(i: number) => { filter: string, condition: string | Statement, sql?: Statement }} make
 * `sql` where the condition is not the fastest way
 * @returns {Segment[]}
 */
const ten = (shape, make) =>
  Array.from({ length: 10 }, (_, i) => {
    const { filter, condition: given, sql } = make(i);
    const condition = typeof given === 'string' ? () => given : given;
    return {
      alias: `${shape}-${i}`,
      shape,
      filter,
      condition,
      sql: sql ?? ((now) => contactsWhere(condition(now))),
    };
  });

/**
 * @template T
 * @param {readonly T[]} items
 * @param {number} i
 */
const at = (items, i) => /** @type {T} */ (items[i % items.length]);

/** @param {string} condition */
const contactsWhere = (condition) => `select id from contacts where ${condition} order by id`;

/**
 * @param {string} column
 * @param {number} days
 * @param {number} now
 */
const inLast = (column, days, now) => `${column} > ${now - days * DAY} and ${column} <= ${now}`;

/** @type {readonly Segment[]} */
export const SEGMENTS = [
  ...ten('country-points', (i) => ({
    filter: `country = "${at(COUNTRIES, i)}" and points >= ${i * 40}`,
    condition: `country = '${at(COUNTRIES, i)}' and points >= ${i * 40}`,
  })),
  ...ten('countries-plan-revenue', (i) => {
    const [first, second] = [at(COUNTRIES, i), at(COUNTRIES, i + 4)];
    const revenue = 20_000 + i * 4000;
    return {
      filter: `country in ("${first}", "${second}") and (plan = "pro" or revenue > ${revenue})`,
      condition: `country in ('${first}', '${second}') and (plan = 'pro' or revenue > ${revenue})`,
    };
  }),
  ...ten('city-prefix', (i) => {
    const prefix = at(['Bar', 'Cor', 'Dun', 'El', 'Fal', 'Gara', 'Hol', 'K', 'Lan', 'Marum'], i);
    return { filter: `city starts with "${prefix}"`, condition: `city like '${prefix}%'` };
  }),
  ...ten('last-active', (i) => ({
    filter: `last_active_at in last ${days30to130(i)} days and points < ${300 + i * 20}`,
    condition: (now) =>
      `${inLast('last_active_at', days30to130(i), now)} and points < ${300 + i * 20}`,
  })),
  ...ten('page-hit', (i) => {
    /** @type {Statement} */
    const hit = (now) => `type = 'page.hit' and ${inLast('occurred_at', days30to130(i), now)}`;
    return {
      filter: `did page.hit in last ${days30to130(i)} days`,
      condition: (now) =>
        `exists (select 1 from events where contact_id = contacts.id and ${hit(now)})`,
      sql: (now) => `select distinct contact_id from events where ${hit(now)} order by contact_id`,
    };
  }),
  ...ten('mails-read', (i) => {
    /** @type {Statement} */
    const reads = (now) =>
      `from events where type = 'email.read' and ${inLast('occurred_at', 90 + i * 11, now)}`;
    return {
      filter: `count(email.read in last ${90 + i * 11} days) >= 2`,
      condition: (now) => `(select count(*) ${reads(now)} and contact_id = contacts.id) >= 2`,
      sql: (now) =>
        `select contact_id ${reads(now)} group by contact_id having count(*) >= 2 order by contact_id`,
    };
  }),
  ...ten('tag-points', (i) => {
    const points = `points >= ${i * 40}`;
    const [one, other] = [at(TAGS, i * 5), at(TAGS, i * 5 + 2)];
    const tagged = `tag_id in (select id from tags where name in ('${one}', '${other}'))`;
    return {
      filter: `tags has any ("${one}", "${other}") and ${points}`,
      condition:
        `exists (select 1 from contact_tags where contact_id = contacts.id and ${tagged}) ` +
        `and ${points}`,
      sql: () =>
        contactsWhere(`${points} and id in (select contact_id from contact_tags where ${tagged})`),
    };
  }),
  ...ten('company', (i) => ({
    filter: `company.industry = "${at(INDUSTRIES, i)}" and company.employees >= ${10 + i * 10}`,
    condition:
      'company_id in (select id from companies ' +
      `where industry = '${at(INDUSTRIES, i)}' and employees >= ${10 + i * 10})`,
  })),
  ...ten('no-form-language', (i) => ({
    filter: `not did form.submit and language = "${at(LANGUAGES, i)}"`,
    condition:
      `language = '${at(LANGUAGES, i)}' and not exists ` +
      "(select 1 from events where contact_id = contacts.id and type = 'form.submit')",
  })),
  ...ten('score-no-position', (i) => ({
    filter: `score between ${i * 5} and ${i * 5 + 55} and position is empty`,
    condition: `score between ${i * 5} and ${i * 5 + 55} and (position is null or position = '')`,
  })),
];

/** @param {number} i */
function days30to130(i) {
  return 30 + Math.round((i * 100) / 9);
}

/**
 * Defines segments in the store, unbuilt; the hundred where none are given.
 * @param {string} path
 * @param {readonly Pick<Segment, 'alias' | 'filter'>[]} segments
 */
export async function defineSegments(path, segments = SEGMENTS) {
  const { createSegment, openStore } = await library();
  const store = await openStore(path);
  try {
    await store.write(async (tx) => {
      for (const { alias, filter } of segments) {
        const { warnings } = await createSegment(
          tx,
          { name: alias, alias, where: filter },
          { now: NOW, by: 'bench' },
        );
        if (warnings.length > 0) throw new Error(`${alias}: ${warnings.join('; ')}`);
      }
    });
  } finally {
    await store.close();
  }
}
