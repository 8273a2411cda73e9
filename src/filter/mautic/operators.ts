/** The operator of a builder's row: one of Mautic's codes, or a word of the language. */
import { EXIT, UserError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';
import { counted } from '../../support/text.ts';
import { code } from '../problem/wording-parts.ts';

export type Arity = 'none' | 'one' | 'two' | 'some';

export interface BuilderOperator {
  /** As it was given. */
  readonly written: string;
  /**
   * Mautic's code, folded, also for words that both have (`=`, `in`). Undefined for other words of
   * the language.
   */
  readonly code: string | undefined;
  /** The language's words for it on most types of field. */
  readonly word: string;
  readonly arity: Arity;
}

/** Mautic's codes, folded, and the words of the language for them. */
const CODES: ReadonlyMap<string, string> = new Map([
  ...['=', '!=', 'like', 'contains', 'in', 'between'].map((same) => [same, same] as const),
  ['eq', '='],
  ['neq', '!='],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
  ['empty', 'is empty'],
  ['!empty', 'is not empty'],
  ['!like', 'not like'],
  ['regexp', 'matches'],
  ['!regexp', 'not matches'],
  ['startswith', 'starts with'],
  ['!startswith', 'not starts with'],
  ['endswith', 'ends with'],
  ['!endswith', 'not ends with'],
  ['!contains', 'not contains'],
  ['!in', 'not in'],
  ['in_all', 'has all'],
  ['!in_all', 'not has all'],
  ['!between', 'not between'],
  ['inlast', 'in last'],
  ['innext', 'in next'],
]);

/** Words of the language that mean the same as another. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['after', '>'],
  ['before', '<'],
]);

/** The language's words, and how many values each takes. */
const WORDS: ReadonlyMap<string, Arity> = new Map([
  ...each('none', ['is empty', 'is not empty']),
  ...each('one', ['=', '!=', '<', '<=', '>', '>=']),
  ...each('one', ['during', 'in last', 'in next'].flatMap(withNot)),
  ...each('one', ['contains', 'starts with', 'ends with', 'like', 'matches'].flatMap(withNot)),
  ...each('two', ['between', 'not between']),
  ...each('some', ['in', 'not in', 'has any', 'has all', 'not has all', 'has none']),
]);

function withNot(word: string): string[] {
  return [word, `not ${word}`];
}

function each(arity: Arity, words: readonly string[]): (readonly [string, Arity])[] {
  return words.map((word) => [word, arity]);
}

/** Reads an operator. `UserError` (2): unknown. */
export function readOperator(written: string): BuilderOperator {
  const given = written.trim().toLowerCase();
  const ofMautic = CODES.get(given);
  const word = ofMautic ?? SYNONYMS.get(given) ?? given;
  const arity = WORDS.get(word);
  if (arity !== undefined)
    return { written, code: ofMautic === undefined ? undefined : given, word, arity };
  const [near] = nearest(given, [...CODES.keys(), ...WORDS.keys()]);
  const hint =
    near === undefined
      ? `give one of ${[...WORDS.keys()].join(', ')}`
      : `did you mean ${code(near)}?`;
  throw new UserError('UNKNOWN_OPERATOR', EXIT.usage, `unknown operator ${code(written)}`, {
    hint,
  });
}

/** Checks the number of values. `UserError` (2): too many or too few. */
export function requireCount({ written, arity }: BuilderOperator, count: number): void {
  const wanted = { none: 0, one: 1, two: 2, some: Math.max(1, count) }[arity];
  if (count === wanted) return;
  const takes = wanted === 0 ? 'no value' : counted(wanted, 'value');
  const verb = count === 1 ? 'is' : 'are';
  const message = `${code(written)} takes ${takes}, and there ${verb} ${count}`;
  throw cannotSay(message, 'repeat --value for each value');
}

/** The error for what the language cannot say; the hint gives the nearest that it can. */
export function cannotSay(message: string, hint: string): UserError {
  return new UserError('FILTER', EXIT.usage, message, { hint });
}
