import { type SQL, sql } from 'drizzle-orm';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOG } from '../../../src/store/postgres/delta/log.ts';
import { memberLog } from '../../../src/store/postgres/delta/member-log.ts';
import { inWriting } from '../../../src/store/postgres/connection/transactions.ts';
import { changesTable, markSettled } from '../../../src/store/postgres/delta/changes.ts';
import type { PostgresSession } from '../../../src/store/postgres/postgres-session.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { FROM_START, reading } from '../conformance/fixture.ts';
import { addSegment, open, passed, seeded } from './run-log.ts';
import { makeTrial, type TrialStore } from './trial-store.ts';

function deedsOf(step: number, id: number): string[] {
  return [
    `update contacts set city = coalesce(city, '') || '${step}' where id = ${id}`,
    `insert into events (contact_id, type, occurred_at) values (${id}, 'web.visit', 0)`,
    `delete from events where contact_id = ${id}`,
    'insert into contacts (created_at, updated_at) values (0, 0)',
    `savepoint s; update contacts set city = 'undone' where id = ${id}; rollback to s`,
  ];
}

/** Has transactions of several statements, about contacts of its own. */
class Writer {
  readonly #client: pg.Client;
  readonly #first: number;
  #isOpen = false;

  constructor(client: pg.Client, first: number) {
    this.#client = client;
    this.#first = first;
  }

