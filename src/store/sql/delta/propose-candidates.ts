import { type SQL, sql } from 'drizzle-orm';
import { flag, INTEGER, spelled, TEMP, THEN_JOIN } from '../words.ts';
import { balancedTree } from '../../../sql/balanced.ts';
import type { CandidateBuild } from '../../differences.ts';
import { type Aspects, aspectsOf } from '../../sql/delta/aspects.ts';
import { markOf } from './candidates.ts';
import type { SqlDatabase } from '../database.ts';
import { rowsOf, valuesOf } from '../sql-parts.ts';
import { batchesOf } from './batches.ts';
import type { Proposals } from './proposed.ts';
import { render } from '../render.ts';

/*
 * Decides the candidates of segments that share them. First all conditions that something changed
 * for are asked of a contact in one go, while its row is at hand: the answers are a number, a bit
 * for each segment. Then the answers are held against pins and members, segment by segment in key
 * order. Ten thousand candidates of a hundred segments took 2.2 s with a statement for each segment,
 * 0.9 s like this.
 */

/** The answers are the bits of one integer, which has a few more than this. */
const MOST_CONDITIONS = 60;
/**
 * One statement may hold a million characters and 32,766 values; conditions are of some hundred.
 */
const MOST_CHARACTERS = 100_000;
const MOST_VALUES = 8_000;

const VERDICTS = sql`
  create temp table if not exists verdicts (
    contact_id ${INTEGER} primary key, aspects ${INTEGER} not null, anonymous ${INTEGER}, answers ${INTEGER}
  )`;

/**
 * Proposes what makes the members among these contacts what they should be, beside what is proposed
 * already. `candidates` is a table of `contact_id` and `aspects`.
 */
export async function proposeCandidates(
  { db }: Proposals,
  builds: readonly CandidateBuild[],
  { candidates, found }: { readonly candidates: SQL; readonly found: number },
  batch?: number,
): Promise<void> {
  await db.run(VERDICTS);
  for (const isInBatch of await batchesOf(db, candidates, sql`contact_id`, batch)) {
    const some = sql`(select contact_id, aspects from ${candidates} where ${isInBatch(sql`contact_id`)})`;
    for (const group of groupsOf(builds)) {
      const readers = readersOf(group);
      const should = (await hasPins(db, group)) ? BY_PINS : BY_FILTER;
      await ask(db, readers, some);
      for (const some of comparedAtOnce(readers, found)) await compareWithMembers(db, some, should);
    }
  }
}

/** As many builds as one statement can hold the conditions of, one at least. */
function groupsOf(builds: readonly CandidateBuild[]): CandidateBuild[][] {
  const groups: CandidateBuild[][] = [];
  let [characters, values] = [0, 0];
  for (const build of builds) {
    const { sql: text, params } = render(build.match);
    [characters, values] = [characters + text.length, values + params.length];
    const last = groups.at(-1);
    // rule: answers-groups
    if (
      last !== undefined &&
      last.length < MOST_CONDITIONS &&
      characters <= MOST_CHARACTERS &&
      values <= MOST_VALUES
    ) {
      last.push(build);
    } else {
      groups.push([build]);
      [characters, values] = [text.length, params.length];
    }
  }
  return groups;
}

/** Builds that read the same, each with the bit of its answers. */
interface Readers {
  readonly aspects: Aspects;
  readonly slots: { readonly bit: number; readonly build: CandidateBuild }[];
}

function readersOf(builds: readonly CandidateBuild[]): Readers[] {
  const readers = new Map<Aspects, Readers>();
  for (const [bit, build] of builds.entries()) {
    const aspects = build.part === undefined ? aspectsOf([build.reads]) : markOf(build.part);
    const { slots } = readers.get(aspects) ?? { slots: [] };
    readers.set(aspects, { aspects, slots: [...slots, { bit, build }] });
  }
  return [...readers.values()];
}

/**
 * Evaluates each condition for the candidates for whom something changed that it reads. `anonymous`
 * and `answers` are null for contacts that do not exist any more.
 */
