import type { Cleaned } from './cleaned.ts';
import { isProblem, type ValueProblem } from './problem.ts';
import { withoutMargin } from './texts.ts';

/** What nearly all numbers look like; these need no closer look. */
const USUAL = /^\+?\d[\d ().-]*\d$/;

/** A spreadsheet took the number for one to count with, and left three digits of it. */
const DAMAGED = /^\+?\d(?:[.,]\d+)?E\+?\d+$/i;

/**
 * Checks little, because real files hold `06 12 (home)`: one digit, no control characters. What a
 * spreadsheet made of it, `3.36E+10`, is a problem.
 */
export function parsePhone(text: string): string | ValueProblem {
  if (USUAL.test(text)) return text;
  const number = withoutMargin(text);
  if (DAMAGED.test(number)) return { kind: 'damagedPhone', text };
  return /\p{Nd}/u.test(number) && !/\p{Cc}/u.test(number) ? number : { kind: 'notPhone', text };
}

/** As many `'` as a text keeps of itself, and one more that only marks it as a text. */
const MARKED = /^'+[+(\d]/;

/** Like `parsePhone`, without the `'` that makes a number a text in spreadsheets. */
export function readPhone(text: string): string | Cleaned<string> | ValueProblem {
  const value = parsePhone(text);
  if (isProblem(value) || !MARKED.test(value)) return value;
  const bare = parsePhone(value.slice(1));
  return isProblem(bare) ? { ...bare, text } : { kind: 'cleaned', value: bare, from: 'apostrophe' };
}
