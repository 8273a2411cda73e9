import type { UpdateReport, UpdateRequest } from '../../segment/update/request.ts';
import { updateSegments } from '../../segment/update/run.ts';
import type { StoreContext } from '../context.ts';

/** Updates segments, and shows on a terminal which one is being updated. */
export async function updateWatched(
  { store, progress }: StoreContext,
  request: UpdateRequest,
): Promise<UpdateReport> {
  return progress('updating segments', async (say) =>
    updateSegments(store, {
      ...request,
      onSegment: (alias, done, total) => say(`${done + 1} of ${total}: ${alias}`),
    }),
  );
}
