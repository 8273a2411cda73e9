/**
 * A slip in every operator of the language, of the kind that one makes: the property tests of its meaning must see each.
 * Same form as in list.js.
 */
const MEANING = 'property/filter-meaning.test.ts';

const operators = 'src/filter/operators/';
const text = `${operators}text.ts`;
const number = `${operators}number.ts`;
const aggregates = `${operators}aggregates.ts`;
const predicates = `${operators}predicates.ts`;
const moments = 'src/filter/moments.ts';
const dialect = 'src/filter/dialect-sqlite.ts';
const events = 'src/filter/compile-aggregates.ts';
const tags = 'src/filter/compile-tags.ts';

/**
 * @param {string} name
 * @param {string} file
 * @param {string} leaf the kind of condition whose test sees it
 * @param {string} rule
 * @param {string} find
 * @param {string} replace
 * @returns {import('./list.js').Mutant}
 */
function slip(name, file, leaf, rule, find, replace) {
  return { name: `operator-${name}`, rule, file, find, replace, tests: [MEANING], only: `for (${leaf})$` };
}

/** @type {readonly import('./list.js').Mutant[]} */
export const OPERATOR_SLIPS = [
  slip('equals', dialect, 'textEquals', 'a missing text is not equal, never unknown', 'return sql`${value} is ${text}`;', 'return sql`${value} = ${text}`;'),
  slip('in', dialect, 'textIn', 'a missing text is in no list', 'return sql`(${value} is not null and (${sql.join(tests, sql` or `)}))`;', 'return sql`(${sql.join(tests, sql` or `)})`;'),
  slip('contains', text, 'contains', '% and _ stand for themselves after contains', 'dialect.textFits(value, [ANY, literal(text), ANY])', 'dialect.textFits(value, [ANY, ...patternParts(text), ANY])'),
  slip('starts-with', text, 'startsWith', 'more may follow after starts with', 'dialect.textFits(value, [literal(text), ANY])', 'dialect.textFits(value, [literal(text)])'),
  slip('ends-with', text, 'endsWith', 'something may stand ahead of ends with', 'dialect.textFits(value, [ANY, literal(text)])', 'dialect.textFits(value, [literal(text)])'),
  slip('like', text, 'like', 'a backslash takes the meaning from % and _', "/\\\\[%_\\\\]|[%_]|[^%_\\\\]+|\\\\/gsu", '/[%_]|[^%_]+/gsu'),
  slip('matches', dialect, 'matches', 'matches minds case', 're_match(${regularExpression}, ${value})', "re_match('(?i)' || ${regularExpression}, ${value})"),
  slip('case', dialect, 'textEquals|contains|startsWith|like', 'letters beyond ASCII have their cases', 'letters.every((letter) => isAscii(letter) || caseVariants(letter).length === 1)', 'letters.length >= 0'),
  slip('number-equals', number, 'number', 'a missing number is not equal, never unknown', '=> dialect.same(value, number)', '=> sql`${value} = ${number}`'),
  slip('below', number, 'number', '< leaves the number out', 'sql`${value} < ${number}`', 'sql`${value} <= ${number}`'),
  slip('at-most', number, 'number', '<= takes the number in', 'sql`${value} <= ${number}`', 'sql`${value} < ${number}`'),
  slip('above', number, 'number', '> leaves the number out', 'sql`${value} > ${number}`', 'sql`${value} >= ${number}`'),
  slip('at-least', number, 'number', '>= takes the number in', 'sql`${value} >= ${number}`', 'sql`${value} > ${number}`'),
  slip('number-between', number, 'number', 'between takes both numbers in', '${value} between ${low} and ${high}', '${value} >= ${low} and ${value} < ${high}'),
  slip('number-in', dialect, 'number', 'a missing number is in no list', '(${value} is not null and ${value} in ${list(numbers)})', '(${value} in ${list(numbers)})'),
  slip('boolean', `${operators}boolean.ts`, 'boolean', 'false is a value too', 'dialect.same(column, value ? 1 : 0)', 'dialect.numberIn(column, value ? [1] : [])'),
  slip('empty', `${operators}empty.ts`, 'empty', 'a text of no characters is empty', "sql`(${value} is null or ${value} = '')`", 'sql`${value} is null`'),
  slip('on', moments, 'date', '= a day ends with the day', "case 'on':\n      return extent(test.date);", "case 'on':\n      return { from: extent(test.date).from, until: null };"),
  slip('before', moments, 'datetime', 'before a day is ahead of its start', "case 'before':\n      return { from: null, until: extent(test.date).from };", "case 'before':\n      return { from: null, until: extent(test.date).until };"),
  slip('through', moments, 'datetime', '<= a day takes the whole day in', "case 'through':\n      return { from: null, until: extent(test.date).until };", "case 'through':\n      return { from: null, until: extent(test.date).from };"),
  slip('after', moments, 'datetime', 'after a day is from its end', "case 'after':\n      return { from: extent(test.date).until, until: null };", "case 'after':\n      return { from: extent(test.date).from, until: null };"),
  slip('since', moments, 'datetime', 'since a day is from its start', "case 'since':\n      return { from: extent(test.date).from, until: null };", "case 'since':\n      return { from: extent(test.date).until, until: null };"),
  slip('date-between', moments, 'datetime', 'between takes the second day in', 'until: extent(test.high).until }', 'until: extent(test.high).from }'),
  slip('in-last', moments, 'datetime', 'in last leaves its far end out', 'time) + 1, until: time.now + 1 }', 'time), until: time.now + 1 }'),
  slip('in-next', moments, 'datetime', 'in next leaves now out', 'from: time.now + 1, until: shift(', 'from: time.now, until: shift('),
  slip('in-last-days', moments, 'date', 'in last n days of a date takes today in', 'until: dayAfter(today) };\n    case', 'until: today };\n    case'),
  slip('during', moments, 'date', 'quarters begin in January, April, July and October', '(Number(day.slice(5, 7)) - 1) / 3)', 'Number(day.slice(5, 7)) / 3)'),
  slip('week', moments, 'date', 'the week starts where the store says', 'dayOfWeek(day, time.weekStart)', "dayOfWeek(day, 'monday')"),
  slip('exact-days', moments, 'datetime', 'from an instant months are of the calendar', "unit === 'month' || unit === 'year' ?", "unit === 'year' ?"),
  slip('anniversary', `${operators}anniversary.ts`, 'anniversary', 'anniversaries begin with the date itself', 'substr(${value}, 1, 4) <= ${year} and ', "'' <= ${year} and "),
  slip('has-any', dialect, 'multiselect', 'an option is whole', '`|${fold(text)}|`', 'fold(text)'),
  slip('has-all', dialect, 'multiselect', 'has all wants every one', "which === 'any' ? sql` or ` : sql` and `", 'sql` or `'),
  slip('tags', tags, 'tags', 'has all wants every tag', "balanced('and', wanted.map", "balanced('or', wanted.map"),
  slip('tags-empty', tags, 'tags', 'a link to no tag is none', 'contact_tags ct, tags t where ct.contact_id = c.id and t.id = ct.tag_id)`', 'contact_tags ct where ct.contact_id = c.id)`'),
  slip('count', events, 'count', 'who has no event counts 0', 'return holdsOfNone ?', 'return holdsOfNone && of !== \'count\' ?'),
  slip('did', events, 'count', 'more than 1 is not any', 'return test.number >= 0 && test.number < 1 ? true', 'return test.number >= 0 && test.number <= 1 ? true'),
  slip('window', events, 'count', 'a window leaves events out', '...(window === null ? [] : [rangeCondition(', '...(window !== undefined ? [] : [rangeCondition('),
  slip('where', events, 'count', 'so does where', '...(where === null ? [] : [compileCombined', '...(where !== undefined ? [] : [compileCombined'),
  slip('first', aggregates, 'first', 'first is the earliest', 'sql`min(e.occurred_at)', 'sql`max(e.occurred_at)'),
  slip('last', aggregates, 'last', 'last is the latest', 'sql`max(e.occurred_at)', 'sql`min(e.occurred_at)'),
  slip('sum', aggregates, 'sum', 'the sum of nothing is 0', 'sql`coalesce(sum(e.value)${filter}, 0)`', 'sql`sum(e.value)${filter}`'),
  slip('avg', aggregates, 'avg', 'events without a value do not weigh', 'sql`avg(e.value)${filter}`', 'sql`sum(e.value)${filter} / count(*)${filter}`'),
  slip('min', aggregates, 'min', 'the least of nothing is empty', 'sql`min(e.value)${filter}`', 'sql`coalesce(min(e.value)${filter}, 0)`'),
  slip('max', aggregates, 'max', 'the greatest of nothing is empty', 'sql`max(e.value)${filter}`', 'sql`coalesce(max(e.value)${filter}, 0)`'),
  slip('in-segment', predicates, 'inSegment', 'members of that segment', 'within: [sql`m.segment_id = ${getSegment(context.catalogue, segment).id}`]', 'within: [sql`m.segment_id >= ${getSegment(context.catalogue, segment).id}`]'),
  slip('joined-segment', predicates, 'joinedSegment', 'joined in the window', 'where: [since] }', 'where: [] }'),
  slip('suppressed', predicates, 'suppressed', 'for that reason', '...(reason === null ? [] : [dialect.keyEquals(sql`s.reason`, reason)])', '...(reason === undefined ? [sql`1`] : [])'),
  slip('company', 'src/filter/compile.ts', 'empty', 'who has no company has its fields empty', "if (test.kind === 'empty') return", "if (test.kind === 'empty' && context.shape === undefined) return"),
];
