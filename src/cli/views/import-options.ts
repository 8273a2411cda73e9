import type { ImportKind } from '../../store/index.ts';
import { shellQuoted } from '../../support/shell-quote.ts';

/** Options that are called otherwise in the record of an import. */
const NAMES: Readonly<Record<string, string>> = { segments: 'segment', channels: 'channel' };

/** What stands in the record beside options: of those, how many. */
const FIGURES: Readonly<Record<string, string>> = {
  companiesUpdated: 'companies updated',
  consentKept: 'rejected rows of which consent was kept',
  leftOut: 'rows left out as erased',
};

/** What the record has for programs alone. */
const UNTOLD = ['segmentIds', 'shortWay'];

/** What the record of an import into a segment has though no option says it; its argument does. */
const UNTOLD_OF_SEGMENTS = ['segments', 'mode'];

/**
 * The options of an import as its command line had them, `--segment news --map "Prénom=first_name"`,
 * and the figures that its record has beside them; null for none.
 */
export function importOptionsText(
  kind: ImportKind,
  options: Readonly<Record<string, unknown>>,
): string | null {
  const untold = kind === 'segment' ? [...UNTOLD, ...UNTOLD_OF_SEGMENTS] : UNTOLD;
  const told = Object.entries(options).filter(([key]) => !untold.includes(key));
  const words = told.filter(([key]) => !Object.hasOwn(FIGURES, key)).flatMap(optionWords);
  const figures = told.flatMap(([key, count]) =>
    FIGURES[key] === undefined ? [] : [`${FIGURES[key]}: ${String(count)}`],
  );
  return [...(words.length === 0 ? [] : [words.join(' ')]), ...figures].join('; ') || null;
}

function optionWords([key, value]: readonly [string, unknown]): string[] {
  const flag = `--${(NAMES[key] ?? key).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === true) return [flag];
  // of the fields that were made their names are kept
  if (key === 'createFields' && Array.isArray(value)) return [`${flag} (${value.join(', ')})`];
  const values = Array.isArray(value) ? value : [value];
  return values.map((each) => `${flag} ${shellQuoted(valueText(each))}`);
}

/** `20%`, `500`, `field=value`, or the text itself. */
function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { kind, share, count, most, name, value: set } = value as Readonly<Record<string, unknown>>;
  if (typeof name === 'string') return `${name}=${String(set)}`;
  if (kind === 'share') return `${inPercent(Number(share ?? most))}%`;
  const bound = count ?? most;
  return typeof bound === 'number' ? String(bound) : JSON.stringify(value);
}

/** Without what a hundred times a share has behind its digits. */
function inPercent(share: number): number {
  return Number((share * 100).toPrecision(12));
}
