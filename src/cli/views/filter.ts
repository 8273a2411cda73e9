import { viewFilter } from '../../segment/filters.ts';
import { getSegment } from '../../segment/lookup.ts';
import type { ReadTx } from '../../store/index.ts';
import type { MessageResult } from '../output/result.ts';

/** What the filter of a segment is now. */
export async function filterResult(
  tx: ReadTx,
  reference: string,
  warnings: readonly string[],
): Promise<MessageResult> {
  const segment = await getSegment(tx, reference);
  const { text, rows } = await viewFilter(tx, segment);
  const news =
    text === null
      ? `segment ${segment.alias} has no filter now`
      : `filter of ${segment.alias}: ${text}`;
  return {
    kind: 'message',
    text: news,
    data: { alias: segment.alias, filter: text, rows },
    warnings,
  };
}
