/**
 * A slip in what decides values in memory, of each operator, and in the column form of each kind of
 * condition: the tests must see each. Same form as in list.js.
 */
const MEANING = 'property/filter-meaning.test.ts';
const COLUMNS = 'filter/columns.test.ts';

const operators = 'src/filter/operators/';
const text = `${operators}text.ts`;
const number = `${operators}number.ts`;
const date = `${operators}date.ts`;
const set = `${operators}set.ts`;
const aggregates = `${operators}aggregates.ts`;
const columns = 'src/filter/columns/';
const forms = `${columns}forms.ts`;
const figures = `${columns}figures.ts`;
const tags = `${columns}tags.ts`;

/**
 * @param {string} name
 * @param {string} file
 * @param {string | undefined} leaf the kind of condition whose test sees it; the tests of columns
 * alone if there is none
 * @param {string} rule
 * @param {string} find
 * @param {string} replace
 * @returns {import('./list.js').Mutant}
 */
function slip(name, file, leaf, rule, find, replace) {
  return {
    name,
    rule,
    file,
    find,
    replace,
    ...(leaf === undefined ? { tests: [COLUMNS] } : { tests: [MEANING], only: `for (${leaf})$` }),
  };
}

/**
 * Of an operator whose record shares what it prepares with others: the opposite answer.
 * @param {string} kind
 * @param {string} leaf
 */
const turned = (kind, leaf) =>
  slip(
    `memory-${kind}`,
    date,
    leaf,
    'dates in memory are those of SQL',
    'prepare: prepareRange',
    'prepare: (test, context) => (value) => !prepareRange(test, context)(value)',
  );

/** By kind of test, aggregate and predicate. */
export const MEMORY_SLIPS = [
  slip(
    'memory-textEquals',
    text,
    'textEquals',
    'case does not count',
    'fold(value) === folded',
    'value === folded',
  ),
  slip(
    'memory-textIn',
    text,
    'textIn',
    'case does not count in a list',
    'folded.has(fold(value))',
    'folded.has(value)',
  ),
  slip(
    'memory-contains',
    text,
    'contains',
    'something may stand ahead of what is contained',
    '[ANY, literal(text), ANY]',
    '[literal(text), ANY]',
  ),
  slip(
    'memory-startsWith',
    text,
    'startsWith',
    'more may follow after starts with',
    '[literal(text), ANY]',
    '[literal(text)]',
  ),
  slip(
    'memory-endsWith',
    text,
    'endsWith',
    'something may stand ahead of ends with',
    '[ANY, literal(text)]',
    '[literal(text)]',
  ),
  slip(
    'memory-like',
    text,
    'like',
    '% and _ have a meaning after like',
    'patternParts(pattern)',
    '[literal(pattern)]',
  ),
  slip(
    'memory-matches',
    text,
    'matches',
    'matches minds case',
    'isFound(value)',
    'isFound(fold(value))',
  ),
  slip(
    'memory-numberEquals',
    number,
    'number',
    'another number is not the same',
    'value === number',
    "typeof value === 'number' && value >= number",
  ),
  slip(
    'memory-below',
    number,
    'number',
    '< leaves the number out',
    'value < number',
    'value <= number',
  ),
  slip(
    'memory-atMost',
    number,
    'number',
    '<= takes the number in',
    'value <= number',
    'value < number',
  ),
  slip(
    'memory-above',
    number,
    'number',
    '> leaves the number out',
    'value > number',
    'value >= number',
  ),
  slip(
    'memory-atLeast',
    number,
    'number',
    '>= takes the number in',
    'value >= number',
    'value > number',
  ),
  slip(
    'memory-numberBetween',
    number,
    'number',
    'between takes both numbers in',
    'value <= high',
    'value < high',
  ),
  slip(
    'memory-numberIn',
    number,
    'number',
    'a missing number is not 0',
    'wanted.has(value)',
    'wanted.has(value ?? 0)',
  ),
  slip(
    'memory-booleanEquals',
    `${operators}boolean.ts`,
    'boolean',
    'a missing value is not false',
    'stored === wanted',
    '(stored === 1) === value',
  ),
  ...['on', 'dateBetween', 'during'].map((kind) => turned(kind, 'date')),
  ...['before', 'after', 'through', 'since', 'inLast', 'inNext'].map((kind) =>
    turned(kind, 'datetime'),
  ),
  slip(
    'memory-empty',
    `${operators}empty.ts`,
    'empty',
    'a text of no characters is empty',
    "value === '' && isBlankEmpty",
    "value === '' && !isBlankEmpty",
  ),
  slip('memory-hasAny', set, 'multiselect', 'has any wants one', "texts, 'any'", "texts, 'all'"),
  slip(
    'memory-hasAll',
    set,
    'multiselect',
    'has all wants every one',
    "texts, 'all'",
    "texts, 'any'",
  ),
  slip(
    'memory-anniversary',
    `${operators}anniversary.ts`,
    'anniversary',
    'anniversaries begin with the date itself',
    'year <= slice.year && ',
    '',
  ),
  slip('memory-count', aggregates, 'count', 'each event counts', 'count + one', 'one'),
  slip('memory-first', aggregates, 'first', 'first is the earliest', 'Math.min', 'Math.max'),
  slip('memory-last', aggregates, 'last', 'last is the latest', 'Math.max', 'Math.min'),
  slip('memory-min', aggregates, 'min', 'min is the smallest', 'Math.min', 'Math.max'),
  slip('memory-max', aggregates, 'max', 'max is the largest', 'Math.max', 'Math.min'),
  slip(
    'column-sum',
    aggregates,
    undefined,
    'sums are those of the database, to the last digit',
    'step: null',
    'step: (sum, value) => sum + value',
  ),
  slip(
    'column-avg',
    aggregates,
    undefined,
    'so are means',
    'step: null',
    'step: (sum, value) => sum + value',
  ),
  slip(
    'column-in-segment',
    forms,
    'inSegment',
    'members, not the others',
    'view.ownersOf(at(view.batch.members, place))',
    'view.ownersOf(at(view.batch.members, place)).complement()',
  ),
  slip(
    'column-joined-segment',
    forms,
    'joinedSegment',
    'joined in the window, not at any time',
    "return 'joined'",
    'return membersForm(leaf.segment, context)',
  ),
  slip(
    'column-suppressed',
    forms,
    'suppressed',
    'for that reason',
    'rows.keepAll(reasons.rowsWhere(isReason))',
    'rows.keepAll(rows)',
  ),
];

