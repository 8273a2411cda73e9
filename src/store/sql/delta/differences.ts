import { sql } from 'drizzle-orm';
import { ALWAYS } from '../words.ts';
import { upTo } from '../sql-parts.ts';
import { assertNever } from '../../../support/errors.ts';
import type { CandidateQuery } from '../../changes.ts';
import type {
  CandidateBuild,
  Candidates,
  DifferencesWriter,
  Everybody,
  Nominated,
  Proposed,
} from '../../differences.ts';
import type { Cause } from '../../members.ts';
import type { Page } from '../../query.ts';
import type { Difference } from '../../rows.ts';
import { MatchedScan } from './matched-scan.ts';
import { applyProposed } from './apply-proposed.ts';
import { FoundCandidates, FoundContacts } from './found-candidates.ts';
import { proposeCandidates } from './propose-candidates.ts';
import { proposeAll, proposeGone, proposeScanned } from './propose.ts';
import { NOTHING, Proposals } from './proposed.ts';
import type { TemporaryTables } from './temporary-tables.ts';

/** The workbench: what is proposed in the temporary tables of a connection. */
export class Differences implements DifferencesWriter {
  readonly #tables: TemporaryTables;
  readonly #standing: Proposals;
  /** How much is proposed, by segment; undefined until somebody asks. */
  #counted: ReadonlyMap<number, Proposed> | undefined = new Map();

  static async make(tables: TemporaryTables): Promise<Differences> {
    return new Differences(tables, await Proposals.make(tables));
  }

  private constructor(tables: TemporaryTables, standing: Proposals) {
    this.#tables = tables;
    this.#standing = standing;
  }

  async find(query: CandidateQuery, limit: number): Promise<Candidates> {
    this.#standing.requireStanding();
    return FoundCandidates.find(this.#tables, query, limit);
  }

  async decide(
    candidates: Nominated,
    builds: readonly CandidateBuild[],
    { batch }: { readonly batch?: number | undefined } = {},
  ): Promise<void> {
    const { found } = candidates;
    const source = ofThisStore(candidates, FoundContacts).source();
    await proposeCandidates(this.#proposals(), builds, { candidates: source, found }, batch);
    this.#counted = undefined;
  }

  async all(segmentId: number, everybody: Everybody): Promise<void> {
    const proposals = await this.#emptied();
    this.#counted = new Map([[segmentId, await proposeEverybody(proposals, segmentId, everybody)]]);
  }

  async gone(segmentId: number): Promise<void> {
    this.#counted = new Map([[segmentId, await proposeGone(await this.#emptied(), segmentId)]]);
  }

  async of(segmentId: number): Promise<Proposed> {
    const proposals = this.#proposals();
    // of all segments at once: a wave asks for each of its own
    this.#counted ??= await proposals.count();
    return this.#counted.get(segmentId) ?? NOTHING;
  }

  async ids(segmentId: number, part: keyof Proposed, { after, limit }: Page): Promise<number[]> {
    const proposals = this.#proposals();
    return proposals.db.pluck<number>(sql`
      select contact_id
      from ${proposals.contactsOf(segmentId, part)} as proposed
      where ${after === undefined ? ALWAYS : sql`contact_id > ${after}`}
      order by contact_id
      ${upTo(limit)}`);
  }

  async limit(segmentId: number, most: number): Promise<void> {
    await this.#proposals().limit(segmentId, most);
    this.#counted = undefined;
  }

  async drop(segmentId: number): Promise<void> {
    await this.#proposals().drop(segmentId);
    this.#counted = undefined;
  }

  async apply(cause: Cause): Promise<ReadonlyMap<number, Difference>> {
    const applied = await applyProposed(this.#proposals(), cause, { byPins: true });
    await this.#emptied();
    this.#counted = new Map();
    return applied;
  }

  #proposals(): Proposals {
    this.#standing.requireStanding();
    return this.#standing;
  }

  /** The proposals, of which none is left. */
  async #emptied(): Promise<Proposals> {
    const proposals = this.#proposals();
    if (this.#counted?.size !== 0) await proposals.clear();
    this.#counted = undefined;
    return proposals;
  }
}

async function proposeEverybody(
  proposals: Proposals,
  segmentId: number,
  everybody: Everybody,
): Promise<Proposed> {
  switch (everybody.kind) {
    case 'match':
      return proposeAll(proposals, segmentId, everybody.match, everybody.batch);
    case 'scan':
      return proposeScanned(proposals, segmentId, {
        scan: ofThisStore(everybody.scan, MatchedScan),
        changed: ofThisStore(everybody.changed, FoundCandidates).source(),
        probe: everybody.probe,
      });
    default:
      return assertNever(everybody);
  }
}

/** What the port knows by an interface, as what this adapter gave out. */
function ofThisStore<T>(value: object, given: abstract new (...args: never[]) => T): T {
  if (value instanceof given) return value;
  throw new Error('this was given by another store');
}
