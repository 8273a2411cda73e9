import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/*
 * A scan leaves its matches in a side file beside the store, `crm.db.scan-TIMELINE-RUN-SEGMENT`: an SQLite file of one table, which only
 * the run that made it reads, and which is worth nothing to anybody else.
 */

export interface SideFileOf {
  readonly realPath: string;
  /** Which life of the store: see `capture.timeline`. */
  readonly timeline: string;
  readonly runId: number;
}

/** Makes the empty file of a segment, readable for its owner alone, and gives its path. */
export function makeSideFile({ realPath, timeline, runId }: SideFileOf, segmentId: number): string {
  const path = `${prefixOf(realPath)}${timeline}-${runId}-${segmentId}`;
  removeSideFile(path);
  closeSync(openSync(path, 'wx', 0o600));
  return path;
}

export function removeSideFile(path: string): void {
  for (const suffix of ['', '-journal']) rmSync(path + suffix, { force: true });
}

/** Removes what a run that was killed left of these. Nobody else makes any while the caller holds the run lock. */
export function removeStaleSideFiles(realPath: string): void {
  const prefix = basename(prefixOf(realPath));
  const folder = dirname(realPath);
  for (const file of filesIn(folder)) {
    if (file.startsWith(prefix)) rmSync(join(folder, file), { force: true });
  }
}

/** None in a folder that cannot be listed: nobody could have scanned there either. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function prefixOf(realPath: string): string {
  return `${realPath}.scan-`;
}
