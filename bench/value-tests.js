// What it costs to decide one value by each test of the language, once it is prepared:
//   node bench/value-tests.js [ROUNDS] [PART OF A TEST]
// The best of the rounds, over 20,000 different values each; half a microsecond is the bound.
import { importSources } from './sources.js';

importSources();
const { ALL_OPERATORS, prepareTest } = await import('../src/filter/operators/index.ts');
const { valueContext } = await import('../src/filter/operators/operator.ts');

/**
 * @typedef {import('../src/filter/ast.ts').Test} Test
 * @typedef {Parameters<typeof valueContext>[0]} Type
 * @typedef {object} Case
 * @property {string} name
 * @property {Type} type
 * @property {Test} test
 * @property {keyof typeof VALUES} values
 */

const BOUND_US = 0.5;
const COUNT = 20_000;
const NOW = Date.UTC(2026, 2, 15, 10);
const DAY_MS = 86_400_000;

const CITIES = [
  'Saint-Denis',
  'Barcelona',
  'Corinth',
  'Dunedin',
  'El Paso',
  'Marumori',
  'Lancaster',
];
const FOREIGN = ['Санкт-Петербург', 'Saint-Étienne', 'Αθήνα', '東京都', 'Łódź', 'Malmö', 'MÜNCHEN'];

/**
 * @template T
 * @param {(index: number) => T} make
 */
const many = (make, count = COUNT) => Array.from({ length: count }, (_, index) => make(index));

/**
 * @param {readonly string[]} words
 * @param {number} index
 */
const word = (words, index) => `${words[index % words.length] ?? ''} ${index}`;

/** @param {number} index */
const day = (index) => new Date(NOW - (index % 9000) * DAY_MS).toISOString().slice(0, 10);

const VALUES = {
  texts: many((index) => word(CITIES, index)),
  foreign: many((index) => word(FOREIGN, index)),
  addresses: many((index) => `person.number.${index}@Mail-${index % 7}.Example`),
  numbers: many((index) => (index * 7919) % 10_000),
  booleans: many((index) => index % 2),
  days: many(day),
  instants: many((index) => NOW - index * 1_234_567),
  options: many((index) => `|golf|option ${index % 300}|Échecs|`),
  names: many((index) => ['vip', `tag ${index % 300}`, 'Été']),
};

const dates = { anchor: /** @type {const} */ ({ kind: 'day', day: '2020-01-01' }), steps: [] };
const later = { anchor: /** @type {const} */ ({ kind: 'today' }), steps: [] };
const number = 5000;

/** One test of each kind, so that a new kind is missed. @type {Record<Test['kind'], Test[]>} */
const TESTS = {
  textEquals: [{ kind: 'textEquals', text: 'dunedin 17' }],
  textIn: [
    { kind: 'textIn', texts: ['dunedin 17', 'El Paso 4'] },
    { kind: 'textIn', texts: many((index) => word(CITIES, index), 1000) },
  ],
  contains: [{ kind: 'contains', text: 'enis' }],
  startsWith: [{ kind: 'startsWith', text: 'Saint' }],
  endsWith: [{ kind: 'endsWith', text: '.example' }],
  like: [
    { kind: 'like', pattern: '%a%1%.example' },
    { kind: 'like', pattern: 'd_n%_7' },
    { kind: 'like', pattern: '%e_is_1%' },
  ],
  matches: [
    { kind: 'matches', pattern: '^Saint' },
    { kind: 'matches', pattern: '[0-9]+7$' },
    { kind: 'matches', pattern: '(?i)dun.*1|paso' },
  ],
  numberEquals: [{ kind: 'numberEquals', number }],
  numberIn: [{ kind: 'numberIn', numbers: many((index) => index * 3, 1000) }],
  below: [{ kind: 'below', number }],
  atMost: [{ kind: 'atMost', number }],
  above: [{ kind: 'above', number }],
  atLeast: [{ kind: 'atLeast', number }],
  numberBetween: [{ kind: 'numberBetween', low: 10, high: number }],
  booleanEquals: [{ kind: 'booleanEquals', value: true }],
  on: [{ kind: 'on', date: dates }],
  before: [{ kind: 'before', date: dates }],
  after: [{ kind: 'after', date: dates }],
  through: [{ kind: 'through', date: dates }],
  since: [{ kind: 'since', date: dates }],
  dateBetween: [{ kind: 'dateBetween', low: dates, high: later }],
  inLast: [{ kind: 'inLast', count: 30, unit: 'day' }],
  inNext: [{ kind: 'inNext', count: 30, unit: 'day' }],
  during: [{ kind: 'during', period: { kind: 'last', unit: 'month' } }],
  hasAny: [
    { kind: 'hasAny', texts: ['option 3', 'Sailing'] },
    { kind: 'hasAny', texts: many((index) => `option ${index}`, 1000) },
  ],
  hasAll: [{ kind: 'hasAll', texts: ['option 3', 'échecs'] }],
  empty: [{ kind: 'empty' }],
};

/** The values that each type is tried on. @type {Partial<Record<Type, (keyof typeof VALUES)[]>>} */
const BY_TYPE = {
  text: ['texts', 'foreign', 'addresses'],
  number: ['numbers'],
  boolean: ['booleans'],
  date: ['days'],
  datetime: ['instants'],
  anniversary: ['days'],
  multiselect: ['options'],
  tags: ['names'],
};

/** @type {Case[]} */
const CASES = ALL_OPERATORS.flatMap(({ kind, types, words, print }) =>
  TESTS[kind].flatMap((test) =>
    types.flatMap((type) =>
      (BY_TYPE[type] ?? []).map((values) => ({
        name: `${words[0]} ${print(test)}`.slice(0, 50),
        type,
        test,
        values,
      })),
    ),
  ),
);

/**
 * Microseconds a value, and how many passed.
 * @param {Case} each
 * @param {number} rounds
 */
function measure({ test, type, values }, rounds) {
  const time = { now: NOW, zone: 'Europe/Paris', weekStart: /** @type {const} */ ('monday') };
  const passes = prepareTest(test, valueContext(type, time));
  const tried = VALUES[values];
  let best = Infinity;
  let passed = 0;
  for (let round = 0; round < rounds; round++) {
    passed = 0;
    const started = performance.now();
    for (const value of tried) if (passes(value)) passed += 1;
    best = Math.min(best, performance.now() - started);
  }
  return { us: (best * 1000) / tried.length, passed };
}

const [rounds = '20', part = ''] = process.argv.slice(2);
console.log('| test | type | values | passed | µs a value |\n| --- | --- | --- | ---: | ---: |');
for (const each of CASES.filter(({ name }) => name.includes(part))) {
  const { us, passed } = measure(each, Number(rounds));
  const cells = [`\`${each.name}\``, each.type, each.values, passed, us.toFixed(3)];
  console.log(`| ${cells.join(' | ')} |${us > BOUND_US ? ' **over**' : ''}`);
}
