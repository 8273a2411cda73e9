import { caseVariants, isAscii } from '../support/fold.ts';
import type { PatternPart } from './pattern.ts';

const MOST_SPELLINGS = 8;

/**
 * The text in every case of its letters beyond ASCII; none when that makes too many texts. The cases
 * of ASCII letters need no text of their own: databases compare without them.
 */
export function spellings(text: string): string[] {
  if (isAscii(text)) return [text];
  const letters = Array.from(text, (letter) => (isAscii(letter) ? [letter] : caseVariants(letter)));
  const count = letters.reduce(
    (product, variants) => Math.min(product * variants.length, MOST_SPELLINGS + 1),
    1,
  );
  if (count > MOST_SPELLINGS) return [];
  return letters.reduce<string[]>(
    (spelled, variants) => spelled.flatMap((start) => variants.map((variant) => start + variant)),
    [''],
  );
}

/** The texts by their spellings, and those that have too many. */
export function spellingsOf(texts: readonly string[]): {
  readonly spelled: readonly string[];
  readonly unspelled: readonly string[];
} {
  const each = texts.map((text) => ({ text, spelled: spellings(text) }));
  return {
    spelled: each.flatMap(({ spelled }) => spelled),
    unspelled: each.filter(({ spelled }) => spelled.length === 0).map(({ text }) => text),
  };
}

/** Whether no letter of the parts has cases, but those of ASCII. */
export function isCaseless(parts: readonly PatternPart[]): boolean {
  const letters = parts.flatMap((part) => (part.kind === 'text' ? Array.from(part.text) : []));
  // rule: operator-case
  return letters.every((letter) => isAscii(letter) || caseVariants(letter).length === 1);
}
