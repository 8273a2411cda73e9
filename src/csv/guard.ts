/**
 * What a spreadsheet would run, or an import take for something else, behind any number of `'`: a
 * start with `=`, `@`, TAB or CR, a `+` or `-` that begins neither a number nor a phone number, and
 * the word that clears a value.
 */
const DANGEROUS =
  /^'*(?:[=@\t\r]|[+-](?!\(?\d[\d \u00a0\u202f().,-]*$|\d+(?:\.\d+)?[eE][+-]?\d+$)|NULL$)/;

/**
 * A text as it may stand in a file that spreadsheets open: behind a `'` where that is needed.
 * `unguard` takes it off.
 */
export function guard(text: string): string {
  return DANGEROUS.test(text) ? `'${text}` : text;
}

/** The text that `guard` was given. */
export function unguard(cell: string): string {
  return cell.startsWith("'") && DANGEROUS.test(cell.slice(1)) ? cell.slice(1) : cell;
}
