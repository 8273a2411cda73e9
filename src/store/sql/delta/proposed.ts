import { type SQL, sql } from 'drizzle-orm';
import { BY_KEY, flag, INTEGER, TEMP, TEXT } from '../words.ts';
import type { Proposed } from '../../differences.ts';
import type { SqlDatabase } from '../database.ts';
import type { TemporaryTables } from './temporary-tables.ts';

/*
 * A change of members is proposed (propose.ts, propose-candidates.ts) before it is applied
 * (apply-proposed.ts), for several segments at once where their candidates are decided. Who leaves,
 * who stays through something else and most of those who join stand in `temp.moves`; of a full
 * build, those who join are all who match where the segment has no members yet. `anonymous` says
 * whether a contact is; null of one that is no more.
 */

/** Those who join one segment, instead of the joiners in `temp.moves`. */
interface Elsewhere {
  readonly segmentId: number;
  /** A table of `contact_id` and `anonymous`, which gives them in key order. */
  readonly joiners: SQL;
  /** How many it has, and how many of them are anonymous, where that is known. */
  readonly counted?: { readonly joining: number; readonly anonymous: number } | undefined;
}

/** How many join one segment from elsewhere, and how many of them are anonymous. */
interface OtherJoiners {
  readonly segmentId: number;
  readonly joining: number;
  readonly anonymous: number;
}

const MOVES = sql`
  create temp table if not exists moves (
    segment_id ${INTEGER} not null, contact_id ${INTEGER} not null, part ${TEXT} not null, anonymous ${INTEGER},
    primary key (segment_id, contact_id)
  ) ${BY_KEY}`;

/** What is proposed on a connection, until something else is proposed there. */
export class Proposals {
  readonly db: SqlDatabase;
  readonly #tables: TemporaryTables;
  #elsewhere: Elsewhere | undefined;

  /** Nothing is proposed at first. */
  static async make(tables: TemporaryTables): Promise<Proposals> {
    const proposals = new Proposals(tables);
    await tables.db.run(MOVES);
    tables.hold('moves', proposals);
    await proposals.clear();
    return proposals;
  }

  private constructor(tables: TemporaryTables) {
    this.#tables = tables;
    this.db = tables.db;
  }

  /** Throws when these are no longer those of the connection. */
  requireStanding(): void {
    this.#tables.require(this);
  }

  async clear(): Promise<void> {
    this.#elsewhere = undefined;
    await this.db.run(sql`delete from ${TEMP}.moves`);
  }

  /** All of these join. */
  joinFrom(elsewhere: Elsewhere): void {
    this.#elsewhere = elsewhere;
  }

  /** Those of `wanted` join who are not members yet. */
  async join(segmentId: number, wanted: SQL): Promise<number> {
    return this.db.run(sql`
      insert into ${TEMP}.moves (segment_id, contact_id, part, anonymous)
      select ${segmentId}, contact_id, 'joining', anonymous
      from ${wanted} as wanted
      where not exists (
        select 1
        from joined
        where joined.segment_id = ${segmentId} and joined.contact_id = wanted.contact_id
      )
      order by contact_id`);
  }

  /** `contacts` selects `contact_id` in key order. */
  async move(segmentId: number, part: keyof Proposed, contacts: SQL): Promise<number> {
    return this.db.run(sql`
      insert into ${TEMP}.moves (segment_id, contact_id, part, anonymous)
      select
        ${segmentId}, moved.contact_id, ${part},
        case when contacts.id is not null then ${flag(sql`contacts.identified_at is null`)} end
      from (${contacts}) as moved
      left join contacts on contacts.id = moved.contact_id`);
  }

  /** Those who join and are not in `temp.moves`, counted. */
  async otherJoiners(): Promise<OtherJoiners | undefined> {
    if (this.#elsewhere === undefined) return undefined;
    const { segmentId, joiners, counted } = this.#elsewhere;
    const [joining = 0, anonymous = 0] =
      counted === undefined
        ? await this.db.row<number>(
            sql`select count(*), coalesce(sum(anonymous), 0) from ${joiners} as joiners`,
          )
        : [counted.joining, counted.anonymous];
    return { segmentId, joining, anonymous };
  }

  /** The contacts of one part of what is proposed for a segment, as a sub-select of `contact_id`. */
  contactsOf(segmentId: number, part: keyof Proposed): SQL {
    const other = this.#elsewhere;
    if (part === 'joining' && other?.segmentId === segmentId)
      return sql`(select contact_id from ${other.joiners} as joiners)`;
    return sql`(select contact_id from ${TEMP}.moves where segment_id = ${segmentId} and part = ${part})`;
  }

  /**
   * All who join, as a sub-select of `segment_id`, `contact_id` and `anonymous`, which gives them in
   * key order.
   */
  joiners(): SQL {
    const other = this.#elsewhere;
    return other === undefined
      ? sql`(select segment_id, contact_id, anonymous from ${TEMP}.moves where part = 'joining')`
      : sql`(select ${other.segmentId} as segment_id, contact_id, anonymous from ${other.joiners} as joiners)`;
  }

  /** How many of each part are proposed, by segment, where some are. */
  async count(): Promise<Map<number, Proposed>> {
    const rows = await this.db.all<{ segmentId: number; part: keyof Proposed; contacts: number }>(
      sql`select segment_id as "segmentId", part, count(*) as contacts from ${TEMP}.moves group by segment_id, part`,
    );
    const counts = new Map<number, Proposed>();
    const add = (segmentId: number, part: keyof Proposed, contacts: number): void => {
      counts.set(segmentId, { ...NOTHING, ...counts.get(segmentId), [part]: contacts });
    };
    for (const { segmentId, part, contacts } of rows) add(segmentId, part, contacts);
    const others = await this.otherJoiners();
    if (others !== undefined) add(others.segmentId, 'joining', others.joining);
    return counts;
  }

  /** Leaves so many of those who are to leave a segment, then of those who are to join, by id. */
  async limit(segmentId: number, most: number): Promise<void> {
    const leaving = await this.db.value<number>(
      sql`select count(*) from ${this.contactsOf(segmentId, 'leaving')} as leaving`,
    );
    // rule: limited-leaving
    const joining = most - Math.min(most, leaving);
    // rule: limited-leaving
    await this.#keep(segmentId, 'leaving', most);
    const other = this.#elsewhere;
    if (other?.segmentId !== segmentId) {
      await this.#keep(segmentId, 'joining', joining);
    } else {
      this.#elsewhere = undefined;
      // rule: scan-cut
      await this.move(
        segmentId,
        'joining',
        sql`select contact_id from ${other.joiners} as joiners order by contact_id limit ${joining}`,
      );
    }
  }

  async #keep(segmentId: number, part: 'leaving' | 'joining', most: number): Promise<void> {
    const moved = this.contactsOf(segmentId, part);
    await this.db.run(sql`
      delete from ${TEMP}.moves
      where segment_id = ${segmentId} and contact_id in ${moved}
        and contact_id not in (
          select contact_id from ${moved} as moved order by contact_id limit ${most}
        )`);
  }

  /** Takes back what is proposed for a segment. */
  async drop(segmentId: number): Promise<void> {
    if (this.#elsewhere?.segmentId === segmentId) this.#elsewhere = undefined;
    await this.db.run(sql`delete from ${TEMP}.moves where segment_id = ${segmentId}`);
  }
}

export const NOTHING: Proposed = { joining: 0, leaving: 0 };

/** Those who leave, as a sub-select of the key of `joined`. */
export const LEAVING = sql`(select segment_id, contact_id from ${TEMP}.moves where part = 'leaving')`;
