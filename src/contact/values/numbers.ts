import { isInexactInteger } from '../../support/exact-number.ts';
import type { ValueProblem } from './problem.ts';

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Groups of three digits, separated by blanks, apostrophes, points or commas, all alike; then
 * decimals after the other mark.
 */
const GROUPED = /^([+-]?\d{1,3})([ \u00a0\u2009\u202f'’.,])(\d{3}(?:\2\d{3})*)(?:([.,])(\d+))?$/;
const DECIMAL_COMMA = /^([+-]?\d+),(\d+)$/;
const COMMA_OF_EITHER_KIND = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * Reads a number as files write it: `1234.5`, `1234,5`, `1 234,5`, `1.234,50`, `1,234.50`, `1'234`,
 * `-5`, `1e21`. A single point is always a decimal point. `1,234` alone is ambiguous and a problem.
 */
export function parseNumber(text: string): number | ValueProblem {
  const trimmed = text.trim().replace('−', '-');
  const plain = PLAIN.test(trimmed) ? trimmed : toPlain(trimmed);
  if (plain === undefined)
    return COMMA_OF_EITHER_KIND.test(trimmed)
      ? ambiguous(text, trimmed)
      : { kind: 'notNumber', text };
  const value = Number(plain);
  if (!Number.isFinite(value)) return { kind: 'numberTooLarge', text };
  if (isInexactInteger(plain)) return { kind: 'inexactInteger', text };
  return value === 0 ? 0 : value; // -0 is 0
}

/**
 * The same number with a decimal point and without groups; undefined if the text is no number or is
 * ambiguous.
 */
function toPlain(text: string): string | undefined {
  if (COMMA_OF_EITHER_KIND.test(text)) return undefined;
  const ungrouped = withoutGroups(text);
  if (ungrouped !== undefined) return ungrouped;
  const comma = DECIMAL_COMMA.exec(text);
  return comma === null ? undefined : `${comma[1] ?? ''}.${comma[2] ?? ''}`;
}

/** `1'234.5` becomes `1234.5`; undefined for a number without groups. */
function withoutGroups(text: string): string | undefined {
  const [, first, mark = '', rest = '', point, decimals] = GROUPED.exec(text) ?? [];
  if (first === undefined || /^[+-]?0/.test(first) || point === mark) return undefined;
  return `${first}${rest.replaceAll(mark, '')}${decimals === undefined ? '' : `.${decimals}`}`;
}

function ambiguous(text: string, trimmed: string): ValueProblem {
  return {
    kind: 'ambiguousNumber',
    text,
    readings: [Number(trimmed.replace(',', '')), Number(trimmed.replace(',', '.'))],
  };
}

const YES = new Set(['yes', 'y', 'true', 'on', '1', 'oui', 'vrai', 'ja', 'wahr']);
const NO = new Set(['no', 'n', 'false', 'off', '0', 'non', 'faux', 'nein', 'falsch']);

/**
 * Reads yes and no as 1 and 0: in English, French or German, or as spreadsheets in these languages
 * write true and false.
 */
export function parseBoolean(text: string): 0 | 1 | ValueProblem {
  const word = text.trim().toLowerCase();
  if (YES.has(word)) return 1;
  return NO.has(word) ? 0 : { kind: 'notBoolean', text };
}
