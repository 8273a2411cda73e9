/**
 * All that is PostgreSQL's own. Texts are `collate "C"`, where `lower` folds ASCII letters alone;
 * other letters stand in conditions in all their cases. Measured on 1 M rows: `lower` with a
 * comparison or LIKE 0.4 s, a class for each letter 0.8 s, the function `fold` 2.7 to 12.5 s.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { Dialect } from '../../sql/dialect.ts';
import { hasOptions } from '../../sql/options.ts';
import { likePattern, MOST_PATTERN_CHARACTERS, type PatternPart } from '../../sql/pattern.ts';
import { isCaseless, spellings, spellingsOf } from '../../sql/spellings.ts';
import { asciiLower, caseVariants, fold, isAscii } from '../../support/fold.ts';
import { average, sum } from './figures.ts';

/** So many texts are compared one by one; more are folded once. */
const MOST_PATTERNS = 8;

/**
 * Sub-selects of a filter that PostgreSQL may turn into joins. Planning takes 4 ms for ten of them,
 * 0.1 s for 40 and 1.2 s for 80, and behind `is true` 0.02 ms for each.
 */
const MOST_JOINS = 10;

export const postgresDialect: Dialect = {
  constant: (value) => (value ? sql`true` : sql`false`),
  textEquals: (value, text) => known(value, keyEquals(value, text)),
  keyEquals,
  textIn,
  textFits: (value, parts) => known(value, fits(value, parts)),
  // rule: postgres-count-distinct
  countDistinct: (value) => sql`count(distinct fold(${value}))`,
  setHas,
  same: (value, literal) => known(value, sql`${value} = ${literal}`),
  // rule: postgres-number-in
  numberIn: (value, numbers) => known(value, sql`${value} = any(${sql.param(numbers)}::float8[])`),
  sum,
  average,
  property: (properties, name, as) =>
    ({
      // rule: postgres-property
      text: sql`event_text(${properties}, ${name}) collate "C"`,
      number: sql`event_number(${properties}, ${name})`,
      date: sql`event_day(${properties}, ${name}) collate "C"`,
    })[as],
  notLookedUp: (column) => column, // there are statistics
  // rule: postgres-plannable
  plannable: (condition, subselects) =>
    subselects > MOST_JOINS ? sql`(${condition} is true)` : condition,
  isDay: (value) => sql`is_day(${value})`,
};

/** The condition, which does not hold for a NULL value. Unlike `coalesce`, it leaves indexes to use. */
function known(value: SQL, condition: SQL): SQL {
  // rule: postgres-known
  return sql`(${value} is not null and ${condition})`;
}

function keyEquals(value: SQL, text: string): SQL {
  const spelled = spellings(text).map(asciiLower);
  if (spelled.length === 0) return foldsTo(value, text);
  return spelled.length === 1
    ? sql`lower(${value}) = ${asciiLower(text)}`
    : sql`lower(${value}) = any(${texts(spelled)})`;
}

/** Equal, where the text has too many spellings to list them. */
function foldsTo(value: SQL, text: string): SQL {
  return Array.from(text).length > MOST_PATTERN_CHARACTERS
    ? sql`fold(${value}) = ${fold(text)}`
    : fits(value, [{ kind: 'text', text }]);
}

function textIn(value: SQL, wanted: readonly string[]): SQL {
  const { spelled, unspelled } = spellingsOf(wanted);
  const tests = [
    ...(spelled.length > 0 ? [sql`lower(${value}) = any(${texts(spelled.map(asciiLower))})`] : []),
    ...(unspelled.length > MOST_PATTERNS
      ? [sql`fold(${value}) = any(${texts(unspelled.map(fold))})`]
      : unspelled.map((text) => foldsTo(value, text))),
  ];
  return known(value, sql`(${sql.join(tests, sql` or `)})`);
}

function fits(value: SQL, parts: readonly PatternPart[]): SQL {
  return isCaseless(parts)
    ? sql`lower(${value}) like ${asciiLower(likePattern(parts))}`
    : sql`lower(${value}) ~ ${expressionOf(parts)}`;
}

/**
 * `^[Éé]t[Éé]`: a regular expression of PostgreSQL ("ARE") with a class for each letter that has
 * cases. An `any` at an end needs no sign, only no anchor.
 */
function expressionOf(parts: readonly PatternPart[]): string {
  const isAny = (part: PatternPart | undefined): boolean => part?.kind === 'any';
  const inner = parts.map((part) =>
    part.kind === 'text'
      ? Array.from(part.text, letterClass).join('')
      : part.kind === 'any'
        ? '.*'
        : '.',
  );
  // rule: postgres-anchors
  const [start, end] = [isAny(parts[0]) ? '' : '^', isAny(parts.at(-1)) ? '' : '$'];
  return `${start}${inner.slice(start === '' ? 1 : 0, end === '' ? -1 : undefined).join('')}${end}`;
}

function letterClass(letter: string): string {
  // rule: postgres-escapes
  if (/[.*+?()[\]{}|^$\\]/.test(letter)) return `\\${letter}`;
  if (isAscii(letter)) return asciiLower(letter);
  const variants = caseVariants(letter);
  return variants.length === 1 ? letter : `[${variants.join('')}]`;
}

function setHas(value: SQL, options: readonly string[], which: 'any' | 'all'): SQL {
  const tested = hasOptions(options, which, {
    fits: (parts) => fits(value, parts),
    many: (wanted) => {
      // `offset 0` has the text folded once, not once for each option
      const found = sql`from (select fold(${value}) as folded offset 0) held, unnest(${texts(wanted)}) as option where strpos(held.folded, option)`;
      return which === 'any'
        ? sql`exists (select 1 ${found} > 0)`
        : sql`not exists (select 1 ${found} = 0)`;
    },
  });
  return known(value, tested);
}

function texts(list: readonly string[]): SQL {
  return sql`${sql.param(list)}::text[]`;
}
