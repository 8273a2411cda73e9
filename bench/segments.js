import { library } from './rollcall.js';
import { COUNTRIES, DAY, HOUR, INDUSTRIES, LANGUAGES, NOW, TAGS } from './world/values.js';

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
 *
 * What `sql` is where the condition is not the fastest way.
 * @typedef {{ filter: string, condition: string | Statement, sql?: Statement }} Meaning
 */

const OF_A_SHAPE = 10;

/**
 * @template T
 * @param {readonly T[]} items
 * @param {number} i
 */
const at = (items, i) => /** @type {T} */ (items[Math.floor(i) % items.length]);

/** @param {string} condition */
const contactsWhere = (condition) => `select id from contacts where ${condition} order by id`;

/**
 * @param {string} column
 * @param {number} ms
 * @param {number} now
 */
const inLast = (column, ms, now) => `${column} > ${now - ms} and ${column} <= ${now}`;

/**
 * A shape's segment at the place `i`, from 0 up to but not including 10; between two whole numbers
 * lie other thresholds for the same countries, tags and languages.
 * @type {Readonly<Record<string, (i: number) => Meaning>>}
 */
const MAKERS = {
  'country-points': (i) => ({
    filter: `country = "${at(COUNTRIES, i)}" and points >= ${rounded(i * 40)}`,
    condition: `country = '${at(COUNTRIES, i)}' and points >= ${rounded(i * 40)}`,
  }),
  'countries-plan-revenue': (i) => {
    const [first, second] = [at(COUNTRIES, i), at(COUNTRIES, i + 4)];
    const revenue = rounded(20_000 + i * 4000);
    return {
      filter: `country in ("${first}", "${second}") and (plan = "pro" or revenue > ${revenue})`,
      condition: `country in ('${first}', '${second}') and (plan = 'pro' or revenue > ${revenue})`,
    };
  },
  'city-prefix': (i) => {
    const prefix = at(['Bar', 'Cor', 'Dun', 'El', 'Fal', 'Gara', 'Hol', 'K', 'Lan', 'Marum'], i);
    return {
      filter: `city starts with "${prefix}"${fewPoints(i)}`,
      condition: `city like '${prefix}%'${fewPoints(i)}`,
    };
  },
  'last-active': (i) => {
    const [window, points] = [windowOf(i, 30 + (i * 100) / 9), rounded(300 + i * 20)];
    return {
      filter: `last_active_at in last ${window.text} and points < ${points}`,
      condition: (now) => `${inLast('last_active_at', window.ms, now)} and points < ${points}`,
    };
  },
  'page-hit': (i) => {
    const window = windowOf(i, 30 + (i * 100) / 9);
    /** @type {Statement} */
    const hit = (now) => `type = 'page.hit' and ${inLast('occurred_at', window.ms, now)}`;
    return {
      filter: `did page.hit in last ${window.text}`,
      condition: (now) =>
        `exists (select 1 from events where contact_id = contacts.id and ${hit(now)})`,
      sql: (now) => `select distinct contact_id from events where ${hit(now)} order by contact_id`,
    };
  },
  'mails-read': (i) => {
    const window = windowOf(i, 90 + i * 11);
    /** @type {Statement} */
    const reads = (now) =>
      `from events where type = 'email.read' and ${inLast('occurred_at', window.ms, now)}`;
    return {
      filter: `count(email.read in last ${window.text}) >= 2`,
      condition: (now) => `(select count(*) ${reads(now)} and contact_id = contacts.id) >= 2`,
      sql: (now) =>
        `select contact_id ${reads(now)} group by contact_id having count(*) >= 2 order by contact_id`,
    };
  },
  'tag-points': (i) => {
    const points = `points >= ${rounded(i * 40)}`;
    const [one, other] = [at(TAGS, Math.floor(i) * 5), at(TAGS, Math.floor(i) * 5 + 2)];
    const tagged = `tag_id in (select id from tags where name in ('${one}', '${other}'))`;
    return {
      filter: `tags has any ("${one}", "${other}") and ${points}`,
      condition:
        `exists (select 1 from contact_tags where contact_id = contacts.id and ${tagged}) ` +
        `and ${points}`,
      sql: () =>
        contactsWhere(`${points} and id in (select contact_id from contact_tags where ${tagged})`),
    };
  },
  company: (i) => {
    const [industry, employees] = [at(INDUSTRIES, i), rounded(10 + i * 10)];
    return {
      filter: `company.industry = "${industry}" and company.employees >= ${employees}`,
      condition:
        'company_id in (select id from companies ' +
        `where industry = '${industry}' and employees >= ${employees})`,
    };
  },
  'no-form-language': (i) => {
    const language = at(LANGUAGES, i);
    const points = fewPoints(i);
    return {
      filter: `not did form.submit and language = "${language}"${points}`,
      condition:
        `language = '${language}'${points} and not exists ` +
        "(select 1 from events where contact_id = contacts.id and type = 'form.submit')",
    };
  },
  'score-no-position': (i) => {
    const range = `${rounded(i * 5)} and ${rounded(i * 5 + 55)}`;
    return {
      filter: `score between ${range} and position is empty`,
      condition: `score between ${range} and (position is null or position = '')`,
    };
  },
};

export const SHAPES = Object.keys(MAKERS);

/** The hundred. */
export const SEGMENTS = segmentsOf(100);

/**
 * So many different segments, as many of each shape: the hundred, and these again with other
 * thresholds.
 * @param {number} count a multiple of a hundred
 * @returns {Segment[]}
 */
export function segmentsOf(count) {
  const repeats = count / SHAPES.length / OF_A_SHAPE;
  return SHAPES.flatMap((shape) =>
    Array.from({ length: repeats * OF_A_SHAPE }, (_, index) =>
      segmentAt(shape, (index % OF_A_SHAPE) + Math.floor(index / OF_A_SHAPE) / repeats, index),
    ),
  );
}

/**
 * One more segment of the shape, like its fifth: what a filter was built for is not remembered.
 * @param {string} shape
 */
export function newSegment(shape) {
  return segmentAt(shape, 4, 'new');
}

/**
 * @param {string} shape
 * @param {number} i
 * @param {number | string} name
 * @returns {Segment}
 */
function segmentAt(shape, i, name) {
  const meaning = MAKERS[shape]?.(i);
  if (meaning === undefined) throw new Error(`there is no shape ${shape}`);
  const { filter, condition: given, sql } = meaning;
  const condition = typeof given === 'string' ? () => given : given;
  return {
    alias: `${shape}-${name}`,
    shape,
    filter,
    condition,
    sql: sql ?? ((now) => contactsWhere(condition(now))),
  };
}

/**
 * A window of whole days for the hundred, of whole hours for what lies between them.
 * @param {number} i
 * @param {number} days
 */
function windowOf(i, days) {
  if (i % 1 === 0) return { text: `${Math.round(days)} days`, ms: Math.round(days) * DAY };
  const hours = Math.round(days * 24);
  return { text: `${hours} hours`, ms: hours * HOUR };
}

/**
 * The threshold of a shape that has none by itself; few are kept out by it.
 * @param {number} i
 */
function fewPoints(i) {
  return i % 1 === 0 ? '' : ` and points >= ${rounded((i % 1) * 100)}`;
}

/** @param {number} threshold */
function rounded(threshold) {
  return Math.round(threshold * 100) / 100;
}

/**
 * Defines the segments in the store, unbuilt.
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
