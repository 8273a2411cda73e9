/** What PostgreSQL's dialect keeps to, taken out. Same form as in list.js. */
const AGREES = 'property/filter-postgres.test.ts';
const ASKED = 'filter/postgres.test.ts';

const dialect = 'src/store/postgres/dialect.ts';
const figures = 'src/store/postgres/figures.ts';
const resolve = 'src/store/postgres/resolve-matched.ts';

const SUMS = 'for sums and means near a literal$';

/**
 * @param {string} name
 * @param {string} file
 * @param {string} only the tests that see it
 * @param {string} rule
 * @param {string} find
 * @param {string} replace
 * @returns {import('./list.js').Mutant}
 */
function slip(name, file, only, rule, find, replace) {
  return { name: `postgres-${name}`, rule, file, find, replace, tests: [AGREES], only };
}

/** @type {readonly import('./list.js').Mutant[]} */
export const DIALECT_SLIPS = [
  slip(
    'known',
    dialect,
    'for (textEquals|number)$',
    'what is missing is never unknown',
    '(${value} is not null and ${condition})',
    '(${condition})',
  ),
  slip(
    'number-in',
    dialect,
    'for number$',
    'lists of numbers are lists of doubles',
    'known(value, sql`${value} = any(${sql.param(numbers)}::float8[])`)',
    'known(value, sql`${value} <> all(${sql.param(numbers)}::float8[])`)',
  ),
  {
    name: 'postgres-count-distinct',
    rule: 'tags of several cases count once',
    file: dialect,
    find: 'count(distinct fold(${value}))',
    replace: 'count(distinct lower(${value}))',
    tests: [ASKED],
    only: 'one counts$',
  },
  slip(
    'anchors',
    dialect,
    'for (textEquals|startsWith|like)$',
    'the whole text fits the pattern',
    "isAny(parts.at(-1)) ? '' : '$'",
    "isAny(parts.at(-1)) ? '' : '.*'",
  ),
  slip(
    'escapes',
    dialect,
    'for (contains|startsWith|endsWith|like)$',
    'signs of regular expressions stand for themselves',
    '`\\\\${letter}`',
    'letter',
  ),
  slip(
    'near',
    figures,
    SUMS,
    'sums near a literal are compensated',
    'then ${holds(figureOf(plain))} else ${byExact} end',
    'then ${holds(figureOf(plain))} else ${holds(figureOf(plain))} end',
  ),
  {
    name: 'postgres-tiny-mean',
    rule: 'a mean that is too small is 0, no error',
    file: figures,
    find: "2 * abs(${total}) > ${number} * float8 '5e-324'",
    replace: '${total} is not null',
    tests: [ASKED],
    only: 'for a double is 0$',
  },
  slip('order', figures, SUMS, 'values are added in the order of time', ' order by ${order}', ''),
  {
    name: 'postgres-property',
    rule: 'texts of properties compare by C',
    file: dialect,
    find: 'sql`event_text(${properties}, ${name}) collate "C"`',
    replace: 'sql`event_text(${properties}, ${name})`',
    tests: [ASKED],
    only: 'whatever the database is set to$',
  },
  {
    name: 'postgres-plannable',
    rule: 'so many sub-selects are not joined',
    file: dialect,
    find: 'subselects > MOST_JOINS',
    replace: 'subselects < 0',
    tests: [ASKED],
    only: '1,500 of the longest conditions$',
  },
  {
    name: 'postgres-candidates',
    rule: 'of candidates only their values are read',
    file: resolve,
    find: '...(candidates === undefined ? [] : [areOf(candidates)])',
    replace: '',
    tests: [ASKED],
    only: 'of candidates only',
  },
  {
    name: 'postgres-matched',
    rule: 'what matches is in the shorter list, or not in it',
    file: resolve,
    find: '<> all(',
    replace: '= any(',
    tests: [ASKED],
    only: 'matches',
  },
];
