/** Writes values and names in the language; reading them back gives the same value. */
import { isBareName } from './keywords.ts';

/** Control characters, separators of lines, marks that turn the direction of writing. */
const UNPRINTABLE =
  /[\p{Cc}\p{Zl}\p{Zp}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]/u;

/** `"text"` with only the escapes that it needs: a backslash before `d` needs none. */
export function quoteText(text: string): string {
  return `"${escape(text, '"')}"`;
}

/** The name, in backticks if it is a keyword, starts with a digit or has odd characters. */
export function quoteName(name: string): string {
  return isBareName(name) ? name : `\`${escape(name, '`')}\``;
}

/** A name after a prefix that stays outside the backticks: `company.city`, company.`2nd city`. */
export function quotePrefixed(prefix: string, name: string): string {
  return isBareName(prefix + name) ? prefix + name : `${prefix}\`${escape(name, '`')}\``;
}

/** A name before a suffix that stays outside the backticks: `purchase.value`, `odd type`.value. */
export function quoteSuffixed(name: string, suffix: string): string {
  return isBareName(name + suffix) ? name + suffix : `\`${escape(name, '`')}\`${suffix}`;
}

function escape(text: string, quote: string): string {
  const characters = Array.from(text);
  return characters
    .map((character, index) => escapeOne(character, characters[index + 1], quote))
    .join('');
}

function escapeOne(character: string, next: string | undefined, quote: string): string {
  if (character === quote) return `\\${character}`;
  if (character === '\\')
    return next === undefined || `\\"'ntu${quote}`.includes(next) || UNPRINTABLE.test(next)
      ? '\\\\'
      : '\\';
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return UNPRINTABLE.test(character)
    ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
    : character;
}
