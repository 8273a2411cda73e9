import { type ColumnMapping, mappingUnlessTaken, takenFields } from '../column-mapping.ts';
import { findByName, findBySynonym, findMapped, type Found, type Targets } from '../find-target.ts';
import { readingOf, ruleFor } from './find-preset.ts';
import type { ColumnReading, Preset } from './preset.ts';

/**
 * The mappings that are decided, and those that the system's words for its columns decide: before
 * their names do, but not before a field of the store's own.
 */
export function withPreset(
  header: readonly string[],
  decided: readonly (ColumnMapping | undefined)[],
  targets: Targets,
  preset: Preset | undefined,
): (ColumnMapping | undefined)[] {
  if (preset === undefined) return [...decided];
  const taken = takenFields(decided);
  return header.map((column, position) => {
    const isOwn = findByName(targets, column)?.custom === true;
    if (decided[position] !== undefined || isOwn) return decided[position];
    if (ruleFor(preset, column) === null) return { position, column, field: null, how: 'ignored' };
    const meant = meantBy(preset, column, targets);
    if (meant === undefined || meant.found.kept === true) return undefined;
    const { found, reading } = meant;
    const mapping = mappingUnlessTaken(
      withWords(found, reading),
      taken,
      position,
      column,
      'preset',
    );
    return { ...mapping, reading };
  });
}

interface Meant {
  readonly found: Found;
  readonly reading?: ColumnReading | undefined;
}

/** What the system means by a column, or its JSON by a key; undefined if stores have no such field. */
function meantBy(preset: Preset, column: string, targets: Targets): Meant | undefined {
  const rule = ruleFor(preset, column);
  const reading = rule === undefined || rule === null ? undefined : readingOf(rule);
  const key = preset.json === undefined ? '' : keyIn(column, `${preset.json}.`);
  const found =
    reading === undefined
      ? (findByName(targets, key) ?? findBySynonym(targets, key))
      : findMapped(targets, reading.to);
  return found === undefined ? undefined : { found, reading };
}

function keyIn(column: string, prefix: string): string {
  return column.startsWith(prefix) ? column.slice(prefix.length) : '';
}

function withWords(found: Found, reading: ColumnReading | undefined): Found {
  return found.consent === undefined || reading?.words === undefined
    ? found
    : { ...found, consent: { ...found.consent, words: reading.words } };
}
