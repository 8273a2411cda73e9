import { Random } from '../../fixtures/generator/random.js';
import { DAY, EVENT_TYPES, NOW, SUBJECTS } from './values.js';

/** How many of a thousand contacts have 0, 1, … 6 events: 2.93 on average. */
const EVENTS_A_CONTACT = [157, 145, 141, 140, 139, 139, 139].map((weight, events) => ({
  weight,
  events,
}));
const MOST_EVENTS = 6;
const DAYS = 365;

export const EVENT_COLUMNS = ['contact_id', 'type', 'subject', 'value', 'occurred_at'];

/**
 * The events of contacts 1 to `contacts` as cells of EVENT_COLUMNS, in the order of time, as they
 * would have come in.
 * @param {string} seed
 * @param {number} contacts
 * @returns {Generator<import('./people.js').Cell[]>}
 */
export function* makeEvents(seed, contacts) {
  const random = new Random(`${seed} events`);
  const owners = new Uint32Array(contacts * MOST_EVENTS);
  const times = new Float64Array(contacts * MOST_EVENTS);
  let count = 0;
  for (let id = 1; id <= contacts; id++) {
    for (let rest = random.weighted(EVENTS_A_CONTACT).events; rest > 0; rest--) {
      owners[count] = id;
      times[count++] = NOW - Math.floor(random.fraction() * DAYS * DAY);
    }
  }
  const order = new Uint32Array(count)
    .map((_, index) => index)
    .sort((a, b) => /** @type {number} */ (times[a]) - /** @type {number} */ (times[b]) || a - b);
  for (const index of order) {
    const type = random.pick(EVENT_TYPES);
    yield [
      /** @type {number} */ (owners[index]),
      type,
      random.pick(SUBJECTS),
      type === 'purchase' ? random.whole(5, 500) : null,
      /** @type {number} */ (times[index]),
    ];
  }
}
