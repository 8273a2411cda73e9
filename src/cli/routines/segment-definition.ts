import { isBlankFilter } from '../../filter/index.ts';
import type { Defined, SegmentOptions } from '../../segment/definition.ts';
import { updateSegments } from '../../segment/update/run.ts';
import type { WriteTx } from '../../store/index.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import type { GivenSegment } from '../options/segment-options.ts';
import type { MessageResult } from '../output/result.ts';
import { definedResult } from '../views/defined-segment.ts';
import { filterText } from './input.ts';

interface Definition {
  readonly given: GivenSegment;
  /** An empty value takes the filter away, where there may be one. */
  readonly mayClear: boolean;
  /** Builds a dynamic segment at once. */
  readonly update: boolean;
  readonly define: (tx: WriteTx, options: SegmentOptions) => Promise<Defined>;
  /** `created static segment newsletter (id 1)` */
  readonly news: (defined: Defined) => string;
}

/** Defines a segment as the options say, and builds it where that was asked for. */
export async function defineSegment(
  context: StoreContext,
  { given, mayClear, update, define, news }: Definition,
): Promise<MessageResult> {
  const options = await readSegmentOptions(context, given, mayClear);
  const defined = await context.store.write(async (tx) => define(tx, options));
  const report =
    update && defined.kind === 'dynamic'
      ? await updateSegments(context.store, {
          segments: [defined.alias],
          isClockRead: !context.isNowGiven,
        })
      : undefined;
  return definedResult(defined, news(defined), report);
}

/** The options as the service takes them, the filter read from where it stands. */
async function readSegmentOptions(
  context: StoreContext,
  given: GivenSegment,
  mayClear: boolean,
): Promise<SegmentOptions> {
  const where = given.where === undefined ? undefined : await filterText(context, given.where);
  if (where !== undefined && isBlankFilter(where) && !(mayClear && given.where === ''))
    throw usage('the filter is empty', 'write a condition, for example: country = "FR"');
  return { ...given, where };
}
