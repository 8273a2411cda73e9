// Whether a column is decided value by value, or each distinct value once by a dictionary:
//   node bench/value-columns.js [ROWS] [ROUNDS]
// Nanoseconds a row for all tests of a column together, the best of the rounds. The last column is
// what ValueColumn chose; it should be near the better one.
import { importSources } from './sources.js';

importSources();
const { dictionaryOf, decided, rowsOfCodes, rowsOfValues, ValueColumn } =
  await import('../src/filter/columns/value-column.ts');
const { prepareTest } = await import('../src/filter/operators/index.ts');
const { valueContext } = await import('../src/filter/operators/operator.ts');

/** @typedef {ReturnType<typeof prepareTest>} ValueTest */

const time = { now: 0, zone: 'UTC', weekStart: /** @type {const} */ ('monday') };

/** What stands in the column, and tests of it. */
const KINDS = {
  text: {
    value: (/** @type {number} */ nth) => `Somewhere ${nth}`,
    test: (/** @type {number} */ nth) =>
      prepareTest({ kind: 'startsWith', text: `some${nth}` }, valueContext('text', time)),
  },
  number: {
    value: (/** @type {number} */ nth) => nth * 1.5,
    test: (/** @type {number} */ nth) =>
      prepareTest({ kind: 'below', number: nth }, valueContext('number', time)),
  },
};

/** @type {readonly ((values: readonly (string | number)[], tests: readonly ValueTest[]) => void)[]} */
const WAYS = [
  (values, tests) => {
    for (const test of tests) rowsOfValues(values, test);
  },
  (values, tests) => {
    const dictionary = dictionaryOf(values, 1);
    if (dictionary === null) throw new Error('no more than all of them are distinct');
    for (const test of tests) rowsOfCodes(dictionary.codes, decided(dictionary.values, test));
  },
  (values, tests) => {
    const column = new ValueColumn(values);
    for (const test of tests) column.rowsWhere(test);
  },
];

let state = 1;

/** From 0 to below 1, the same in each run. */
function random() {
  state = (state * 48_271) % 0x7fff_ffff;
  return state / 0x7fff_ffff;
}

/**
 * A line of the table.
 * @param {keyof typeof KINDS} kind
 * @param {{ size: number, share: number, count: number, rounds: number }} options
 */
function lineOf(kind, { size, share, count, rounds }) {
  const distinct = Math.max(1, Math.round(size * share));
  const drawn = Array.from({ length: size }, () =>
    KINDS[kind].value(Math.floor(random() * distinct)),
  );
  // parsed, as a store hands them over: texts that repeat are not one object
  const values = JSON.parse(JSON.stringify(drawn));
  const tests = Array.from({ length: count }, (_, nth) => KINDS[kind].test(nth));
  const best = WAYS.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [way, run] of WAYS.entries()) {
      const started = performance.now();
      run(values, tests);
      best[way] = Math.min(best[way] ?? Infinity, performance.now() - started);
    }
  }
  return [kind, share, count, ...best.map((ms) => ((ms * 1e6) / size).toFixed(0))].join(' | ');
}

const [rows = '25000', rounds = '30'] = process.argv.slice(2);
console.log('| kind | distinct | tests | by value | by dictionary | chosen |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
for (const kind of /** @type {const} */ (['text', 'number'])) {
  for (const share of [0.001, 0.1, 0.25, 0.5, 0.75, 1]) {
    for (const count of [1, 2, 5, 10])
      console.log(
        `| ${lineOf(kind, { size: Number(rows), share, count, rounds: Number(rounds) })} |`,
      );
  }
}
