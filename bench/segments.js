import { library } from './rollcall.js';
import { COUNTRIES, DAY, INDUSTRIES, LANGUAGES, NOW, TAGS } from './world/values.js';

/**
 * A hundred segments, ten of each of ten shapes: as rollcall filters, and as the statement that finds their members fastest
 * when written by hand (of the spellings tried; contact ids in order, so that they are inserted in key order).
 *
 * @typedef {{ alias: string, shape: string, filter: string, sql: (now?: number) => string }} Segment
 */

/**
 * @param {string} shape
 * @param {(i: number) => { filter: string, sql: string | ((now: number) => string) }} make
 * @returns {Segment[]}
 */
const ten = (shape, make) =>
  Array.from({ length: 10 }, (_, i) => {
    const { filter, sql } = make(i);
    return { alias: `${shape}-${i}`, shape, filter, sql: typeof sql === 'string' ? () => sql : (now = NOW) => sql(now) };
  });

/**
 * @template T
 * @param {readonly T[]} items
 * @param {number} i
 */
const at = (items, i) => /** @type {T} */ (items[i % items.length]);

/** @param {string} condition */
const contactsWhere = (condition) => `select id from contacts where ${condition} order by id`;
/** @param {number} now @param {number} days */
const since = (now, days) => `> ${now - days * DAY} and occurred_at <= ${now}`;

/** @type {readonly Segment[]} */
export const SEGMENTS = [
  ...ten('country-points', (i) => ({
    filter: `country = "${at(COUNTRIES, i)}" and points >= ${i * 40}`,
    sql: contactsWhere(`country = '${at(COUNTRIES, i)}' and points >= ${i * 40}`),
  })),
  ...ten('countries-plan-revenue', (i) => ({
    filter: `country in ("${at(COUNTRIES, i)}", "${at(COUNTRIES, i + 4)}") and (plan = "pro" or revenue > ${20_000 + i * 4000})`,
    sql: contactsWhere(`country in ('${at(COUNTRIES, i)}', '${at(COUNTRIES, i + 4)}') and (plan = 'pro' or revenue > ${20_000 + i * 4000})`),
  })),
  ...ten('city-prefix', (i) => {
    const prefix = ['Bar', 'Cor', 'Dun', 'El', 'Fal', 'Gara', 'Hol', 'K', 'Lan', 'Marum'][i];
    return { filter: `city starts with "${prefix}"`, sql: contactsWhere(`city like '${prefix}%'`) };
  }),
  ...ten('last-active', (i) => ({
    filter: `last_active_at in last ${days30to130(i)} days and points < ${300 + i * 20}`,
    sql: (now) => contactsWhere(`last_active_at > ${now - days30to130(i) * DAY} and last_active_at <= ${now} and points < ${300 + i * 20}`),
  })),
  ...ten('page-hit', (i) => ({
    filter: `did page.hit in last ${days30to130(i)} days`,
    sql: (now) => `select distinct contact_id from events where type = 'page.hit' and occurred_at ${since(now, days30to130(i))} order by contact_id`,
  })),
  ...ten('mails-read', (i) => ({
    filter: `count(email.read in last ${90 + i * 11} days) >= 2`,
    sql: (now) => `select contact_id from events where type = 'email.read' and occurred_at ${since(now, 90 + i * 11)} group by contact_id having count(*) >= 2 order by contact_id`,
  })),
  ...ten('tag-points', (i) => ({
    filter: `tags has any ("${at(TAGS, i * 5)}", "${at(TAGS, i * 5 + 2)}") and points >= ${i * 40}`,
    sql: contactsWhere(`points >= ${i * 40} and id in (select contact_id from contact_tags where tag_id in (select id from tags where name in ('${at(TAGS, i * 5)}', '${at(TAGS, i * 5 + 2)}')))`),
  })),
  ...ten('company', (i) => ({
    filter: `company.industry = "${at(INDUSTRIES, i)}" and company.employees >= ${10 + i * 10}`,
    sql: contactsWhere(`company_id in (select id from companies where industry = '${at(INDUSTRIES, i)}' and employees >= ${10 + i * 10})`),
  })),
  ...ten('no-form-language', (i) => ({
    filter: `not did form.submit and language = "${at(LANGUAGES, i)}"`,
    sql: contactsWhere(`language = '${at(LANGUAGES, i)}' and not exists (select 1 from events where contact_id = contacts.id and type = 'form.submit')`),
  })),
  ...ten('score-no-position', (i) => ({
    filter: `score between ${i * 5} and ${i * 5 + 55} and position is empty`,
    sql: contactsWhere(`score between ${i * 5} and ${i * 5 + 55} and (position is null or position = '')`),
  })),
];

/** @param {number} i */
function days30to130(i) {
  return 30 + Math.round((i * 100) / 9);
}

/**
 * Defines all of them in the store, unbuilt.
 * @param {string} path
 */
export async function defineSegments(path) {
  const { createSegment, openStore } = await library();
  const store = await openStore(path);
  try {
    await store.write(async (tx) => {
      for (const { alias, filter } of SEGMENTS) {
        const { warnings } = await createSegment(tx, { name: alias, alias, where: filter }, { now: NOW, by: 'bench' });
        if (warnings.length > 0) throw new Error(`${alias}: ${warnings.join('; ')}`);
      }
    });
  } finally {
    await store.close();
  }
}
