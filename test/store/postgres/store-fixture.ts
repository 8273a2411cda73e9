import { initStore } from '../../../src/store/postgres/init.ts';
import { openStore } from '../../../src/store/postgres/open.ts';
import type { Store } from '../../../src/store/index.ts';
import { freshSchema, type FreshSchema } from '../../helpers/postgres.ts';
import type { StoreFixture } from '../conformance/fixture.ts';

export interface PostgresFixture extends StoreFixture, Pick<FreshSchema, 'ask' | 'url'> {}

/** A new store in a schema of its own, gone with `cleanup`. */
export async function postgresFixture(): Promise<PostgresFixture> {
  const fresh = await freshSchema({ isMade: false });
  await initStore(fresh.url);
  const opened = [await openStore(fresh.url)];
  const { ask } = fresh;
  return {
    url: fresh.url,
    ask,
    store: passingOthers(opened[0]!, ask),
    troubled: ['server'], // it runs without fsync
    another: async () => {
      const another = await openStore(fresh.url);
      opened.push(another);
      return passingOthers(another, ask);
    },
    cleanup: async () => {
      for (const store of opened) await store.close();
      await fresh.cleanup();
    },
  };
}
postgresFixture.share = 0.25;

/**
 * The store, whose writes end when no transaction of the server is older: those of other tests, in
 * whatever database, hold watermarks back, so that what was seen would be found once more.
 */
function passingOthers(store: Store, ask: FreshSchema['ask']): Store {
  return new Proxy(store, {
    get(target, property) {
      if (property !== 'write') return bound(target, property);
      return async (work: Parameters<Store['write']>[0]) => {
        const result = await target.write(work);
        await passOthers(ask);
        return result;
      };
    },
  });
}

function bound(target: Store, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === 'function' ? value.bind(target) : value;
}

/** Waits until no transaction of the server is older than what is logged. */
export async function passOthers(ask: FreshSchema['ask']): Promise<void> {
  for (;;) {
    const [row] = await ask(`
      select coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true)::int as passed
      from (
        select max(xid) as xid from contact_changes
        union all select max(xid) from member_changes
        union all select max(xid) from wide_changes
      ) as logged`);
    if (row?.['passed'] === 1) return;
  }
}
