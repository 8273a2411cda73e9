import type { Conversion } from '../../segment/conversion.ts';
import { counted, grouped } from '../../support/text.ts';
import type { MessageResult } from '../output/result.ts';
import { removed } from './removed.ts';

/** What became of a segment, or would by a dry run. */
export interface ConvertedSegment {
  readonly alias: string;
  readonly to: 'static' | 'dynamic';
  readonly conversion: Conversion;
  readonly isDry: boolean;
}

/** What `segments:convert` tells of a conversion. */
export function conversionResult(converted: ConvertedSegment): MessageResult {
  const { isDry, conversion } = converted;
  const head = isDry && conversion.converted ? 'dry run, nothing was changed: ' : '';
  return { kind: 'message', text: head + inWords(converted), data: dataOf(converted) };
}

function dataOf({ alias, to, conversion, isDry }: ConvertedSegment): Record<string, unknown> {
  const { converted, members, matching, leaving, pinned, dissolved, pinnedOut } = conversion;
  return {
    segment: alias,
    to,
    converted,
    dry_run: isDry,
    members,
    matching,
    leaving,
    pinned,
    dissolved,
    pinned_out: pinnedOut,
  };
}

function inWords({ alias, to, conversion, isDry }: ConvertedSegment): string {
  const { converted, members, matching, leaving, pinned, dissolved, pinnedOut } = conversion;
  if (!converted) return `segment ${alias} is ${to} already`;
  const head = isDry ? `segment ${alias} would become ${to}` : `segment ${alias} is ${to} now`;
  const kept = pinnedOut === 0 ? '' : `, ${removed(pinnedOut)}`;
  if (matching === null)
    return (
      `${head}: ${counted(members, 'member')} ${members === 1 ? 'stays' : 'stay'}, ` +
      `${counted(dissolved, 'pin')} ` +
      `dissolved${kept}`
    );
  const rest =
    pinned > 0
      ? `${counted(pinned, 'member')} pinned in`
      : `${counted(leaving ?? 0, 'member')} will leave at the next update`;
  return (
    `${head}: ${grouped(matching)} of ${counted(members, 'member')} ` +
    `${members === 1 ? 'matches' : 'match'} its filter, ` +
    `${rest}${kept}`
  );
}
