import type { Watch } from '../../store/index.ts';
import type { Context } from '../context.ts';

/** Shows on a terminal what is being done, and how much of it is done. */
export function watchWith(progress: Context['progress']): Watch {
  return async (label, work) =>
    progress(label, async (say) =>
      work((share) => say(share < 1 ? `${label}, ${Math.floor(share * 100)} %` : label)),
    );
}
