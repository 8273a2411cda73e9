import { eachGrapheme } from '../../support/width.ts';

const PLAIN = /^[\x20-\x7e]*$/;

let stringWidth: ((text: string) => number) | undefined;

/**
 * Gets ready to measure these texts: the package that knows wide and combining characters is loaded
 * at the first that needs it.
 */
export async function prepareToMeasure(texts: Iterable<string>): Promise<void> {
  if (stringWidth !== undefined) return;
  for (const text of texts) {
    if (PLAIN.test(text)) continue;
    stringWidth = (await import('string-width')).default;
    return;
  }
}

/**
 * How many terminal columns a text takes; of one that takes more than `most` some number above it:
 * the rest is not read.
 */
export function widthOf(text: string, most = Number.POSITIVE_INFINITY): number {
  // one more than the columns asked about: a mark behind it may belong to it
  const near = text.slice(0, most + 2);
  if (PLAIN.test(near)) return near.length;
  let width = 0;
  for (const grapheme of eachGrapheme(text)) {
    width += graphemeWidth(grapheme.text);
    if (width > most) break;
  }
  return width;
}

/**
 * The package segments what it gets, in a time that grows with the square of a long text: it gets
 * one grapheme.
 */
function graphemeWidth(grapheme: string): number {
  if (PLAIN.test(grapheme)) return grapheme.length;
  if (stringWidth === undefined) throw new Error('prepareToMeasure was not called with this text');
  return stringWidth(grapheme);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text, width)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text, width))) + text;
}

/**
 * The text within `width` columns, cut between characters as people see them, `…` in place of what
 * is missing.
 */
export function truncate(text: string, width: number): string {
  return widthOf(text, width) <= width ? text : `${startOf(text, width - 1)}…`;
}

/** As much of the beginning of a text as fits into `width` columns. */
export function startOf(text: string, width: number): string {
  const near = text.slice(0, width + 1);
  if (PLAIN.test(near)) return near.slice(0, width);
  let used = 0;
  for (const grapheme of eachGrapheme(text)) {
    used += graphemeWidth(grapheme.text);
    if (used > width) return text.slice(0, grapheme.start);
  }
  return text;
}
