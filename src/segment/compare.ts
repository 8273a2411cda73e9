import { getField } from '../contact/fields.ts';
import { type PlainValue, plainValue } from '../contact/plain-values.ts';
import type {
  FieldRow,
  FieldType,
  ReadTx,
  RecordTuple,
  SegmentRow,
  Value,
} from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { getSegment } from './lookup.ts';
import { shareOf } from './overlap.ts';
import {
  type GroupOf,
  groupMonths,
  groupNumbers,
  monthOfDay,
  monthOfInstant,
} from './value-groups.ts';

const PAGE = 5_000;
/** A field of more values tells contacts apart, and no segments; of numbers ranges are made. */
const MOST_VALUES = 10_000;
/** Of fewer contacts, with a value or in a segment, shares say little. */
const LEAST_TOLD = 10;

/** How often a value of a field occurs among the members of two segments. */
export interface ComparedValue {
  readonly field: string;
  /**
   * As most contacts that come first write it; null where there is none. Many numbers are told by
   * ranges, dates by months or years.
   */
  readonly value: PlainValue;
  readonly inFirst: number;
  readonly inSecond: number;
  readonly shareOfFirst: number;
  readonly shareOfSecond: number;
  /** How many times as large the share of the first is; null where the second has none. */
  readonly lift: number | null;
  /** The numbers are too small to say anything. */
  readonly isSmall: boolean;
}

export interface Comparison {
  readonly first: Compared;
  readonly second: Compared;
  /** By field in the order in which they were given; what sets the two apart most comes first. */
  readonly values: readonly ComparedValue[];
}

interface Compared {
  readonly segment: SegmentRow;
  readonly members: number;
}

/**
 * What sets the members of two segments apart. `UserError`: an unknown segment or field, the same
 * segment twice (2); a field of more than 10,000 values (1).
 */
export async function compareSegments(
  tx: ReadTx,
  [first, second]: readonly [string, string],
  aliases: readonly string[],
): Promise<Comparison> {
  const segments = [await getSegment(tx, first), await getSegment(tx, second)] as const;
  if (segments[0].id === segments[1].id)
    throw new UserError('GIVEN_TWICE', EXIT.usage, `${segments[0].alias} is given twice`, {
      hint: 'give two segments',
    });
  const columns = await comparedColumns(tx, aliases);
  const one = await tallyMembers(tx, segments[0], columns);
  const other = await tallyMembers(tx, segments[1], columns);
  const sizes = [one.members, other.members] as const;
  return {
    first: { segment: segments[0], members: one.members },
    second: { segment: segments[1], members: other.members },
    values: columns.flatMap(({ field }, index) =>
      compared(field, [one.tallies[index] ?? new Map(), other.tallies[index] ?? new Map()], sizes),
    ),
  };
}

/** A field, and what its values are counted as. */
interface ComparedColumn {
  readonly field: FieldRow;
  readonly groupOf: GroupOf;
}

async function comparedColumns(tx: ReadTx, aliases: readonly string[]): Promise<ComparedColumn[]> {
  const known = await tx.fields.list();
  const { timezone } = await tx.settings.get();
  return aliases.map((alias) => {
    const field = getField(known, 'contact', alias);
    return { field, groupOf: monthOf(field, timezone) };
  });
}

function monthOf({ type }: FieldRow, zone: string): GroupOf {
  if (type === 'date') return monthOfDay;
  return type === 'datetime' ? monthOfInstant(zone) : (value) => value;
}

/** How many have each value, by what values compare by. */
type Tally = Map<string, { readonly value: PlainValue; count: number }>;

interface Tallied {
  readonly members: number;
  readonly tallies: readonly Tally[];
}

