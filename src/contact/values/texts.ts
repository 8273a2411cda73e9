import { toNfc } from '../../support/text.ts';
import type { ValueProblem } from './problem.ts';

/** Blanks of every kind, and the invisible characters that are copied along with an address. */
const MARGIN = /[\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]/;

/** Letters of which texts in Western languages consist; nothing has to be done about them. */
const USUAL = /^[\u0001-\u02ff]*$/;

/** Accepts any text, and returns it in NFC with the blanks at its ends. */
export function parseText(text: string): string | ValueProblem {
  if (USUAL.test(text)) return text;
  return text.includes('\0') ? { kind: 'nulCharacter', text } : toNfc(text);
}

const USUAL_URL = /^[!-~]+$/;

/**
 * Checks little, because real files hold `www.example.org` and worse: no blanks or control
 * characters inside.
 */
export function parseUrl(text: string): string | ValueProblem {
  if (USUAL_URL.test(text)) return text;
  const address = withoutMargin(text);
  return address === '' || /[\s\p{Cc}]/u.test(address) ? { kind: 'notUrl', text } : address;
}

/**
 * The text in NFC, without what nobody sees at its ends. A search for such a run at the end would
 * begin anew at each of its characters, which takes minutes where a cell has many inside.
 */
export function withoutMargin(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && MARGIN.test(text.charAt(start))) start += 1;
  while (end > start && MARGIN.test(text.charAt(end - 1))) end -= 1;
  return toNfc(text.slice(start, end));
}