async function ask(db: SqlDatabase, readers: readonly Readers[], candidates: SQL): Promise<void> {
  // rule: answers-apart
  const answers = readers.map(({ aspects, slots }) => {
    const bits = slots.map(
      ({ bit, build }) =>
        sql`case when ${build.match} then ${sql.raw(String(1n << BigInt(bit)))} else 0 end`,
    );
    return sql`
      case when candidates.aspects & ${aspects} <> 0 then ${together(bits)} else 0 end`;
  });
  await db.run(sql`delete from ${TEMP}.verdicts`);
  // rule: answers-gone
  await db.run(sql`
    insert into ${TEMP}.verdicts (contact_id, aspects, anonymous, answers)
    select
      candidates.contact_id, candidates.aspects,
      case when c.id is not null then ${flag(sql`c.identified_at is null`)} end,
      case when c.id is not null then ${together(answers)} end
    from ${candidates} as candidates
    left join contacts as c on c.id = candidates.contact_id
    order by candidates.contact_id`);
}

/** One number in which all of these bits are set. */
function together(bits: readonly SQL[]): SQL {
  return balancedTree(bits, (left, right) => sql`(${left} | ${right})`);
}

/**
 * With no more candidates than this, one statement that holds each against each segment takes less
 * time than one for each group of readers, which holds its own candidates alone.
 */
const FEW_CANDIDATES = 500;

function comparedAtOnce(readers: readonly Readers[], found: number): (readonly Readers[])[] {
  return found <= FEW_CANDIDATES ? [readers] : readers.map((one) => [one]);
}

/** Who should be a member, as SQL over a row of `concerned` and one of `slots`. */
interface Should {
  readonly wanted: SQL;
  readonly pinned: SQL;
}

const ANSWER = sql`concerned.answers >> ${spelled(sql`slots.bit`, sql`slots.bit::integer`)} & 1 = 1`;
const BY_FILTER: Should = { wanted: ANSWER, pinned: sql`` };
const BY_PINS: Should = {
  wanted: sql`case when pins.kind is null then ${ANSWER} else pins.kind = 'in' end`,
  pinned: sql`
      left join pins on pins.segment_id = slots.segment_id and pins.contact_id = concerned.contact_id`,
};

const SLOT = { segment_id: 'bigint', bit: 'bigint', aspects: 'bigint' } as const;

/** By key, for few of all members. PostgreSQL would hash all of them. */
const IF_MEMBER = spelled(
  sql`
      left join joined as held
        on held.segment_id = slots.segment_id and held.contact_id = concerned.contact_id`,
  sql`
      left join lateral (
        select joined.contact_id
        from joined
        where joined.segment_id = slots.segment_id and joined.contact_id = concerned.contact_id
        limit 1
      ) as held on true`,
);

/**
 * Notes each candidate who has to join or leave. Candidates for whom nothing changed
 * that is read are left out before the segments are gone through.
 */
async function compareWithMembers(
  db: SqlDatabase,
  readers: readonly Readers[],
  { wanted, pinned }: Should,
): Promise<void> {
  const all = readers.reduce((sum, { aspects }) => sum | aspects, 0n);
  const rows = readers.flatMap(({ aspects, slots }) =>
    slots.map(({ bit, build }) => ({
      ...{ segment_id: build.segmentId, bit, aspects: String(aspects) },
    })),
  );
  // rule: answers-asked
  await db.run(sql`
    insert into ${TEMP}.moves (segment_id, contact_id, part, anonymous)
    with
      slots as materialized (select segment_id, bit, aspects from ${rowsOf(rows, SLOT)} as given),
      concerned as materialized (
        select contact_id, aspects, anonymous, answers
        from ${TEMP}.verdicts
        where aspects & ${all} <> 0
      )
    select segment_id, contact_id, case when is_wanted then 'joining' else 'leaving' end, anonymous
    from (
      select
        slots.segment_id, concerned.contact_id, concerned.anonymous,
        held.contact_id is not null as is_member,
        concerned.answers is not null and ${wanted} as is_wanted
      from slots
      ${THEN_JOIN} concerned on concerned.aspects & slots.aspects <> 0
      ${IF_MEMBER}
      ${pinned}
    ) as compared
    where is_wanted <> is_member`);
}

async function hasPins(db: SqlDatabase, builds: readonly CandidateBuild[]): Promise<boolean> {
  const segments = valuesOf(builds.map(({ segmentId }) => segmentId));
  return (
    (await db.get(
      sql`select 1 from pins where segment_id in (select value from ${segments}) limit 1`,
    )) !== undefined
  );
}
