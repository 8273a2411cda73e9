import type { SegmentRow } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { requireMayTouch, requirePublished, TRIGGER } from '../via.ts';
import type { Linked } from './circles.ts';
import { shellQuoted } from '../../support/shell-quote.ts';

/** The segments of a trigger, which are all there and let it act. */
export interface FitSegments {
  readonly add: readonly SegmentRow[];
  readonly remove: readonly SegmentRow[];
}

/**
 * Refuses (1) a trigger one of whose segments is gone or unpublished, or is closed to the channel
 * that it acts through.
 */
export function requireFit({ name, does }: Linked, segments: readonly SegmentRow[]): FitSegments {
  const get = (id: number): SegmentRow => {
    const found = segments.find((segment) => segment.id === id);
    if (found !== undefined) return found;
    throw segmentGone(name, id);
  };
  // rule: trigger-watched
  if ('segment' in does.when) requirePublished(get(does.when.segment), 'triggers');
  const add = does.add.map(get);
  const remove = does.remove.map(get);
  // rule: trigger-rights
  for (const via of new Set([TRIGGER, does.via ?? TRIGGER])) {
    for (const segment of add) requireMayTouch(segment, via, 'join');
    for (const segment of remove) requireMayTouch(segment, via, 'leave');
  }
  return { add, remove };
}

function segmentGone(name: string, id: number): UserError {
  return new UserError(
    'SEGMENT_GONE',
    EXIT.refused,
    `trigger ${name} names segment ${id}, which is not there any more`,
    { hint: `give it other segments: rollcall triggers:edit ${shellQuoted(name)} --add SEGMENTS` },
  );
}
