import { type FilterAst, referredSegments, type TimeContext } from '../filter/index.ts';
import type { SegmentRow } from '../store/index.ts';
import { localText } from '../support/time.ts';

/**
 * Members are as old as their last build. Crontabs build many times a day, so a segment older than
 * this was forgotten or its builds fail.
 */
const OLD_MS = 86_400_000;

/**
 * Warnings about segments whose stored members the filter reads and that were not built as of this
 * clock.
 */
export function stalenessOf(
  ast: FilterAst,
  segments: readonly SegmentRow[],
  time: TimeContext,
): string[] {
  return referredSegments(ast).flatMap((id) => {
    const segment = segments.find((each) => each.id === id);
    const reason = segment?.kind === 'dynamic' ? reasonOf(segment, time) : undefined;
    return reason === undefined ? [] : [reason];
  });
}

function reasonOf(
  { alias, builtAt, seen, published }: SegmentRow,
  { now, zone }: TimeContext,
): string | undefined {
  const update = `rollcall segments:update ${alias}`;
  if (builtAt === null)
    return `segment ${alias} was never built, so nobody is in it by its filter yet: ${update}`;
  const built = `segment ${alias} was built at ${localText(builtAt, zone)}`;
  if (!published) return `${built} and is unpublished: its members stay as they are`;
  if (seen === null)
    return `${built} and changed since, so its members are not yet those of its filter: ${update}`;
  if (builtAt > now)
    return `${built}, which is after the clock of this answer: its members are of then`;
  return now - builtAt > OLD_MS ? `${built}, so its members are of then: ${update}` : undefined;
}
