import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { type MapEntry, parseMap } from './map-option.ts';
import { isRejectColumn } from './reject-lines.ts';

/** A field that a column can be read into. */
export interface Target {
  readonly alias: string;
  readonly label: string;
  /** Only the store writes it: such a column is ignored. */
  readonly kept?: boolean;
}

/**
 * The targets of one kind of file. With `prefix`, every name that begins with it is a target too.
 */
export interface Targets {
  readonly list: readonly Target[];
  readonly prefix?: string;
}

/**
 * How one column is read. `field` is null if the column is left out: unknown, ignored, or only
 * written by the store.
 */
export interface ColumnMapping {
  /** 0-based. */
  readonly position: number;
  readonly column: string;
  readonly field: string | null;
  readonly how: 'map' | 'name' | 'unknown' | 'ignored' | 'kept';
}

export interface MapOptions {
  readonly map?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
}

/**
 * Decides for each column of the header what it is read into: by `map`, else by a target's alias or
 * label, without regard to case, accents and punctuation. `UserError`: the options name a column or
 * field that does not exist (2), or two columns of one name, or for one field, are read (65).
 */
export function mapColumns(
  header: readonly string[],
  targets: Targets,
  options: MapOptions,
): ColumnMapping[] {
  const given = givenTargets(header, targets, (options.map ?? []).flatMap(parseMap));
  const ignored = new Set(
    (options.ignore ?? []).flatMap((name) => positionsOf(header, name, '--ignore')),
  );
  const taken = new Set(given.values());
  const find = targetFinder(targets);
  const mappings = header.map((column, position): ColumnMapping => {
    const field = given.get(position);
    if (field !== undefined) return { position, column, field, how: 'map' };
    if (ignored.has(position) || isRejectColumn(column))
      return { position, column, field: null, how: 'ignored' };
    const found = find(column);
    if (found?.kept === true) return { position, column, field: null, how: 'kept' };
    if (found === undefined || taken.has(found.alias))
      return { position, column, field: null, how: 'unknown' };
    return { position, column, field: found.alias, how: 'name' };
  });
  refuseTwice(mappings);
  return mappings;
}

/** The name reduced so that other spellings are equal: `E-Mail`, `é mail` and `email` are one. */
export function loosely(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

function targetFinder({ list, prefix }: Targets): (column: string) => Target | undefined {
  return (column) => {
    if (prefix !== undefined && column.startsWith(prefix) && column.length > prefix.length)
      return { alias: column, label: column };
    const wanted = loosely(column);
    if (wanted === '') return undefined;
    const exact = list.find((target) => target.alias === column.toLowerCase());
    const byAlias = list.filter((target) => loosely(target.alias) === wanted);
    const byLabel = list.filter((target) => loosely(target.label) === wanted);
    return exact ?? only(byAlias) ?? only(byLabel);
  };
}

/** The only target; if several fit the name, none is meant. */
function only(targets: readonly Target[]): Target | undefined {
  return targets.length === 1 ? targets[0] : undefined;
}

function keptByStore(alias: string): UserError {
  const message = `\`${alias}\` in --map: the store keeps this field itself`;
  return new UserError('NOT_WRITABLE', EXIT.usage, message);
}

function givenTargets(
  header: readonly string[],
  targets: Targets,
  entries: readonly MapEntry[],
): Map<number, string> {
  const find = targetFinder(targets);
  const given = new Map<number, string>();
  for (const { column, field } of entries) {
    const target = find(field);
    if (target === undefined) throw unknownField(field, targets);
    if (target.kept === true) throw keptByStore(target.alias);
    for (const position of positionsOf(header, column, '--map')) {
      if (given.has(position))
        throw new UserError(
          'MAPPED_TWICE',
          EXIT.usage,
          `--map names the column \`${column}\` twice`,
          { hint: 'name it once' },
        );
      given.set(position, target.alias);
    }
  }
  return given;
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

/** Where this column stands. `UserError` (2) when the header has none of that name. */
export function positionsOf(header: readonly string[], name: string, option: string): number[] {
  const same = (fits: (column: string) => boolean): number[] =>
    header.flatMap((column, position) => (fits(column) ? [position] : []));
  const exact = same((column) => column.normalize() === name.trim().normalize());
  const positions =
    exact.length > 0
      ? exact
      : same(
          (column) =>
            column !== '' &&
            column.normalize().toLowerCase() === name.trim().normalize().toLowerCase(),
        );
  if (positions.length > 0) return positions;
  const [near] = nearest(name, header);
  throw new UserError('UNKNOWN_COLUMN', EXIT.usage, `unknown column \`${name}\` in ${option}`, {
    hint:
      near === undefined ? `the columns are ${columnList(header)}` : `did you mean \`${near}\`?`,
  });
}

export function columnList(header: readonly string[]): string {
  const named = header
    .filter((column) => column !== '' && !isRejectColumn(column))
    .map((column) => `\`${column}\``);
  return named.length > 12 ? `${named.slice(0, 12).join(', ')}, …` : named.join(', ');
}

function refuseTwice(mappings: readonly ColumnMapping[]): void {
  const pair = firstPair(
    mappings.filter((mapping) => mapping.field !== null),
    (mapping) => mapping.field ?? '',
  );
  if (pair === undefined) return;
  const [first, second] = pair;
  if (first.column.normalize() === second.column.normalize())
    throw twice(pair, 'have the same name', 'rename one of them');
  throw twice(
    pair,
    `are both read into \`${first.field ?? ''}\``,
    `leave one out with --ignore "${second.column}"`,
  );
}

function firstPair(
  mappings: readonly ColumnMapping[],
  keyOf: (mapping: ColumnMapping) => string,
): readonly [ColumnMapping, ColumnMapping] | undefined {
  const seen = new Map<string, ColumnMapping>();
  for (const mapping of mappings) {
    const earlier = seen.get(keyOf(mapping));
    if (earlier !== undefined) return [earlier, mapping];
    seen.set(keyOf(mapping), mapping);
  }
  return undefined;
}

function twice(
  [first, second]: readonly [ColumnMapping, ColumnMapping],
  what: string,
  hint: string,
): UserError {
  return new UserError(
    'DUPLICATE_COLUMN',
    EXIT.badInput,
    `the columns ${first.position + 1} \`${first.column}\` and ${second.position + 1} ` +
      `\`${second.column}\` ${what}`,
    { hint },
  );
}