/** What holds for columns alone. */
export const COLUMN_SLIPS = [
  ...MEMORY_SLIPS,
  slip(
    'column-contact',
    forms,
    'textEquals',
    'a column of contacts is that of the field',
    'batch.contacts(place)',
    'batch.contacts(0)',
  ),
  slip(
    'column-null',
    `${columns}value-column.ts`,
    undefined,
    'NULL is no empty text',
    'column[row] ?? null',
    "column[row] ?? ''",
  ),
  slip(
    'column-dictionary',
    `${columns}value-column.ts`,
    undefined,
    'a row has the code of its own value',
    'codes[row] = code',
    'codes[row] = values.length - 1',
  ),
  slip(
    'column-no-company',
    forms,
    'empty',
    'who has no company has its fields empty',
    '[...at(companies, place).values, null]',
    '[...at(companies, place).values, 0]',
  ),
  slip(
    'column-tags',
    tags,
    'tags',
    'case of tags does not count',
    'wanted.get(fold(tag))',
    'wanted.get(tag)',
  ),
  slip(
    'column-has-all',
    tags,
    'tags',
    'has all wants every tag',
    "kind === 'hasAny' ? 1 : wanted.size",
    '1',
  ),
  slip(
    'column-tags-once',
    tags,
    undefined,
    'tags that differ in case only count once',
    'lastOwner[wanted] === contact',
    'lastOwner[wanted] === -2',
  ),
  slip(
    'column-tags-empty',
    tags,
    'tags',
    'who has no tag has none',
    'view.ownersOf(view.batch.tags).complement()',
    'view.ownersOf(view.batch.tags)',
  ),
  slip(
    'column-of-none',
    figures,
    'count',
    'who has no event counts 0',
    '= passes(ofNone)',
    '= false',
  ),
  slip(
    'column-window',
    figures,
    'count',
    'a window leaves events out',
    'isWithin === undefined',
    'isWithin !== null',
  ),
  slip(
    'column-where',
    figures,
    'count',
    'so does where',
    'matching.keepAll(within)',
    'matching.addAll(within)',
  ),
  slip(
    'column-no-value',
    figures,
    'max|min',
    'an event without a value is not one of 0',
    'numbers[row] : null',
    '(numbers[row] ?? 0) : null',
  ),
  slip(
    'column-event-types',
    `${columns}wants.ts`,
    undefined,
    'types of events that differ in case only are read once',
    'of(fold(type)',
    'of(type',
  ),
  slip(
    'column-and',
    `${columns}combine.ts`,
    'textEquals|filters of all sorts',
    'and keeps what all have',
    "kind === 'and'",
    "kind === 'or'",
  ),
  slip(
    'column-not',
    `${columns}combine.ts`,
    'filters of all sorts',
    'not is the complement',
    'rowsOf).complement()',
    'rowsOf)',
  ),
  slip(
    'column-sql',
    `${columns}column-plan.ts`,
    'sum',
    'SQL says 1 of who matches',
    'answer === 1',
    'answer !== 1',
  ),
  slip(
    'column-key-dates',
    `${columns}leaf-key.ts`,
    undefined,
    'conditions of other dates are others',
    'grain, from, until',
    'grain, until',
  ),
  slip(
    'column-alone',
    `${columns}sources.ts`,
    undefined,
    'a condition that shares what it reads with no other goes by SQL',
    'keys.length < (source === EVENTS ? FEWEST_LEAVES_OF_EVENTS : FEWEST_LEAVES)',
    'keys.length < 0',
  ),
  slip(
    'column-from',
    `${columns}wants.ts`,
    undefined,
    'events are read from the first instant on that any condition asks for',
    'Math.min(asked.from, from)',
    'from',
  ),
];
