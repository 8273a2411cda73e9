import type { ReadTx, SegmentRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';

/**
 * The segment with this alias or id. `UserError` (2) if there is none, with the nearest alias as a
 * hint, or with how to bring it back if it was deleted.
 */
export async function getSegment(tx: ReadTx, reference: string): Promise<SegmentRow> {
  const segments = await tx.segments.list();
  const found = findSegment(segments, reference);
  if (found !== undefined) return found;
  const gone = findSegment(await tx.segments.deleted(), reference);
  if (gone === undefined) throw unknownSegment(segments, reference);
  throw new UserError('UNKNOWN_SEGMENT', EXIT.usage, `segment ${reference} was deleted`, {
    hint: `it can be brought back: rollcall segments:restore ${gone.id}`,
  });
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
  const found = findSegment(segments, reference);
  if (found !== undefined) return found;
  throw unknownSegment(segments.filter(isHelpful), reference);
}

type Named = Pick<SegmentRow, 'id' | 'alias' | 'name'>;

/** The one of them with this alias or id. */
export function findSegment<S extends Named>(
  segments: readonly S[],
  reference: string,
): S | undefined {
  const wanted = reference.toLowerCase();
  return (
    segments.find((segment) => segment.alias.toLowerCase() === wanted) ??
    segments.find((segment) => String(segment.id) === wanted)
  );
}

export function unknownSegment(segments: readonly Named[], reference: string): UserError {
  return new UserError('UNKNOWN_SEGMENT', EXIT.usage, `unknown segment ${reference}`, {
    hint: hintTo(segments, reference) ?? '`rollcall segments:list` shows all segments',
  });
}

/** Names are for people to read: whoever gives one is told the alias. */
function hintTo(segments: readonly Named[], reference: string): string | undefined {
  const called = segments.find(({ name }) => fold(name) === fold(reference));
  if (called !== undefined) return `a segment is named so: its alias is ${called.alias}`;
  const [near] = nearest(
    reference,
    segments.map((segment) => segment.alias),
  );
  return near === undefined ? undefined : `did you mean ${near}?`;
}
