/**
 * Texts that a spreadsheet would run or an import would misread: those that begin with `=`, `@`,
 * TAB or CR, or with a `+` or `-` that begins neither a number nor a phone number, and the word
 * NULL. Any number of `'` may come before, because `guard` adds one more.
 */
const DANGEROUS =
  /^'*(?:[=@\t\r]|[+-](?!\(?\d[\d \u00a0\u202f().,-]*$|\d+(?:\.\d+)?[eE][+-]?\d+$)|NULL$)/;

/**
 * A text that is safe in a file that spreadsheets open: with a `'` before it where needed.
 * `unguard` removes it.
 */
export function guard(text: string): string {
  return DANGEROUS.test(text) ? `'${text}` : text;
}

/** The text that `guard` was given. */
export function unguard(cell: string): string {
  return cell.startsWith("'") && DANGEROUS.test(cell.slice(1)) ? cell.slice(1) : cell;
}
