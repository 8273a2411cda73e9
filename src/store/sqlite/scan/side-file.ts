import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createBeside } from '../file/draft.ts';
import { filesIn } from '../file/store-files.ts';

/*
 * A pass leaves its matches in a side file beside the store, `crm.db.scan-TIMELINE-RUN-PASS`: an
 * SQLite file that only the run that made it reads, and that is worth nothing to anybody else.
 */

export interface SideFileOf {
  readonly realPath: string;
  /** Which life of the store: see `capture.timeline`. */
  readonly timeline: string;
  readonly runId: number;
}

/**
 * The side files of one run. Each is removed when all segments that it was made for have let go of
 * it.
 */
export class SideFiles {
  readonly #realPath: string;
  readonly #prefix: string;
  readonly #held = new Map<string, number>();
  #made = 0;

  constructor({ realPath, timeline, runId }: SideFileOf) {
    this.#realPath = realPath;
    this.#prefix = `${prefixOf(realPath)}${timeline}-${runId}-`;
  }

  /**
   * Makes an empty file, readable for its owner alone, and gives its path; undefined where that
   * cannot be done.
   */
  make(segments: number): string | undefined {
    this.#made += 1;
    const path = `${this.#prefix}${this.#made}`;
    try {
      createBeside(path, this.#realPath);
    } catch {
      return undefined;
    }
    this.#held.set(path, segments);
    return path;
  }

  /** To be called once for each segment, when it needs the file no more. */
  letGo(path: string): void {
    const held = (this.#held.get(path) ?? 0) - 1;
    this.#held.set(path, held);
    if (held <= 0) this.remove(path);
  }

  remove(path: string): void {
    this.#held.delete(path);
    for (const suffix of ['', '-journal']) rmSync(path + suffix, { force: true });
  }

  removeAll(): void {
    for (const path of this.#held.keys()) this.remove(path);
  }
}

/**
 * Removes the side files of runs that were killed. The caller holds the run lock, so none of them
 * belongs to a run at work.
 */
export function removeStaleSideFiles(realPath: string): void {
  const prefix = basename(prefixOf(realPath));
  const folder = dirname(realPath);
  for (const file of filesIn(folder)) {
    if (file.startsWith(prefix)) removeIfAllowed(join(folder, file));
  }
}

/**
 * What stays is in nobody's way: `make` takes no file that is there already, and `doctor` names it.
 */
function removeIfAllowed(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // a folder, or another user's
  }
}

function prefixOf(realPath: string): string {
  return `${realPath}.scan-`;
}
