import { duration, tableOf } from '../line.js';
import { SEGMENTS } from '../segments.js';

/**
 * What a run has measured of which docs/postgresql-sizes.md reckons.
 * @typedef {{ rows: number, bytes: number }} Rows how many, and the bytes of each with its indexes
 * @typedef {import('../measure.js').Taken} Taken
 *
 * @typedef {object} Costs
 * @property {Rows} contact
 * @property {Rows} tag
 * @property {Rows} event
 * @property {Rows} membership of the hundred segments, right after their first builds
 * @property {Rows} entry
 * @property {Taken} firstBuild of the first segments
 * @property {Taken} othersBuild of the others of the hundred
 * @property {number} members of the hundred
 * @property {Taken} idle of the hundred, as the others are
 * @property {Taken} idleOfSmaller with a tenth of the contacts
 * @property {Taken} changed
 * @property {number} changes how many contacts `changed` is about
 */

const MILLION = 1_000_000;
const MB = 1e6;
const GB = 1e9;
/** What is reckoned for. */
const CONTACTS = 100 * MILLION;
const NODES = 8;
/** The share of contacts that change between two updates. */
const CHANGED = 0.001;

/**
 * The measured costs, and what they come to for many contacts on several nodes, as two tables in
 * Markdown; undefined where a cost has not been measured.
 * @param {Partial<Costs>} measured
 * @returns {string | undefined}
 */
export function reckon(measured) {
  if (!isWhole(measured)) return undefined;
  const times = timesOf(measured);
  return [costTable(measured, times), sizeTable(measured), timeTable(times)].join('\n\n');
}

/** @type {readonly (keyof Costs)[]} */
const PARTS = [
  'contact',
  'tag',
  'event',
  'membership',
  'entry',
  'firstBuild',
  'othersBuild',
  'members',
  'idle',
  'idleOfSmaller',
  'changed',
  'changes',
];

/**
 * @param {Partial<Costs>} measured
 * @returns {measured is Costs}
 */
function isWhole(measured) {
  return PARTS.every((part) => measured[part] !== undefined);
}

/**
 * Seconds: of a full build, for each segment and million contacts; of an update with nothing
 * changed, whatever the number of contacts, and for each million of them, since some pass the edges
 * of windows; and of each changed contact more.
 * @param {Costs} measured
 */
function timesOf({ contact, firstBuild, othersBuild, idle, idleOfSmaller, changed, changes }) {
  const millions = contact.rows / MILLION;
  const of = (/** @type {'ms' | 'cpuMs'} */ clock) => {
    const seconds = (/** @type {Taken} */ taken) => (taken[clock] ?? 0) / 1000;
    const idleOfMillion = Math.max(0, seconds(idle) - seconds(idleOfSmaller)) / (0.9 * millions);
    return {
      build: (seconds(firstBuild) + seconds(othersBuild)) / SEGMENTS.length / millions,
      idle: seconds(idle) - idleOfMillion * millions,
      idleOfMillion,
      change: Math.max(0, seconds(changed) - seconds(idle)) / changes,
    };
  };
  return { wall: of('ms'), processor: of('cpuMs') };
}

/**
 * @typedef {ReturnType<typeof timesOf>['wall']} Times
 *
 * @param {Costs} measured
 * @param {ReturnType<typeof timesOf>} times
 */
function costTable({ contact, tag, event, membership, entry }, { wall, processor }) {
  const bytes = (/** @type {string} */ what, /** @type {Rows} */ rows) => [
    what,
    `${rows.bytes.toFixed(0)} bytes`,
    '',
  ];
  const time = (/** @type {string} */ what, /** @type {keyof Times} */ part) => [
    what,
    duration(wall[part] * 1000),
    duration(processor[part] * 1000),
  ];
  return tableOf(
    ['what, with its indexes', 'size or time', 'processor'],
    [
      bytes('a contact', contact),
      bytes('a tag of a contact', tag),
      bytes('an event', event),
      bytes('a membership', membership),
      bytes('an entry of the change log', entry),
      time('a full build, for a segment and a million contacts', 'build'),
      time(`an update of ${SEGMENTS.length} segments, nothing changed, few contacts`, 'idle'),
      time('the same, for each million contacts more', 'idleOfMillion'),
      time('the same, for each changed contact more', 'change'),
    ],
  );
}

/** @param {Costs} measured */
function sizeTable({ contact, tag, event, membership, members, entry }) {
  const each = (/** @type {number} */ rows) => (rows / contact.rows) * CONTACTS;
  const parts = /** @type {[what: string, rows: number, bytes: number][]} */ ([
    ['contacts', CONTACTS, contact.bytes],
    ['tags of contacts', each(tag.rows), tag.bytes],
    ['events of a year', each(event.rows), event.bytes],
    [`memberships of ${SEGMENTS.length} segments`, each(members), membership.bytes],
    ['log of a thousandth that changed', CONTACTS * CHANGED, entry.bytes],
  ]);
  const all = parts.reduce((sum, [, rows, bytes]) => sum + rows * bytes, 0);
  return tableOf(
    ['rows', 'how many', 'together', 'on each node'],
    [
      ...parts.map(([what, rows, bytes]) => [
        what,
        `${(rows / MILLION).toFixed(1)} M`,
        ...roomOf(rows * bytes),
      ]),
      ['all', '', ...roomOf(all)],
    ],
  );
}

/**
 * Together and on each node.
 * @param {number} bytes
 */
function roomOf(bytes) {
  return [bytes, bytes / NODES].map((room) =>
    room < GB / 10 ? `${(room / MB).toFixed(1)} MB` : `${(room / GB).toFixed(1)} GB`,
  );
}

/** @param {ReturnType<typeof timesOf>} times */
function timeTable({ wall, processor }) {
  const millions = CONTACTS / NODES / MILLION;
  const row = (/** @type {string} */ what, /** @type {(times: Times) => number} */ secondsOf) => [
    what,
    ...[wall, processor].map((times) => duration(secondsOf(times) * 1000)),
  ];
  return tableOf(
    ['on each node, all at once', 'wall', 'processor'],
    [
      row(
        `first build of ${SEGMENTS.length} segments`,
        ({ build }) => build * SEGMENTS.length * millions,
      ),
      row('update, nothing changed', ({ idle, idleOfMillion }) => idle + idleOfMillion * millions),
      row(
        'update, a thousandth has changed',
        ({ idle, idleOfMillion, change }) =>
          idle + idleOfMillion * millions + change * millions * MILLION * CHANGED,
      ),
    ],
  );
}
