import type { Cleaned, Wrapping } from './cleaned.ts';
import { isProblem, type ValueProblem } from './problem.ts';
import { withoutMargin } from './texts.ts';

const LONGEST_EMAIL = 254;

/** What nearly all addresses look like; these need no closer look. */
const USUAL = /^[\w+'-]+(?:\.[\w+'-]+)*@(?:[a-z\d][a-z\d-]*\.)+[a-z\d]{2,}$/i;

/**
 * Checks the form of an address: a part before the `@`, a domain with a point, no blanks. Case is
 * kept.
 */
export function parseEmail(text: string): string | ValueProblem {
  if (text.length <= LONGEST_EMAIL && USUAL.test(text)) return text;
  const address = withoutMargin(text);
  return isAddress(address) ? address : { kind: 'notEmail', text };
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  return (
    text.length <= LONGEST_EMAIL &&
    isLocalPart(text.slice(0, Math.max(at, 0))) &&
    isDomain(text.slice(at + 1)) &&
    !text.includes('..')
  );
}

// Inside functions, because compiling an expression with \p{…} takes up to 2 ms, and most runs read
// no address.
const isLocalPart = (text: string): boolean => /^[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(text);
const isDomain = (text: string): boolean =>
  /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*\.)+[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}]$/u.test(text);

/**
 * Reads an address also as mail programs and web pages write it: `Ann <a@b.c>`, `<a@b.c>`,
 * `mailto:a@b.c`, or with one `.`, `,` or `;` behind it. Two addresses are a problem.
 */
export function readEmail(text: string): string | Cleaned<string> | ValueProblem {
  const plain = parseEmail(text);
  if (!isProblem(plain)) return plain;
  const inside = addressesIn(text);
  if (new Set(inside).size > 1) return { kind: 'twoEmails', text };
  const { address, from } = unwrapped(withoutMargin(text));
  if (from !== undefined && isAddress(address)) return { kind: 'cleaned', value: address, from };
  return inside.length > 1 ? { kind: 'twoEmails', text } : plain;
}

/** All addresses that occur in a text, in lower case. */
function addressesIn(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s,;|/<>"()]+|mailto:/)
    .map((part) => part.replace(/\.$/, ''))
    .filter(isAddress);
}

/** A name, with quotes or without. */
const NAME = /^(?:"(?:[^"\\]|\\.)*"|[^<>"]*)$/;
const SCHEME = /^mailto:\s*/i;

interface Unwrapped {
  readonly address: string;
  readonly from?: Wrapping;
}

function unwrapped(text: string): Unwrapped {
  const whole = /[.,;]$/.test(text) ? text.slice(0, -1).trimEnd() : text;
  const { name, inside = whole } = bracketed(whole);
  const bare = inside.replace(SCHEME, '');
  if (name !== undefined) return { address: bare, from: name === '' ? 'brackets' : 'name' };
  if (bare !== inside) return { address: bare, from: 'mailto' };
  return whole === text ? { address: bare } : { address: bare, from: 'mark' };
}

/** A name and an address in brackets; nothing of other texts. */
function bracketed(text: string): { readonly name?: string; readonly inside?: string } {
  const open = text.lastIndexOf('<');
  if (open < 0 || !text.endsWith('>')) return {};
  const name = text.slice(0, open).trimEnd();
  const inside = text.slice(open + 1, -1).trim();
  return inside.includes('>') || !NAME.test(name) ? {} : { name, inside };
}
