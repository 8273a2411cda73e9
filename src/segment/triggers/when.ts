import { readStoreFilter, type StoreFilter } from '../../contact/checked-filter.ts';
import {
  type Catalogue,
  decodeAst,
  encodeAst,
  FilterError,
  printFilter,
} from '../../filter/index.ts';
import type { ReadTx, SegmentRow } from '../../store/index.ts';
import { assertNever, EXIT, UserError } from '../../support/errors.ts';
import { pickSegment } from '../lookup.ts';
import { eventsIn, type When } from './definition.ts';

/** When a trigger fires, as its author gives it: one of these. */
export interface GivenWhen {
  /** Events, as after `did` in a filter. */
  readonly when?: string | undefined;
  readonly whenPointsReach?: number | undefined;
  /** Aliases or ids of segments. */
  readonly whenJoins?: string | undefined;
  readonly whenLeaves?: string | undefined;
}

export interface ReadWhen {
  readonly when: When;
  readonly warnings: readonly string[];
}

/**
 * What is given, if anything is. `UserError` (2): more than one of them, an unknown segment, or a
 * text that is no set of events, or one with a window.
 */
export async function readWhen(tx: ReadTx, given: GivenWhen): Promise<ReadWhen | undefined> {
  const said = Object.entries(OPTIONS).flatMap(([key, option]) =>
    given[key as keyof GivenWhen] === undefined ? [] : [option],
  );
  if (said.length === 0) return undefined;
  if (said.length > 1)
    throw usage(`${said.join(' and ')} contradict each other`, 'a trigger has one of them');
  if (given.when !== undefined) return readEvents(tx, given.when);
  return { when: await otherWhen(tx, given), warnings: [] };
}

const OPTIONS: Readonly<Record<keyof GivenWhen, string>> = {
  when: '`--when`',
  whenPointsReach: '`--when-points-reach`',
  whenJoins: '`--when-joins`',
  whenLeaves: '`--when-leaves`',
};

async function otherWhen(tx: ReadTx, given: GivenWhen): Promise<When> {
  const { whenPointsReach: points, whenJoins, whenLeaves } = given;
  if (points !== undefined) return { kind: 'points', points };
  const { id: segment } = pickSegment(await tx.segments.list(), whenJoins ?? whenLeaves ?? '');
  return { kind: whenJoins === undefined ? 'leaves' : 'joins', segment };
}

const DID = /^\s*did\s/i;
const SOURCE = '--when';
const EVENTS = 'write a type of events, and tests after where: form.submit where subject = "fair"';

/** Reads events as a filter does behind `did`, which may be left out. */
async function readDid(tx: ReadTx, text: string): Promise<StoreFilter> {
  if (DID.test(text)) return readStoreFilter(tx, { text, source: SOURCE });
  const put = 'did ';
  try {
    return await readStoreFilter(tx, { text: `${put}${text}`, source: SOURCE });
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw error.within({ text, source: SOURCE }, put.length);
  }
}

async function readEvents(tx: ReadTx, text: string): Promise<ReadWhen> {
  if (text.trim() === '') throw usage('`--when` is empty', EVENTS);
  const { ast, warnings } = await readDid(tx, text);
  const events = eventsIn(ast);
  if (events === undefined) throw usage(`\`--when ${text}\` is not one set of events`, EVENTS);
  // rule: trigger-window
  if (events.window !== null)
    throw usage(
      `\`--when ${text}\` has a window`,
      'a trigger fires for each event as it arrives: leave the window out',
    );
  return { when: { kind: 'event', filter: encodeAst(ast) }, warnings };
}

/** When it fires in words: `form.submit where subject = "fair"`, `points reach 100`, `joins hot`. */
export function whenInWords(
  when: When,
  catalogue: Catalogue,
  segments: readonly SegmentRow[],
): string {
  switch (when.kind) {
    case 'event':
      return printFilter(decodeAst(when.filter), catalogue).replace(DID, '');
    case 'points':
      return `points reach ${when.points}`;
    case 'joins':
    case 'leaves':
      return `${when.kind} ${aliasOf(segments, when.segment)}`;
    default:
      return assertNever(when);
  }
}

/** The alias of a segment, or what stands for one that is gone. */
export function aliasOf(segments: readonly SegmentRow[], id: number): string {
  return segments.find((segment) => segment.id === id)?.alias ?? `segment ${id} (gone)`;
}

function usage(message: string, hint: string): UserError {
  return new UserError('BAD_WHEN', EXIT.usage, message, { hint });
}
