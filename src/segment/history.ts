import { readInstant } from '../contact/read-instant.ts';
import { timeContext } from '../contact/time-context.ts';
import type { TimeContext } from '../filter/index.ts';
import type { PeriodMoves, ReadTx, SegmentRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { keptSince, requireKept } from './kept-history.ts';
import { type Period, periodsFrom, type PeriodUnit } from './periods.ts';

/** More are no picture of anything, and are not gathered. */
const MOST_PERIODS = 10_000;

export interface HistoryRequest {
  readonly by: PeriodUnit;
  /** Instants as people write them: see `readInstant`. The periods that hold them are told too. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** How many joined and left, by the channel that their causes name. */
export type ByVia = Readonly<Record<string, number>>;

/** What became of a segment within a period; `size` is how many members it had at its end, or now. */
export interface PeriodHistory extends Period {
  readonly size: number;
  readonly joined: number;
  readonly left: number;
  readonly joinedBy: ByVia;
  readonly leftBy: ByVia;
}

/**
 * The history of a segment by periods of the store's zone: from when anybody joined it, or from when
 * on all of it is kept, until `now`. `UserError`: no instant, one that is to come, an end before the
 * beginning, too many periods (2); a time of which no history is kept (1).
 */
export async function segmentHistory(
  tx: ReadTx,
  segment: SegmentRow,
  { by, since, until }: HistoryRequest,
  now: number,
): Promise<PeriodHistory[]> {
  const time = await timeContext(tx, now);
  const last = until === undefined ? now : pastInstant('--until', until, time);
  const periods =
    since === undefined
      ? await keptPeriods(tx, segment, { by, last }, time)
      : periodsBetween(pastInstant('--since', since, time), last, by, time);
  const [first] = periods;
  if (first === undefined) return [];
  if (since !== undefined) await requireKept(tx, first.from);
  // of the present one as much as there was
  const bounds = [first.from, ...periods.map((period) => Math.min(period.until, now + 1))];
  const [, ...sizes] = await tx.history.sizes(segment.id, bounds);
  const moves = byPeriod(await tx.history.moves(segment.id, bounds));
  return periods.map((period, index) => ({
    ...period,
    size: sizes[index] ?? 0,
    ...summed(moves.get(index) ?? []),
  }));
}

function byPeriod(moves: readonly PeriodMoves[]): ReadonlyMap<number, readonly PeriodMoves[]> {
  const found = new Map<number, PeriodMoves[]>();
  for (const move of moves) {
    const beside = found.get(move.period);
    if (beside === undefined) found.set(move.period, [move]);
    else beside.push(move);
  }
  return found;
}

function summed(moves: readonly PeriodMoves[]): Omit<PeriodHistory, keyof Period | 'size'> {
  const by = (change: 'joined' | 'left'): ByVia =>
    Object.fromEntries(
      moves.filter((move) => move[change] > 0).map((move) => [move.via, move[change]]),
    );
  const total = (change: 'joined' | 'left'): number =>
    moves.reduce((sum, move) => sum + move[change], 0);
  return {
    joined: total('joined'),
    left: total('left'),
    joinedBy: by('joined'),
    leftBy: by('left'),
  };
}

/** From the first that is known whole. */
async function keptPeriods(
  tx: ReadTx,
  { id }: SegmentRow,
  { by, last }: { readonly by: PeriodUnit; readonly last: number },
  time: TimeContext,
): Promise<Period[]> {
  const keptFrom = await keptSince(tx);
  const first = (await tx.history.firstMove(id)) ?? last;
  const periods = periodsBetween(Math.min(last, Math.max(first, keptFrom)), last, by, time);
  return periods.filter(({ from }) => from >= keptFrom);
}

function periodsBetween(first: number, last: number, by: PeriodUnit, time: TimeContext): Period[] {
  if (first > last)
    throw new UserError('ENDS_BEFORE', EXIT.usage, 'the history would end before it begins', {
      hint: 'give a --since that is before --until',
    });
  const periods: Period[] = [];
  for (const period of periodsFrom(first, by, time.zone)) {
    if (period.from > last) break;
    if (periods.length === MOST_PERIODS) throw tooMany(by);
    periods.push(period);
  }
  return periods;
}

function tooMany(by: PeriodUnit): UserError {
  return new UserError('TOO_MANY_PERIODS', EXIT.usage, `these are more than 10,000 ${by}s`, {
    hint: by === 'month' ? 'give a later --since' : 'give a later --since, or --by month',
  });
}

function pastInstant(option: string, text: string, time: TimeContext): number {
  const instant = readInstant(option, text, time);
  if (instant <= time.now) return instant;
  throw new UserError('STILL_TO_COME', EXIT.usage, `\`${option} ${text}\` is still to come`, {
    hint: 'a history ends now',
  });
}
