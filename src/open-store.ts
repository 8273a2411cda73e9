import type { Store } from './store/index.ts';
import { openStore as openFile } from './store/sqlite/open.ts';
import { isDatabaseUrl } from './support/database-url.ts';

type Options = NonNullable<Parameters<typeof openFile>[1]>;

/**
 * Opens the store of this name: a file, or a database where it is a URL (`postgres://…`), for which
 * of the options `refusesNested` counts. `UserError`: see the `openStore` of each.
 */
export async function openStore(name: string, options: Options = {}): Promise<Store> {
  if (!isDatabaseUrl(name)) return openFile(name, options);
  return (await import('./store/postgres/open.ts')).openStore(name, options);
}