async function tallyMembers(
  tx: ReadTx,
  { id: segmentId }: SegmentRow,
  compared: readonly ComparedColumn[],
): Promise<Tallied> {
  const aliases = compared.map(({ field }) => field.alias);
  const columns = compared.map((column) => ({ column, tally: new Map() as Tally }));
  let members = 0;
  const pages = pagesByKey<RecordTuple>({
    read: async (after, limit) => tx.contacts.tuples({ segmentId, after, limit }, aliases),
    keyOf: ([id]) => id,
    size: PAGE,
  });
  for await (const page of pages) {
    members += page.length;
    for (const [index, { column, tally }] of columns.entries())
      tallyPage(
        tally,
        column,
        page.map((row) => row[index + 1] ?? null),
      );
  }
  return { members, tallies: columns.map(({ tally }) => tally) };
}

function tallyPage(
  tally: Tally,
  { field: { alias, type }, groupOf }: ComparedColumn,
  stored: readonly Value[],
): void {
  for (const each of stored)
    for (const value of valuesOf(plainValue(type, each))) count(tally, groupOf(value), 1);
  if (type !== 'number' && tally.size > MOST_VALUES)
    throw new UserError(
      'TOO_MANY_VALUES',
      EXIT.refused,
      `${alias} has more than 10,000 values, by which nothing is set apart`,
      { hint: 'compare by a field that sorts contacts into groups' },
    );
}

function count(tally: Tally, value: PlainValue, times: number): void {
  const key = typeof value === 'string' ? fold(value) : `${String(value)} `;
  const known = tally.get(key);
  if (known === undefined) tally.set(key, { value, count: times });
  else known.count += times;
}

/** Each of a list, of which a contact has several; no value is one as well. */
function valuesOf(value: PlainValue): readonly PlainValue[] {
  if (value === '') return [null];
  if (typeof value !== 'object' || value === null) return [value];
  return value.length === 0 ? [null] : [...new Set(value)];
}

function compared(
  { alias: field, type }: FieldRow,
  tallies: readonly [Tally, Tally],
  sizes: readonly [number, number],
): ComparedValue[] {
  const groupOf = groupingOf(type, tallies);
  const [one, other] = [regrouped(tallies[0], groupOf), regrouped(tallies[1], groupOf)];
  const keys = [...new Set([...one.keys(), ...other.keys()])].sort();
  return keys
    .map((key) => {
      const value = (one.get(key) ?? other.get(key))?.value ?? null;
      const counts = [one.get(key)?.count ?? 0, other.get(key)?.count ?? 0] as const;
      return { field, value, ...figures(counts, sizes) };
    })
    .sort((a, b) => Number(a.isSmall) - Number(b.isSmall) || distance(b) - distance(a));
}

/** What values are put together as, once all of both segments are known. */
function groupingOf(type: FieldType, tallies: readonly Tally[]): GroupOf {
  const all = tallies.flatMap((tally) => [...tally.values()]);
  switch (type) {
    case 'number':
      return groupNumbers(all.map(({ value, count: times }) => [value, times]));
    case 'date':
    case 'datetime':
      return groupMonths(all.map(({ value }) => value));
    default:
      return (value) => value;
  }
}

function regrouped(tally: Tally, groupOf: GroupOf): Tally {
  const groups: Tally = new Map();
  for (const { value, count: times } of tally.values()) count(groups, groupOf(value), times);
  return groups;
}

function figures(
  [inFirst, inSecond]: readonly [number, number],
  [first, second]: readonly [number, number],
): Omit<ComparedValue, 'field' | 'value'> {
  const shareOfFirst = shareOf(inFirst, first);
  const shareOfSecond = shareOf(inSecond, second);
  return {
    ...{ inFirst, inSecond, shareOfFirst, shareOfSecond },
    lift: shareOfSecond === 0 ? null : shareOfFirst / shareOfSecond,
    // rule: compare-small
    isSmall: Math.min(first, second, inFirst + inSecond) < LEAST_TOLD,
  };
}

function distance({ shareOfFirst, shareOfSecond }: ComparedValue): number {
  return Math.abs(shareOfFirst - shareOfSecond);
}
