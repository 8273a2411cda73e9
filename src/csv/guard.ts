/**
 * Texts that a spreadsheet would run or an import would misread: those that begin with a blank,
 * `=`, `@`, or with a `+` or `-` that begins neither a number nor a phone number, and the word
 * NULL. Any number of `'` may come before, because `guard` adds one more.
 */
const DANGEROUS =
  /^'*(?:[=@\s]|[+-](?!\(?\d[\d \u00a0\u202f().,-]*$|\d+(?:\.\d+)?[eE][+-]?\d+$)|NULL$)/;

/** Texts that an import would misread because a blank is their last character but for any `'`. */
const BLANK_AT_END = /\s'*$/;

/**
 * A text that is safe in a file that spreadsheets open: with a `'` before it where needed, and
 * another one behind it where a blank would get lost. `unguard` removes them.
 */
export function guard(text: string): string {
  if (BLANK_AT_END.test(text)) return `'${text}'`;
  return DANGEROUS.test(text) ? `'${text}` : text;
}

/** The text that `guard` was given. */
export function unguard(cell: string): string {
  if (!cell.startsWith("'")) return cell;
  const inner = cell.slice(1, -1);
  if (cell.length > 1 && cell.endsWith("'") && BLANK_AT_END.test(inner)) return inner;
  return DANGEROUS.test(cell.slice(1)) ? cell.slice(1) : cell;
}
