/** The name reduced so that other spellings are equal: `E-Mail`, `é mail` and `email` are one. */
export function loosely(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/**
 * The words of a name, in lower case and without accents: `HasOptedOutOfEmail` and
 * `has_opted-out of email` are `has opted out of email`.
 */
export function wordsOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
