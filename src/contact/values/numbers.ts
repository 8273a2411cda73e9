import { losesDigits } from '../../support/exact-number.ts';
import type { Cleaned, Wrapping } from './cleaned.ts';
import { isProblem, type ValueProblem } from './problem.ts';

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** As numbers beyond all others are written, by exports too. */
const INFINITE = /^[+-]?Infinity$/;

/**
 * Groups of three digits, separated by blanks, apostrophes, points or commas, all alike; then
 * decimals after the other mark.
 */
const GROUPED = /^([+-]?\d{1,3})([ \u00a0\u2009\u202f'’.,])(\d{3}(?:\2\d{3})*)(?:([.,])(\d+))?$/;
const DECIMAL_COMMA = /^([+-]?\d+),(\d+)$/;
const COMMA_OF_EITHER_KIND = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * Reads a number as files write it: `1234.5`, `1234,5`, `1 234,5`, `1.234,50`, `1,234.50`, `1'234`,
 * `-5`, `1e21`, `Infinity`. A single point is always a decimal point. `1,234` alone is ambiguous
 * and a problem, and so are digits that would not come back.
 */
export function parseNumber(text: string): number | ValueProblem {
  if (PLAIN.test(text)) return toNumber(text, text);
  if (INFINITE.test(text)) return Number(text);
  const written = text.trim().replace('−', '-');
  const plain = PLAIN.test(written) ? written : toPlain(written);
  if (plain !== undefined) return toNumber(plain, text);
  return COMMA_OF_EITHER_KIND.test(written)
    ? ambiguous(text, written)
    : { kind: 'notNumber', text };
}

function toNumber(plain: string, text: string): number | ValueProblem {
  const value = Number(plain);
  if (!Number.isFinite(value)) return { kind: 'numberTooLarge', text };
  if (losesDigits(plain)) return { kind: 'lostDigits', text };
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

function ambiguous(text: string, written: string): ValueProblem {
  return {
    kind: 'ambiguousNumber',
    text,
    readings: [Number(written.replace(',', '')), Number(written.replace(',', '.'))],
  };
}

/**
 * Reads what else spreadsheets show for a number: an amount with its currency (`12,50 €`,
 * `-$1,200.00`, `CHF 5`), a percentage, a debt in parentheses, and the `'` that makes a number a
 * text there.
 */
export function readNumber(text: string): number | Cleaned<number> | ValueProblem {
  const plain = parseNumber(text);
  if (!isProblem(plain) || plain.kind !== 'notNumber') return plain;
  const { digits, from } = unwrapped(text.trim().replace('−', '-'));
  const value = parseNumber(digits);
  if (isProblem(value)) return { ...value, text };
  return from === undefined ? value : { kind: 'cleaned', value, from };
}

const DEBT = /^\(([^-+()]+)\)$/;

interface Unwrapped {
  readonly digits: string;
  readonly from?: Wrapping;
}

function unwrapped(text: string): Unwrapped {
  const [, marked] = /^'(?=[-+\d])(.*)$/.exec(text) ?? [];
  const { digits, from } = withoutUnit(marked ?? text);
  const wrapping = from ?? (marked === undefined ? undefined : 'apostrophe');
  return {
    digits: digits.replace(DEBT, '-$1'),
    ...(wrapping === undefined ? {} : { from: wrapping }),
  };
}

/** A sign or a parenthesis may stand on both sides of a currency: `-$5`, `$-5`, `($5)`, `€ (5)`. */
const UNIT_FIRST = /^([-+(]?)([^-+(\d\s.,'’]{1,4}\.?)\s?(?=[-+(\d.,])(.*)$/;
const UNIT_LAST = /^(.*[\d.)])\s?([^-+()\d\s.,'’]{1,4}\.?)(\)?)$/;

/** The digits without the currency or the percent sign before or after them. */
function withoutUnit(text: string): Unwrapped {
  return withoutFirstUnit(text) ?? withoutLastUnit(text) ?? { digits: text };
}

function withoutFirstUnit(text: string): Unwrapped | undefined {
  const [, sign = '', unit = '', rest = ''] = UNIT_FIRST.exec(text) ?? [];
  return isCurrency(unit) ? { digits: `${sign}${rest}`, from: 'currency' } : undefined;
}

function withoutLastUnit(text: string): Unwrapped | undefined {
  const [, digits = '', unit = '', end = ''] = UNIT_LAST.exec(text) ?? [];
  if (unit === '%') return { digits: `${digits}${end}`, from: 'percent' };
  return isCurrency(unit) ? { digits: `${digits}${end}`, from: 'currency' } : undefined;
}

/** Currencies that are written by letters of their own, neither by a sign nor by their code. */
const LOCAL_CURRENCIES = new Set(['kr', 'kr.', 'zł', 'Kč', 'Fr.']);

/** `€`, `US$`, `CHF`, `kr`. */
function isCurrency(text: string): boolean {
  return /^[A-Z]{0,2}\p{Sc}$/u.test(text) || LOCAL_CURRENCIES.has(text) || isCurrencyCode(text);
}

let codes: ReadonlySet<string> | undefined;

/** Whether ISO 4217 has this code. */
function isCurrencyCode(text: string): boolean {
  codes ??= new Set(Intl.supportedValuesOf('currency'));
  return codes.has(text);
}
