import { Random } from '../../fixtures/generator/random.js';
import {
  CITIES,
  COUNTRIES,
  DAY,
  FIRST_NAMES,
  INDUSTRIES,
  LANGUAGES,
  LAST_NAMES,
  NOW,
  PLANS,
  POSITIONS,
  TAGS,
} from './values.js';

/** @typedef {string | number | null} Cell */

export const CONTACT_COLUMNS = [
  'email',
  'first_name',
  'last_name',
  'phone',
  'position',
  'city',
  'zipcode',
  'country',
  'points',
  'company_id',
  'created_at',
  'last_active_at',
  'plan',
  'revenue',
  'language',
  'score',
  'birthday',
];
export const COMPANY_COLUMNS = [
  'name',
  'city',
  'country',
  'industry',
  'employees',
  'annual_revenue',
];

/** @param {number} contacts how many there are in the world */
export const companiesOf = (contacts) => Math.max(1, Math.round(contacts / 20));

/**
 * Contacts with the ids 1 to `count`, as cells of CONTACT_COLUMNS.
 * @param {string} seed
 * @param {number} count
 * @returns {Generator<Cell[]>}
 */
export function* makeContacts(seed, count) {
  const random = new Random(`${seed} contacts`);
  const companies = companiesOf(count);
  for (let id = 1; id <= count; id++) {
    const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
    yield [
      `person${id}@mail${random.whole(1, 40)}.example`,
      first,
      last,
      random.digits('+33 6 ## ## ## ##'),
      random.chance(0.6) ? random.pick(POSITIONS) : null,
      random.pick(CITIES),
      random.digits('#####'),
      random.chance(0.95) ? random.pick(COUNTRIES) : null,
      random.whole(0, 1000),
      random.chance(0.7) ? random.whole(1, companies) : null,
      NOW - Math.floor(random.fraction() * 1000 * DAY),
      random.chance(0.8) ? NOW - Math.floor(random.fraction() * 400 * DAY) : null,
      random.pick(PLANS),
      random.chance(0.5) ? random.whole(0, 100_000) : null,
      random.chance(0.9) ? random.pick(LANGUAGES) : null,
      random.whole(0, 100),
      random.chance(0.7)
        ? new Date(Date.UTC(1950, 0, 1) + random.whole(0, 20_000) * DAY).toISOString().slice(0, 10)
        : null,
    ];
  }
}

/**
 * Companies with the ids 1 to `companiesOf(contacts)`, as cells of COMPANY_COLUMNS.
 * @param {string} seed
 * @param {number} contacts
 * @returns {Generator<Cell[]>}
 */
export function* makeCompanies(seed, contacts) {
  const random = new Random(`${seed} companies`);
  for (let id = 1; id <= companiesOf(contacts); id++) {
    const employees = Math.round(2 * 2500 ** random.fraction());
    yield [
      `Company ${id}`,
      random.pick(CITIES),
      random.pick(COUNTRIES),
      random.pick(INDUSTRIES),
      employees,
      employees * random.whole(50_000, 300_000),
    ];
  }
}

/**
 * Pairs of a contact's id and the number of its tag, from 1: half of the contacts carry one.
 * @param {string} seed
 * @param {number} contacts
 * @returns {Generator<[number, number]>}
 */
export function* makeTaggings(seed, contacts) {
  const random = new Random(`${seed} tags`);
  for (let id = 1; id <= contacts; id++)
    if (random.chance(0.5)) yield [id, random.whole(1, TAGS.length)];
}
