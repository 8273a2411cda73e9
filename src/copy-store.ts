import type { CopyMade, Watch } from './store/index.ts';
import { copyStore as copySides } from './store/sql/copying/copy-store.ts';
import type { CopySource, CopyTarget } from './store/sql/copying/side.ts';
import { isDatabaseUrl } from './support/database-url.ts';

export interface CopyRequest {
  /** A path or a URL, where a store is made unless there is an empty one. */
  readonly to: string;
  readonly watch?: Watch | undefined;
}

/**
 * Copies all of a store into another, new one, either of which is a file or a database. `UserError`: a
 * target with something in it (1), a value that it does not take (65), a run under way (75), what
 * `openStore` refuses.
 */
export async function copyStore(name: string, { to, watch }: CopyRequest): Promise<CopyMade> {
  const source = await openSource(name);
  try {
    const target = await openTarget(to);
    try {
      const made = await copySides(source, target, watch);
      await target.close();
      return made;
    } catch (error) {
      await target.discard().catch(() => undefined); // the first error is the one to tell
      throw error;
    }
  } finally {
    await source.close();
  }
}

async function openSource(name: string): Promise<CopySource> {
  return isDatabaseUrl(name)
    ? (await import('./store/postgres/copying.ts')).copySource(name)
    : (await import('./store/sqlite/copying.ts')).copySource(name);
}

async function openTarget(name: string): Promise<CopyTarget> {
  return isDatabaseUrl(name)
    ? (await import('./store/postgres/copying.ts')).copyTarget(name)
    : (await import('./store/sqlite/copying.ts')).copyTarget(name);
}
