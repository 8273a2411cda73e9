/** A pattern in pieces: text that stands for itself, any run of characters, any one character. */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' };

/**
 * The longest pattern that the language lets through and every dialect has to take, in code points:
 * with all cases of each it stays below SQLite's 50,000 bytes.
 */
export const MOST_PATTERN_CHARACTERS = 4_000;
