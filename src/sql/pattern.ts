/**
 * A part of a pattern: text that stands for itself, any run of characters, or any one character.
 */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' };

/** A pattern of LIKE, in which a backslash takes the meaning from `%`, `_` and itself. */
export function likePattern(parts: readonly PatternPart[]): string {
  return parts
    .map((part) =>
      part.kind === 'text' ? part.text.replace(/[%_\\]/g, '\\$&') : part.kind === 'any' ? '%' : '_',
    )
    .join('');
}

/**
 * The longest pattern, in code points, that the language allows and every dialect must accept: with
 * all cases of each it stays below SQLite's 50,000 bytes.
 */
export const MOST_PATTERN_CHARACTERS = 4_000;
