/**
 * Texts that a spreadsheet would run or an import would misread: those that begin with `=`, `@`,
 * TAB or CR, or with a `+` or `-` that begins neither a number nor a phone number, and the words
 * that clear a value. Any number of `'` may come before, because `guard` adds one more.
 */
const DANGEROUS =
  /^'*(?:[=@\t\r]|[+-](?!\(?\d[\d \u00a0\u202f().,-]*$|\d+(?:\.\d+)?[eE][+-]?\d+$)|(?:NULL|\\N)$)/;

/** Texts with blanks around them, which an import would drop; `'` may stand there too. */
const BLANK_ENDED = /^'*\s|\s'*$/;

/**
 * A text that is safe in a file that spreadsheets open and that an import reads back as it is: with
 * a `'` before it where needed, and another behind it if it has blanks at its ends. `unguard`
 * removes them.
 */
export function guard(text: string): string {
  if (isHarmless(text)) return text;
  if (BLANK_ENDED.test(text)) return `'${text}'`;
  return DANGEROUS.test(text) ? `'${text}` : text;
}

/** Most texts begin and end with a letter or a digit: two looks instead of a search. */
function isHarmless(text: string): boolean {
  return (
    isWordUnit(text.charCodeAt(0)) &&
    isWordUnit(text.charCodeAt(text.length - 1)) &&
    text !== 'NULL'
  );
}

function isWordUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90);
}

/** Texts that an import may read as others; the rest of what is dangerous is so for spreadsheets. */
const READ_OTHERWISE = /^'|^="|^\s|\s$|^(?:NULL|\\N)$/;

/** `guarded` where an import would read another text: for files that no spreadsheet opens. */
export function guardFromImports(text: string, guarded: (text: string) => string): string {
  return READ_OTHERWISE.test(text) ? guarded(text) : text;
}

/** The text that `guard` was given. */
export function unguard(cell: string): string {
  if (!cell.startsWith("'")) return cell;
  const inner = cell.length > 1 && cell.endsWith("'") ? cell.slice(1, -1) : '';
  if (BLANK_ENDED.test(inner)) return inner;
  return DANGEROUS.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** What nearly all numbers look like: no spreadsheet runs them, and no import reads them otherwise. */
const USUAL_PHONE = /^\+?\d[\d ().-]*\d$/;

const LIKE_MARKED_PHONE = /^'+[+(\d]/;

/**
 * Like `guard`, for a phone number: a `'` before its digits would be taken for the mark by which
 * spreadsheets keep a number as a text.
 */
export function guardPhone(number: string): string {
  if (USUAL_PHONE.test(number)) return number;
  const guarded = guard(number);
  return guarded === number && LIKE_MARKED_PHONE.test(number) ? `'${number}` : guarded;
}

const COMMA = /[,;]|^"/;

/**
 * Tags as a cell, guarded. One tag with a comma in it is followed by a bar: without one, the comma
 * could be what stands between tags.
 */
export function guardTags(tags: string): string {
  return guard(COMMA.test(tags) && !tags.includes('|') ? `${tags}|` : tags);
}
