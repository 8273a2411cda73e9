import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { positionsOf } from './column-names.ts';
import { refuseTwice } from './column-twins.ts';
import { consentBySpeaking } from './consent/names.ts';
import { consentTargetText } from './consent/target.ts';
import { requireConsentSettled } from './consent/unsettled.ts';
import { findByName, findBySynonym, findMapped, type Found, type Targets } from './find-target.ts';
import { LEAVE_OUT, type MapEntry, parseMap } from './map-option.ts';
import { isRejectColumn } from './rejects.ts';

export interface MapOptions {
  readonly map?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
}

/**
 * Decides for each column of the header what it is read into: by `map`, else by a target's alias or
 * label, without regard to case, accents and punctuation, else by another word for a field that no
 * column has yet. `UserError`: the options name a column or field that does not exist (2), a column
 * that is read has the name of another, two columns are read into one field, or nothing says what
 * to do with one that speaks of consent (65).
 */
export function mapColumns(
  header: readonly string[],
  targets: Targets,
  options: MapOptions,
): ColumnMapping[] {
  const given = givenTargets(header, targets, options);
  const taken = new Set([...given.values()].map((found) => found?.alias));
  const named = header.map((column, position): ColumnMapping => {
    const found = given.get(position);
    if (found !== undefined) return mappingTo(found, position, column, 'map');
    if (given.has(position) || isRejectColumn(column))
      return { position, column, field: null, how: 'ignored' };
    return mappingByName(findByName(targets, column), taken, position, column);
  });
  const mappings = withSynonyms(named, targets);
  if (targets.consent === true) requireConsentSettled(mappings, consentBySpeaking);
  refuseTwice(mappings);
  return mappings;
}

/** A column that is called like a field goes before one that has another word for it. */
function withSynonyms(named: readonly ColumnMapping[], targets: Targets): ColumnMapping[] {
  const taken = new Set(named.map(({ field }) => field));
  return named.map((mapping) => {
    const found = mapping.how === 'unknown' ? findBySynonym(targets, mapping.column) : undefined;
    return found === undefined || taken.has(found.alias)
      ? mapping
      : { ...mapping, field: found.alias, how: 'synonym' };
  });
}

/** What consent columns say adds up, so that no other takes their place. */
function mappingByName(
  named: Found | undefined,
  taken: ReadonlySet<string | undefined>,
  position: number,
  column: string,
): ColumnMapping {
  if (named?.kept === true) return { position, column, field: null, how: 'kept' };
  const isTaken = named?.consent === undefined && taken.has(named?.alias);
  return named === undefined || isTaken
    ? { position, column, field: null, how: 'unknown' }
    : mappingTo(named, position, column, 'name');
}

function mappingTo(
  { alias, consent }: Found,
  position: number,
  column: string,
  how: ColumnMapping['how'],
): ColumnMapping {
  return consent === undefined
    ? { position, column, field: alias, how }
    : { position, column, field: consentTargetText(consent), how, consent };
}

/** What the options say of columns, by position; undefined for those to leave out. */
function givenTargets(
  header: readonly string[],
  targets: Targets,
  options: MapOptions,
): Map<number, Found | undefined> {
  const given = new Map<number, Found | undefined>();
  for (const { column, field } of (options.map ?? []).flatMap(parseMap)) {
    const target = field === LEAVE_OUT ? undefined : expectTarget(targets, field);
    for (const position of positionsOf(header, column, '--map')) {
      if (given.has(position)) throw mappedTwice(column);
      given.set(position, target);
    }
  }
  for (const name of options.ignore ?? [])
    for (const position of positionsOf(header, name, '--ignore'))
      if (!given.has(position)) given.set(position, undefined);
  return given;
}

function expectTarget(targets: Targets, field: string): Found {
  const target = findMapped(targets, field);
  if (target === undefined) throw unknownField(field, targets);
  if (target.kept === true) throw keptByStore(target.alias);
  return target;
}

function mappedTwice(column: MapEntry['column']): UserError {
  return new UserError('MAPPED_TWICE', EXIT.usage, `--map names the column \`${column}\` twice`, {
    hint: 'name it once',
  });
}

function keptByStore(alias: string): UserError {
  const message = `\`${alias}\` in --map: the store keeps this field itself`;
  return new UserError('NOT_WRITABLE', EXIT.usage, message);
}

function unknownField(field: string, targets: Targets): UserError {
  const [near] = nearest(
    field,
    targets.list.filter((target) => target.kept !== true).map((target) => target.alias),
  );
  return new UserError('UNKNOWN_FIELD', EXIT.usage, `unknown field \`${field}\` in --map`, {
    hint:
      near === undefined ? '`rollcall fields:list` shows all fields' : `did you mean \`${near}\`?`,
  });
}
