import type pg from 'pg';
import { at, DAY, dayOf, HOUR } from './world.ts';

/** Gives a number below a bound. */
export type Random = (below: number) => number;

interface Deed {
  readonly random: Random;
  /** The contact that it is about. */
  readonly id: number;
  readonly now: number;
  /** What another writer never writes. */
  readonly own: string;
}

const CITIES = ["'Rome'", "'rome'", "'Lyon'", 'null'];
const TYPES = ['page.hit', 'purchase', 'Page.Hit', 'mājā', 'MĀJĀ'];
const AWAY = [0, -1, HOUR, -HOUR, DAY, -DAY, -2 * DAY, -7 * DAY, -30 * DAY, 5 * DAY];

const instant = ({ random, now }: Deed): number => now + at(AWAY, random(100));
const edit = ({ id }: Deed, set: string): string =>
  `update contacts set ${set}, updated_at = updated_at + 1 where id = ${id}`;

/** What other programs write with SQL, in whatever statements PostgreSQL has for it. */
const DEEDS: readonly ((deed: Deed) => string)[] = [
  (deed) => edit(deed, `points = ${deed.random(100)}`),
  (deed) => edit(deed, `points = null, city = ${at(CITIES, deed.random(4))}`),
  (deed) => edit(deed, `last_active_at = ${instant(deed)}`),
  (deed) => edit(deed, `created_at = ${instant(deed)}`),
  (deed) =>
    edit(deed, `birthday = '${1992 + 4 * deed.random(3)}-${dayOf(instant(deed)).slice(5)}'`),
  (deed) => edit(deed, `renewal = '${dayOf(instant(deed))}'`),
  (deed) => edit(deed, `email = '${deed.own}${deed.random(3)}@other.example'`),
  (deed) => edit(deed, `company_id = ${at(['1', '2', '3', 'null'], deed.random(4))}`),
  (deed) => edit(deed, `identified_at = ${at(['null', String(deed.now)], deed.random(2))}`),
  (deed) => `insert into contacts (email, points, created_at, updated_at)
    values ('${deed.own}${deed.random(3)}@new.example', ${deed.random(100)}, ${instant(deed)}, 0)
    on conflict (lower(email)) do update set points = excluded.points`,
  (
    deed,
  ) => `merge into contacts as c using (values (${deed.id}::bigint)) as given (id) on c.id = given.id
    when matched then update set points = ${deed.random(100)}
    when not matched then insert (points, created_at, updated_at) values (7, ${instant(deed)}, 0)`,
  (deed) => `delete from contacts where id = ${deed.id}`,
  (deed) => `insert into events (contact_id, type, value, occurred_at)
    values (${deed.id}, '${at(TYPES, deed.random(5))}', ${deed.random(20)}, ${instant(deed)})`,
  (deed) => `delete from events where contact_id = ${deed.id}`,
  (deed) => `update events set type = '${at(TYPES, deed.random(5))}' where contact_id = ${deed.id}`,
  (deed) => `with moved as (delete from contact_tags where contact_id = ${deed.id} returning *)
    insert into contact_tags (contact_id, tag_id) select moved.contact_id + 2, moved.tag_id from moved
    on conflict do nothing`,
  (deed) => `insert into contact_tags (contact_id, tag_id)
    select ${deed.id}, id from tags where name = '${at(['a', 'b', 'c'], deed.random(3))}'
    on conflict do nothing`,
  (deed) => `insert into suppressions (contact_id, channel, reason, created_at)
    select id, 'email', 'manual', 0 from contacts where id = ${deed.id} on conflict do nothing`,
  (deed) => `delete from suppressions where contact_id = ${deed.id}`,
  (
    deed,
  ) => `update companies set industry = ${at(["'it'", "'food'", 'null'], deed.random(3))}, created_at = ${instant(deed)}
    where id = ${1 + deed.random(3)}`,
  (deed) => `savepoint s; ${edit(deed, 'points = 55')}; rollback to s`,
  (
    deed,
  ) => `set local session_replication_role = replica; ${edit(deed, `points = ${deed.random(100)}`)};
    set local session_replication_role = origin`,
];

/**
 * Another program, with transactions of several statements about contacts of its own: of two, one has
 * those of odd ids. Where it would have to wait for anybody, it gives up what it has begun.
 */
export class Writer {
  readonly #client: pg.Client;
  readonly #odd: 0 | 1;
  #isOpen = false;

  constructor(client: pg.Client, odd: 0 | 1) {
    this.#client = client;
    this.#odd = odd;
  }

  async act(random: Random, now: number): Promise<void> {
    if (this.#isOpen && random(3) === 0) return this.end(random(4) > 0);
    const deed = { random, now, id: 2 * (1 + random(6)) - this.#odd, own: `w${this.#odd}x` };
    if (!this.#isOpen) await this.#client.query("begin; set local lock_timeout = '200ms'");
    this.#isOpen = true;
    try {
      await this.#client.query(at(DEEDS, random(1000))(deed));
    } catch (error) {
      // it collides with others: with their rows, or with their values
      if (!/^(55P03|40P01|23505)$/.test((error as { code?: string }).code ?? '')) throw error;
      await this.end(false);
    }
  }

  async end(isKept: boolean): Promise<void> {
    await this.#client.query(isKept ? 'commit' : 'rollback');
    this.#isOpen = false;
  }
}
