const PLAIN = /^[\x20-\x7e]*$/;

let stringWidth: ((text: string) => number) | undefined;

/** Gets ready to measure these texts: the package that knows wide and combining characters is loaded at the first that needs it. */
export async function prepareToMeasure(texts: Iterable<string>): Promise<void> {
  if (stringWidth !== undefined) return;
  for (const text of texts) {
    if (PLAIN.test(text)) continue;
    stringWidth = (await import('string-width')).default;
    return;
  }
}

/** How many terminal columns a text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  if (stringWidth === undefined) throw new Error('prepareToMeasure was not called with this text');
  return stringWidth(text);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** The text within `width` columns, cut between characters as people see them, `…` in place of what is missing. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 1; // the ellipsis
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += widthOf(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}
