let graphemes: Intl.Segmenter | undefined; // not at load: making one takes 15 ms

// Blocks of East Asian Wide and Fullwidth (EastAsianWidth.txt), and the emoji that terminals draw
// wide.
const WIDE =
  /[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{33ff}\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{a000}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\u{fe0f}/u;
const UNSEEN = /^[\p{M}\p{Cf}]+$/u;

/**
 * What a reader sees as one character: its text, where it starts (UTF-16) and how many columns it
 * takes in a terminal.
 */
export interface Grapheme {
  readonly text: string;
  readonly start: number;
  readonly width: 0 | 1 | 2;
}

/**
 * How much text is segmented at once: the cost of each segment grows with the text that is passed
 * to the engine.
 */
const WINDOW = 256;

/**
 * The graphemes of a text without line breaks and control characters (those count as one column).
 */
export function splitGraphemes(text: string): Grapheme[] {
  return Array.from(eachGrapheme(text), (grapheme) => ({
    ...grapheme,
    width: graphemeWidth(grapheme.text),
  }));
}

/** The graphemes of a text, one by one; reads no further than the caller asks. */
export function* eachGrapheme(text: string): Generator<Pick<Grapheme, 'text' | 'start'>> {
  let start = 0;
  let size = WINDOW;
  while (start < text.length) {
    const window = windowAt(text, start, size);
    const isLast = start + window.length === text.length;
    let end = 0;
    for (const { segment } of segmentsOf(window)) {
      // the grapheme may continue after the window
      if (!isLast && end + segment.length === window.length) break;
      yield { text: segment, start: start + end };
      end += segment.length;
      if (size > WINDOW) break; // the long one for which the window grew
    }
    start += end;
    size = end === 0 ? size * 2 : WINDOW;
  }
}

/** `size` characters of the text from `start`, not ending in half a surrogate pair. */
function windowAt(text: string, start: number, size: number): string {
  const window = text.slice(start, start + size);
  return window.length === size && size > 1 && /[\ud800-\udbff]$/.test(window)
    ? window.slice(0, -1)
    : window;
}

function segmentsOf(text: string): Intl.Segments {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return graphemes.segment(text);
}

function graphemeWidth(grapheme: string): 0 | 1 | 2 {
  if (WIDE.test(grapheme)) return 2;
  return UNSEEN.test(grapheme) ? 0 : 1;
}
