import { pickSegment } from '../segment/lookup.ts';
import { requireMayTouch } from '../segment/via.ts';
import type { SegmentRow } from '../store/index.ts';
import { UserError } from '../support/errors.ts';
import { type CellProblems, cellText } from './cells.ts';

/** Reads `segments` cells: aliases with `|` between. Remembers which segments were named. */
export class SegmentCells {
  readonly mentioned = new Set<number>();
  readonly #segments: readonly SegmentRow[];
  readonly #known = new Map<string, number | string>();

  constructor(segments: readonly SegmentRow[]) {
    this.#segments = segments;
  }

  /**
   * The ids of the segments. One that is unknown or forbids imports is a problem of the row.
   * `UserError` (1) for an unpublished one, which stops the whole import.
   */
  read(cell: string, column: string, problems: CellProblems): readonly number[] {
    const ids = new Set<number>();
    for (const part of cellText(cell).split('|')) {
      const alias = part.trim();
      if (alias === '') continue;
      const found = this.#find(alias);
      if (typeof found === 'string') problems.add({ column, words: found, kind: 'segment' });
      else ids.add(found);
    }
    for (const id of ids) this.mentioned.add(id);
    return [...ids];
  }

  /** The segment's id, or why there is none. */
  #find(alias: string): number | string {
    const found = this.#known.get(alias) ?? this.#look(alias);
    this.#known.set(alias, found);
    return found;
  }

  #look(alias: string): number | string {
    try {
      const segment = pickSegment(this.#segments, alias);
      requireMayTouch(segment, 'import', 'join');
      return segment.id;
    } catch (error) {
      if (error instanceof UserError && error.code !== 'UNPUBLISHED') return error.message;
      throw error;
    }
  }
}
