import type { Saving } from '../store/index.ts';
import { toNfc } from '../support/text.ts';

/**
 * Who acts, and when: every rule of segments takes its clock (epoch ms) and its author from here.
 */
export interface Action {
  readonly now: number;
  readonly by: string | null;
}

/** Who changes a definition, when, and why; a note that says nothing is none. */
export function savingOf({ now, by }: Action, note: string | undefined): Saving {
  const said = toNfc((note ?? '').trim());
  return { now, by, note: said === '' ? undefined : said };
}
