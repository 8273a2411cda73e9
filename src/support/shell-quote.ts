/**
 * A text as one word of a POSIX shell's command line: bare, in double quotes, or in single quotes.
 */
export function shellQuoted(text: string): string {
  if (/^[\w./:@%+,=-]+$/.test(text)) return text;
  if (!/["$`\\!]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
