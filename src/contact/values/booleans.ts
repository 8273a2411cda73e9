import { toNfc } from '../../support/text.ts';
import type { ValueProblem } from './problem.ts';

/**
 * Words that can be meant in one way only. Not among them are `o` (oui, or 0) and a cross as a
 * sign, `✗`: it ticks a box, and it says no.
 */
const YES = ['yes', 'y', 'true', 't', 'on', '1', 'x', 'checked', '✓', '✔', '☑', '✅'];
const NO = ['no', 'n', 'false', 'f', 'off', '0', 'unchecked', '☐'];
const YES_ELSEWHERE = ['oui', 'vrai', 'ja', 'wahr', 'sí', 'si'];
const NO_ELSEWHERE = ['non', 'faux', 'nein', 'falsch'];

const MEANING: ReadonlyMap<string, 0 | 1> = new Map([
  ...[...YES, ...YES_ELSEWHERE].map((word) => [word, 1] as const),
  ...[...NO, ...NO_ELSEWHERE].map((word) => [word, 0] as const),
]);

/** Emoji may be followed by a mark that asks for colours, or for none. */
const VARIATION = /[\ufe0e\ufe0f]$/;

/**
 * Reads yes and no as 1 and 0, in any case: in English, French, German or Spanish, as databases and
 * spreadsheets in these languages write true and false, or as a box that is ticked.
 */
export function parseBoolean(text: string): 0 | 1 | ValueProblem {
  return (
    MEANING.get(text) ??
    MEANING.get(toNfc(text).trim().toLowerCase().replace(VARIATION, '')) ?? {
      kind: 'notBoolean',
      text,
    }
  );
}