  async act(random: (below: number) => number, step: number): Promise<void> {
    if (this.#isOpen && random(4) === 0) return this.end(random(4) > 0);
    const deeds = deedsOf(step, this.#first + 2 * random(2));
    await this.#client.query(`${this.#isOpen ? '' : 'begin; '}${deeds[random(deeds.length)]!}`);
    this.#isOpen = true;
  }

  async end(isKept: boolean): Promise<void> {
    await this.#client.query(isKept ? 'commit' : 'rollback');
    this.#isOpen = false;
  }
}

/** Knows all contacts, and reads those alone anew that the log names. */
class Follower {
  readonly known = new Map<number, string>();
  readonly #db: PostgresSession;
  readonly #changedSince: (seen: string) => Promise<number[]>;
  #seen = FROM_START;

  constructor(db: PostgresSession, changedSince: (seen: string) => Promise<number[]>) {
    this.#db = db;
    this.#changedSince = changedSince;
  }

  async begin(): Promise<void> {
    await addSegment(this.#db, 1, this.#seen);
    for (const [id, what] of await this.#read(sql``)) this.known.set(id, what);
  }

  async run(random: (below: number) => number): Promise<void> {
    const [db, changes] = [this.#db, changesTable(this.#db)];
    await inWriting(db, async () => {
      await changes.open();
      const changed = await this.#changedSince(this.#seen);
      this.#seen = await changes.watermark();
      for (const id of changed) this.known.delete(id);
      const which = sql`where id = any (${sql.param(changed)}::bigint[])`;
      for (const [id, what] of await this.#read(which)) this.known.set(id, what);
      expect([...this.known].sort(([one], [other]) => one - other)).toEqual(
        await this.#read(sql``),
      );
      // what it writes after it has looked is for the next one
      if (random(3) === 0)
        await db.run(
          sql`update contacts set city = coalesce(city, '') || 'y' where id = ${5 + random(2)}`,
        );
      await db.run(sql`update segments set seen_epoch = ${this.#seen}`);
      if (random(2) === 0) await changes.prune();
    });
  }

  async #read(which: SQL): Promise<[number, string][]> {
    return this.#db.tuples<[number, string]>(sql`
      select id, coalesce(city, '') || '/' || (select count(*) from events where contact_id = contacts.id)
      from contacts ${which} order by id`);
  }
}

describePostgres('watermarks of PostgreSQL', () => {
  let trial: TrialStore;
  let db: PostgresSession;
  beforeEach(async () => {
    trial = await makeTrial(
      'insert into contacts (created_at, updated_at) select 0, 0 from generate_series(1, 6)',
    );
    db = trial.db;
  });
  afterEach(async () => trial.cleanup());

  const changedSince = async (seen: string): Promise<number[]> =>
    db.pluck<number>(sql`
      select distinct contact_id from ${LOG.contacts(seen)} as logged order by contact_id`);
  const touch = async (by: pg.Client | PostgresSession, id: number): Promise<unknown> => {
    const edit = `update contacts set city = coalesce(city, '') || 'x' where id = ${id}`;
    return 'run' in by ? by.run(sql.raw(edit)) : by.query(edit);
  };

  test('a change that was begun before a run and committed after it is found by the next', async () => {
    const writer = await trial.connect();
    await writer.query('begin');
    await touch(writer, 1);
    const { seen } = await open(db);
    const newest = await db.value<string>(sql`select pg_current_xact_id()::text`);
    await touch(db, 2);
    await writer.query('commit');
    expect(await changedSince(seen)).toEqual([1, 2]);
    // a number that each transaction counts up would have lost it
    expect(await changedSince(`${newest}:0:0`)).toEqual([2]);
  });

  test('what a build has seen of its own transaction is not found again, what came later is', async () => {
    const seen = await inWriting(db, async () => {
      await touch(db, 1);
      await changesTable(db).open();
      await touch(db, 2);
      await memberLog(db).proceed();
      const watermark = await changesTable(db).watermark();
      await touch(db, 3);
      return watermark;
    });
    expect(await changedSince(seen)).toEqual([3]);
  });

  test('marks end with their transaction', async () => {
    await open(db);
    await touch(db, 1);
    expect(await db.pluck(sql`select mark from contact_changes`)).toEqual([0]);
  });

  test.each([1, 2, 3])('two writers, interleaved at random, round %i', async (round) => {
    const random = seeded(round);
    const writers = [new Writer(await trial.connect(), 1), new Writer(await trial.connect(), 2)];
    const follower = new Follower(db, changedSince);
    await follower.begin();
    for (let step = 0; step < 150; step += 1) {
      if (random(5) === 0) await follower.run(random);
      else await writers[random(2)]!.act(random, step);
    }
    for (const writer of writers) await writer.end(true);
    await follower.run(random);
    expect(follower.known.size).toBeGreaterThan(5);
  });

  describe('the log', () => {
    test('is pruned up to where all segments have seen it, and reaches back no further', async () => {
      const first = await open(db);
      await touch(db, 1);
      const second = await open(db);
      await touch(db, 2);
      await addSegment(db, 1, second.seen);
      await inWriting(db, async () => changesTable(db).prune());
      expect(await changedSince(FROM_START)).toEqual([2]);
      const reach = await changesTable(db).reach();
      expect([first.seen, second.seen].map((seen) => reach(seen, reading({})))).toEqual([
        false,
        true,
      ]);
    });

    test('is pruned to nothing where nobody asks for it, but for what is not committed', async () => {
      const writer = await trial.connect();
      await touch(db, 1);
      await passed(db);
      await writer.query('begin');
      await touch(writer, 2);
      await inWriting(db, async () => changesTable(db).prune());
      await writer.query('commit');
      expect(await changedSince(FROM_START)).toEqual([2]);
    });

    test('does not reach back over what was forgotten, once', async () => {
      const { seen } = await open(db);
      const writer = await trial.connect();
      await writer.query("begin; insert into wide_changes (id, kind) values (0, 'f')");
      const meanwhile = await open(db);
      await writer.query('commit');
      const later = await open(db);
      const reach = await changesTable(db).reach();
      expect([seen, meanwhile.seen, later.seen].map((one) => reach(one, reading({})))).toEqual([
        false,
        false,
        true,
      ]);
    });

    test('says what is read, what is pinned, and what nobody has seen', async () => {
      const { seen } = await open(db);
      await addSegment(db, 1, seen);
      await touch(db, 1);
      await touch(db, 1);
      await trial.client.query(`
        insert into companies (name, created_at, updated_at) values ('Acme', 0, 0);
        insert into tags (name, created_at) values ('vip', 0);
        insert into pins (segment_id, contact_id, kind, via, created_at) values (7, 2, 'in', 'manual', 0)`);
      const changes = changesTable(db);
      expect(
        await changes.countRead(seen, [reading({ profile: [11] }), reading({ tags: true })]),
      ).toEqual([1, 1]);
      expect(await changes.countSince(seen, 100)).toBe(4);
      expect(await changes.countSince(seen, 2)).toBe(3);
      expect(await changes.pinnedSince(seen)).toEqual([7]);
      expect(await changes.countPending()).toBe(4);
    });

    test('has who joined and left, by segment, or that it was too many', async () => {
      const before = await open(db);
      const after = await inWriting(db, async () => {
        const members = memberLog(db);
        await members.oneByOne(
          sql`select * from (values (3, 1::bigint), (4, 2)) as given (segment_id, contact_id)`,
          [3],
        );
        await members.wholesale([9]);
        await members.proceed();
        return changesTable(db).watermark();
      });
      const moved = async (seen: string): Promise<unknown[]> =>
        db.pluck(sql`select contact_id from ${LOG.members(seen, [3, 4])} as moved`);
      const bulk = async (seen: string): Promise<number[]> =>
        changesTable(db).bulkSince(seen, [8, 9]);
      expect([await moved(before.seen), await bulk(before.seen)]).toEqual([[1], [9]]);
      expect([await moved(after), await bulk(after)]).toEqual([[], []]);
    });

    test('knows who is gone, and who has not been looked at since all was settled', async () => {
      await touch(db, 1);
      await passed(db);
      await inWriting(db, async () => {
        await touch(db, 2);
        await markSettled(db);
        await touch(db, 3);
      });
      await trial.client.query(
        'delete from contacts where id = 4; insert into contacts (id, created_at, updated_at) values (4, 0, 0); delete from contacts where id = 5',
      );
      const ids = async (source: ReturnType<typeof sql>): Promise<unknown[]> =>
        db.pluck(sql`select id from ${source} as found order by id`);
      expect(await ids(LOG.deleted())).toEqual([5]);
      expect(await ids(LOG.written)).toEqual([1, 2, 3, 4, 5]);
      expect(await ids(LOG.unsettled)).toEqual([3, 4, 5]);
    });
  });
});
