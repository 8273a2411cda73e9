import type { ReadTx, SegmentRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';

/**
 * The segment with this alias or id. `UserError` (2), with the nearest alias as a hint, if there is
 * none.
 */
export async function getSegment(tx: ReadTx, reference: string): Promise<SegmentRow> {
  return pickSegment(await tx.segments.list(), reference);
}

/**
 * Like `getSegment`, but searches segments that were read already. The hint names none but those
 * that `isHelpful` holds for.
 */
export function pickSegment(
  segments: readonly SegmentRow[],
  reference: string,
  isHelpful: (segment: SegmentRow) => boolean = () => true,
): SegmentRow {
  const wanted = reference.toLowerCase();
  const found =
    segments.find((segment) => segment.alias.toLowerCase() === wanted) ??
    segments.find((segment) => String(segment.id) === wanted);
  if (found !== undefined) return found;
  const [near] = nearest(
    reference,
    segments.filter(isHelpful).map((segment) => segment.alias),
  );
  throw new UserError('UNKNOWN_SEGMENT', EXIT.usage, `unknown segment ${reference}`, {
    hint:
      near === undefined ? '`rollcall segments:list` shows all segments' : `did you mean ${near}?`,
  });
}
