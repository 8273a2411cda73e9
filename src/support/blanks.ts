/**
 * The text without the blanks around it: spaces, no-break spaces, tabs, line breaks, byte order
 * marks, and whatever else Unicode counts as white space.
 */
export function withoutBlanks(text: string): string {
  return text.trim();
}
