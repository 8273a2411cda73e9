import { toNfc } from '../../support/text.ts';
import type { ValueProblem } from './problem.ts';

/** Blanks of every kind, and the invisible characters that are copied along with an address. */
const MARGIN =
  /^[\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]+|[\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]+$/g;
const LONGEST_EMAIL = 254;

/** Accepts any text, and returns it in NFC with the blanks at its ends. */
export function parseText(text: string): string | ValueProblem {
  return text.includes('\0') ? { kind: 'nulCharacter', text } : toNfc(text);
}

/**
 * Checks the form of an address: a part before the `@`, a domain with a point, no blanks. Case is
 * kept.
 */
export function parseEmail(text: string): string | ValueProblem {
  const address = trimmed(text);
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = address.slice(at + 1);
  const plausible =
    address.length <= LONGEST_EMAIL &&
    isLocalPart(local) &&
    isDomain(domain) &&
    !address.includes('..');
  return plausible ? address : { kind: 'notEmail', text };
}

// Inside functions, because compiling an expression with \p{…} takes up to 2 ms, and most runs read
// no address.
const isLocalPart = (text: string): boolean => /^[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(text);
const isDomain = (text: string): boolean =>
  /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*\.)+[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}]$/u.test(text);

/**
 * Checks little, because real files hold `www.example.org` and worse: no blanks or control
 * characters inside.
 */
export function parseUrl(text: string): string | ValueProblem {
  const address = trimmed(text);
  return address === '' || /[\s\p{Cc}]/u.test(address) ? { kind: 'notUrl', text } : address;
}

/** Checks little, because real files hold `06 12 (home)`: one digit, no control characters. */
export function parsePhone(text: string): string | ValueProblem {
  const number = trimmed(text);
  return /\p{Nd}/u.test(number) && !/\p{Cc}/u.test(number) ? number : { kind: 'notPhone', text };
}

function trimmed(text: string): string {
  return toNfc(text.replace(MARGIN, ''));
}
