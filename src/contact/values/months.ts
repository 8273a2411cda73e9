import { fold } from '../../support/fold.ts';

/** The months in English, French and German, without accents. */
const NAMES: readonly (readonly string[])[] = [
  ['january', 'janvier', 'januar', 'janner'],
  ['february', 'fevrier', 'februar'],
  ['march', 'mars', 'marz', 'maerz', 'mrz'],
  ['april', 'avril'],
  ['may', 'mai'],
  ['june', 'juin', 'juni'],
  ['july', 'juillet', 'juli'],
  ['august', 'aout'],
  ['september', 'septembre'],
  ['october', 'octobre', 'oktober'],
  ['november', 'novembre'],
  ['december', 'decembre', 'dezember'],
];
const SHORTEST = 3;

const known = new Map<string, number>();

/**
 * The month that a word names, 1 to 12: in English, French or German, in any case, with accents or
 * without, or shortened to three letters or more (`Jun`, `févr`, `Dez`). Undefined if it names none,
 * or two as `jui` does.
 */
export function monthNamed(word: string): number | undefined {
  const month = known.get(word) ?? findMonth(plain(word));
  if (month !== undefined) known.set(word, month);
  return month;
}

function findMonth(name: string): number | undefined {
  if (name.length < SHORTEST) return undefined;
  const months = NAMES.flatMap((names, index) =>
    names.some((full) => full.startsWith(name)) ? [index + 1] : [],
  );
  return months.length === 1 ? months[0] : undefined;
}

function plain(word: string): string {
  return fold(word.normalize('NFKD').replace(/\p{M}+/gu, ''));
}
