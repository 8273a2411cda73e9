/**
 * All that is SQLite's own. Measured on 1 M rows: one GLOB with a class for each letter 153 ms, a
 * function of ours 437 ms, NOCASE and LIKE less.
 */
import { sql, type SQL } from 'drizzle-orm';
import { caseVariants, fold, isAscii } from '../../support/fold.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { MOST_PATTERN_CHARACTERS, type PatternPart } from '../../sql/pattern.ts';

// values bound one by one; more go into one JSON parameter, of which there may be 32,766
const MOST_BOUND = 8;
const MOST_SPELLINGS = 8;
const ASCII = /^[\u{0}-\u{7f}]*$/u;

export const sqliteDialect: Dialect = {
  constant: (value) => (value ? sql`1` : sql`0`),
  textEquals,
  keyEquals,
  textIn,
  textFits,
  countDistinct: (value) => sql`count(distinct fold(${value}))`,
  // rule: operator-matches
  textMatches: (value, regularExpression) => sql`re_match(${regularExpression}, ${value})`,
  setHas,
  same: (value, literal) => sql`${value} is ${literal}`,
  // rule: operator-number-in
  numberIn: (value, numbers) => sql`(${value} is not null and ${value} in ${list(numbers)})`,
  property: (properties, name, as) => {
    const read = {
      text: sql`event_text(${properties}, ${name})`,
      number: sql`event_number(${properties}, ${name})`,
      date: sql`event_day(${properties}, ${name})`,
    }[as];
    // most events have no properties, and a call costs
    return sql`iif(${properties} is null, null, ${read}) collate nocase`;
  },
  notLookedUp: (column) => sql`+${column}`,
  // of 2023-02-30 it makes 2023-03-02, of anything else NULL
  isDay: (value) => sql`date(${value}) is ${value}`,
};

function textEquals(value: SQL, text: string): SQL {
  const spelled = spellings(text);
  // rule: operator-equals
  if (spelled.length === 1) return sql`${value} is ${text}`;
  if (spelled.length > 1) return sql`(${value} is not null and ${value} in ${list(spelled)})`;
  const folded = sql`fold(${value}) is ${fold(text)}`;
  return Array.from(text).length > MOST_PATTERN_CHARACTERS
    ? folded
    : sql`(${value} glob ${globOf([{ kind: 'text', text }])} and ${folded})`;
}

function keyEquals(column: SQL, text: string): SQL {
  const spelled = spellings(text);
  if (spelled.length === 0) return textEquals(column, text);
  return spelled.length === 1 ? sql`${column} = ${text}` : sql`${column} in ${list(spelled)}`;
}

function textIn(value: SQL, texts: readonly string[]): SQL {
  const spelled = texts.map((text) => ({ text, spellings: spellings(text) }));
  const simple = spelled.flatMap((each) => each.spellings);
  const hard = spelled.filter((each) => each.spellings.length === 0).map((each) => each.text);
  const tests = [
    ...(simple.length > 0 ? [sql`${value} in ${list(simple)}`] : []),
    ...(hard.length > MOST_BOUND
      ? [sql`fold(${value}) in ${list(hard.map(fold))}`]
      : hard.map((text) => textEquals(value, text))),
  ];
  // rule: operator-in
  return sql`(${value} is not null and (${sql.join(tests, sql` or `)}))`;
}

/**
 * The text in every case of its letters beyond ASCII; none when that makes too many texts. The cases
 * of ASCII letters need no text of their own, because NOCASE knows them.
 */
function spellings(text: string): string[] {
  if (ASCII.test(text)) return [text];
  const letters = Array.from(text, (letter) => (isAscii(letter) ? [letter] : caseVariants(letter)));
  const count = letters.reduce(
    (product, variants) => Math.min(product * variants.length, MOST_SPELLINGS + 1),
    1,
  );
  if (count > MOST_SPELLINGS) return [];
  return letters.reduce<string[]>(
    (spelled, variants) => spelled.flatMap((start) => variants.map((variant) => start + variant)),
    [''],
  );
}

function textFits(value: SQL, parts: readonly PatternPart[]): SQL {
  const letters = parts.flatMap((part) => (part.kind === 'text' ? Array.from(part.text) : []));
  // rule: operator-case
  const caseless = letters.every((letter) => isAscii(letter) || caseVariants(letter).length === 1);
  const fits = caseless ? like(value, parts) : sql`${value} glob ${globOf(parts)}`;
  return sql`(${value} is not null and ${fits})`;
}

function like(value: SQL, parts: readonly PatternPart[]): SQL {
  const escapes = parts.some((part) => part.kind === 'text' && /[%_\\]/.test(part.text));
  const pattern = parts
    .map((part) =>
      part.kind === 'text' ? part.text.replace(/[%_\\]/g, '\\$&') : part.kind === 'any' ? '%' : '_',
    )
    .join('');
  return escapes ? sql`${value} like ${pattern} escape '\\'` : sql`${value} like ${pattern}`;
}

function setHas(value: SQL, texts: readonly string[], which: 'any' | 'all'): SQL {
  // rule: operator-has-any
  const wanted = [...new Set(texts.map((text) => `|${fold(text)}|`))];
  if (wanted.length <= MOST_BOUND) {
    const tests = wanted.map((text) =>
      textFits(value, [{ kind: 'any' }, { kind: 'text', text }, { kind: 'any' }]),
    );
    // rule: operator-has-all
    return sql`(${sql.join(tests, which === 'any' ? sql` or ` : sql` and `)})`;
  }
  const all = sql`from json_each(${JSON.stringify(wanted)}) wanted`;
  const found = sql`${all} where instr(fold(${beforeNul(value)}), wanted.value)`;
  const holds =
    which === 'any' ? sql`exists (select 1 ${found} > 0)` : sql`not exists (select 1 ${found} = 0)`;
  return sql`(${value} is not null and ${holds})`;
}

/** The text up to its first NUL character, where LIKE and GLOB end it by themselves. */
function beforeNul(value: SQL): SQL {
  return sql`substr(${value}, 1, instr(${value} || char(0), char(0)) - 1)`;
}

/** `[Éé]t[Éé]*`: a class for each letter; what GLOB would read as its own stands in a class too. */
function globOf(parts: readonly PatternPart[]): string {
  return parts
    .map((part) =>
      part.kind === 'text'
        ? Array.from(part.text, globClass).join('')
        : part.kind === 'any'
          ? '*'
          : '?',
    )
    .join('');
}

function globClass(letter: string): string {
  const variants = caseVariants(letter);
  return variants.length > 1 || '*?['.includes(letter) ? `[${variants.join('')}]` : letter;
}

/** Few values one by one, many as one JSON array. */
function list(values: readonly (string | number)[]): SQL {
  if (values.length > MOST_BOUND)
    return sql`(select value from json_each(${JSON.stringify(values)}))`;
  return sql`(${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )})`;
}
