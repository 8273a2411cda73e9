/**
 * A part of a pattern: text that stands for itself, any run of characters, or any one character.
 */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' };

/**
 * The longest pattern, in code points, that the language allows and every dialect must accept: with
 * all cases of each it stays below SQLite's 50,000 bytes.
 */
export const MOST_PATTERN_CHARACTERS = 4_000;
