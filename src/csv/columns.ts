import type { Assignment } from '../contact/assignments.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import {
  type ColumnMapping,
  mappingTo,
  mappingUnlessTaken,
  takenFields,
} from './column-mapping.ts';
import { positionsOf } from './column-names.ts';
import { refuseTwice } from './column-twins.ts';
import { consentBySpeaking } from './consent/names.ts';
import { requireConsentSettled } from './consent/unsettled.ts';
import { fieldName } from './field-name.ts';
import { findByName, findBySynonym, findMapped, type Found, type Targets } from './find-target.ts';
import { LEAVE_OUT, type MapEntry, parseMap } from './map-option.ts';
import { consentInPresets } from './presets/find-preset.ts';
import { withPreset } from './presets/preset-columns.ts';
import type { Preset } from './presets/preset.ts';
import { isRejectColumn } from './reject-lines.ts';
import { setColumn } from './set-columns.ts';

export interface MapOptions {
  readonly map?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** Values that all rows get, as columns at the end of the header. */
  readonly set?: readonly Assignment[] | undefined;
  /** The system that wrote the file. */
  readonly preset?: Preset | undefined;
  /** Fields that are made for columns, by position; null for a column without values. */
  readonly created?: ReadonlyMap<number, string | null> | undefined;
}

/**
 * Decides for each column of the header what it is read into: by `map`, else by the preset, else by
 * a target's alias or label, without regard to case, accents and punctuation, else, without a
 * preset, by another word for a field that no column has yet; but for columns that have a field made
 * for them. `UserError`: the options name a
 * column or field that does not exist (2), a column that is read has the name of another, two
 * columns are read into one field, or nothing says what to do with one that speaks of consent (65).
 */
export function mapColumns(
  header: readonly string[],
  targets: Targets,
  options: MapOptions,
): ColumnMapping[] {
  const given = givenTargets(header, targets, options);
  const decided = header.map((column, position): ColumnMapping | undefined => {
    const made = options.created?.get(position);
    if (made !== undefined)
      return { position, column, field: made, how: made === null ? 'empty' : 'created' };
    const found = given.get(position);
    if (found !== undefined)
      return mappingTo(found, position, column, isSet(column, options) ? 'set' : 'map');
    return given.has(position) || isRejectColumn(column)
      ? { position, column, field: null, how: 'ignored' }
      : undefined;
  });
  const known = withPreset(header, withoutReplaced(decided), targets, options.preset);
  const named = withNames(header, known, targets);
  const mappings = options.preset === undefined ? withSynonyms(named, targets) : [...named];
  if (targets.consent === true)
    requireConsentSettled(mappings, consentSpokenOf, options.preset?.list);
  refuseTwice(mappings);
  return mappings;
}

function isSet(column: string, { set = [] }: MapOptions): boolean {
  return set.some(({ name }) => setColumn(name) === column);
}

/** `--set` takes the place of a column, also where a saved map names it. */
function withoutReplaced(
  decided: readonly (ColumnMapping | undefined)[],
): readonly (ColumnMapping | undefined)[] {
  const set = takenFields(decided.filter((mapping) => mapping?.how === 'set'));
  return decided.map((mapping) => {
    if (mapping?.how !== 'map' || mapping.consent !== undefined) return mapping;
    const takenBy = set.get(mapping.field ?? '');
    return takenBy === undefined ? mapping : { ...mapping, field: null, how: 'taken', takenBy };
  });
}

function withNames(
  header: readonly string[],
  decided: readonly (ColumnMapping | undefined)[],
  targets: Targets,
): readonly ColumnMapping[] {
  const taken = takenFields(decided);
  return header.map(
    (column, position) =>
      decided[position] ?? mappingByName(findByName(targets, column), taken, position, column),
  );
}

/** A column that is called like a field goes before one that has another word for it. */
function withSynonyms(named: readonly ColumnMapping[], targets: Targets): ColumnMapping[] {
  const taken = takenFields(named);
  return named.map((mapping) => {
    const found = mapping.how === 'unknown' ? findBySynonym(targets, mapping.column) : undefined;
    return found === undefined || taken.has(found.alias)
      ? mapping
      : { ...mapping, field: found.alias, how: 'synonym' };
  });
}

function consentSpokenOf(column: string): string | undefined {
  return consentInPresets(column) ?? consentBySpeaking(column);
}

function mappingByName(
  named: Found | undefined,
  taken: ReadonlyMap<string, string>,
  position: number,
  column: string,
): ColumnMapping {
  if (named === undefined) return { position, column, field: null, how: 'unknown' };
  if (named.kept === true) return { position, column, field: null, how: 'kept' };
  return mappingUnlessTaken(named, taken, position, column, 'name');
}

interface Given {
  readonly option: '--set' | '--map' | '--ignore';
  readonly column: string;
  /** Undefined for a column to leave out. */
  readonly found: Found | undefined;
}

function givenColumns(targets: Targets, { set = [], map = [], ignore = [] }: MapOptions): Given[] {
  return [
    ...set.map(({ name }): Given => {
      const found = expectTarget(targets, name, '--set');
      return { option: '--set', column: setColumn(name), found };
    }),
    ...map.flatMap(parseMap).map(({ column, field }): Given => {
      const found = field === LEAVE_OUT ? undefined : expectTarget(targets, field, '--map');
      return { option: '--map', column, found };
    }),
    ...ignore.map((column): Given => ({ option: '--ignore', column, found: undefined })),
  ];
}

/** What the options say of columns, by position; undefined for those to leave out. */
function givenTargets(
  header: readonly string[],
  targets: Targets,
  options: MapOptions,
): Map<number, Found | undefined> {
  const given = new Map<number, Found | undefined>();
  for (const { option, column, found } of givenColumns(targets, options))
    for (const position of positionsOf(header, column, option)) {
      if (option === '--map' && given.has(position)) throw mappedTwice(column);
      if (option !== '--ignore' || !given.has(position)) given.set(position, found);
    }
  return given;
}

function expectTarget(targets: Targets, field: string, option: string): Found {
  const target = findMapped(targets, field);
  if (target === undefined) throw unknownField(field, targets, option);
  if (target.kept === true) throw keptByStore(target.alias, option);
  return target;
}

function mappedTwice(column: MapEntry['column']): UserError {
  return new UserError('MAPPED_TWICE', EXIT.usage, `--map names the column \`${column}\` twice`, {
    hint: 'name it once',
  });
}

function keptByStore(alias: string, option: string): UserError {
  const message = `\`${alias}\` in ${option}: the store keeps this field itself`;
  return new UserError('NOT_WRITABLE', EXIT.usage, message);
}

function unknownField(field: string, targets: Targets, option: string): UserError {
  const own = targets.list.filter((target) => target.kept !== true).map(({ alias }) => alias);
  const ofCompany = (targets.company ?? [])
    .filter((target) => target.kept !== true)
    .map(({ alias }) => fieldName({ object: 'company', alias }));
  const [near] = nearest(field, [...own, ...ofCompany]);
  return new UserError('UNKNOWN_FIELD', EXIT.usage, `unknown field \`${field}\` in ${option}`, {
    hint:
      near === undefined ? '`rollcall fields:list` shows all fields' : `did you mean \`${near}\`?`,
  });
}
