import type { Example, Finding } from './finding.ts';
import type { PinRow, RecordKind, SegmentKind, SegmentRow } from './rows.ts';

/** Rows or objects that are not as rollcall leaves them. */
export interface Trouble {
  readonly count: number;
  /** A few of them. */
  readonly examples: readonly Example[];
  /**
   * A command line of the database's own tools that puts it right, where no command of rollcall
   * does.
   */
  readonly remedy: string | undefined;
}

/** What stands for values of this unique column of contacts and does not hold for who has them. */
export interface UnheededWishes extends Trouble {
  readonly column: string;
}

/**
 * A field and its column that do not fit each other. `noIndex` has a remedy where the field says
 * that it has one.
 */
export interface FieldTrouble {
  readonly object: RecordKind;
  readonly alias: string;
  readonly problem: 'noColumn' | 'noField' | 'wrongType' | 'noIndex';
  readonly remedy: string | undefined;
  /**
   * What the column is called now, where somebody seems to have renamed it: the remedy gives the
   * name back.
   */
  readonly renamed?: string | undefined;
}

/** A column that names rows of another table, where these do not exist. */
export interface DanglingLink extends Trouble {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  /**
   * How many of them the next run deletes, because it is known that their contact or segment was
   * deleted.
   */
  readonly pending: number;
}

/**
 * How many memberships a segment has. `gone` are those of contacts that do not exist, `goneLogged`
 * those of them that the next run deletes. `isLost`: SQL deleted the segment, and the next run takes
 * all of them along.
 */
export interface MembershipCount {
  readonly segmentId: number;
  readonly members: number;
  readonly anonymous: number;
  readonly gone: number;
  readonly goneLogged: number;
  readonly isLost: boolean;
}

/**
 * Decisions that the members do not follow, although an update has seen them. In a static segment
 * decisions hold at once, without an update.
 */
export interface UnheededPins extends Trouble {
  readonly segmentId: number;
  readonly segmentKind: SegmentKind;
  readonly kind: PinRow['kind'];
}

/** Causes, and what points to them. */
export interface CauseTroubles {
  /** Memberships, ends and pins whose cause does not exist, by the cause. */
  readonly lost: Trouble;
  /** Causes of one segment that memberships, ends or pins of another point to. */
  readonly elsewhere: Trouble;
  /** Causes that do not count what points to them. */
  readonly miscounted: Trouble;
}

/** Values that no command writes. */
export interface OddValues extends Trouble {
  readonly table: string;
  readonly column: string;
  readonly problem:
    | 'noDay'
    | 'noInstant'
    | 'infinite'
    | 'noBoolean'
    | 'noList'
    | 'noOption'
    | 'noProperties'
    | 'noWord'
    | 'noOptions'
    | 'twin'
    | 'padded'
    | 'noValue'
    | 'badId'
    | 'noIdLeft';
}

/**
 * What the store says of its own state: findings that any store may have, and the checks of its
 * own. All of it only reads.
 */
export interface HealthReader {
  /**
   * What is wrong with the store, where reading it failed with this error; undefined where the store
   * is not to blame.
   */
  damageIn(error: unknown): string | undefined;
  /** Looks at something so that more can be read in this transaction where that fails. */
  apart<T>(look: () => Promise<T>): Promise<T>;
  fields(): Promise<readonly FieldTrouble[]>;
  /** Links that lead nowhere; `memberships` has a check of its own. */
  links(): Promise<readonly DanglingLink[]>;
  /** By segment id, those of segments that do not exist among them. */
  memberships(): Promise<readonly MembershipCount[]>;
  /** A command line that deletes the memberships of segments, or of contacts, that do not exist. */
  membershipRemedy(without: 'segment' | 'contact'): Promise<string>;
  causes(): Promise<CauseTroubles>;
  pins(): Promise<readonly UnheededPins[]>;
  /** Suppressions of unique values that the contacts who have these do not have. */
  wishes(): Promise<readonly UnheededWishes[]>;
  /** Values and ids; `deep` reads the properties of events too. */
  values(deep: boolean): Promise<readonly OddValues[]>;
  /**
   * Since when (epoch ms) something else that is under way keeps the log of changes from being
   * shortened; undefined where nothing does for longer than a minute, or can.
   */
  logHeldSince(): Promise<number | undefined>;
  /**
   * Looks at what stands around the store now. `isRunRecorded` says that a run has begun and not
   * ended, so that it has to be known for certain whether one is at work.
   */
  ownChecks(isRunRecorded: boolean): Promise<OwnChecks>;
}

/**
 * What only a store of this kind can be asked, in its own words: a file has other troubles than a
 * server. `doctor` reports each group in its place.
 */
export interface OwnChecks {
  /** Whether all of it can be read, and has the shape that the store gave it. */
  readonly structure: readonly StoreCheck[];
  /** The recording of changes, on which updates by what changed rest. */
  readonly recording: readonly StoreCheck[];
  readonly surroundings: readonly StoreCheck[];
  /** False also where it cannot be told. */
  readonly isRunAtWork: boolean;
}

/** One question to the store. Its title says what holds when there is nothing to find. */
export interface StoreCheck {
  readonly id: string;
  readonly title: string;
  readonly find: (asked: CheckContext) => Promise<readonly Finding[]>;
}

/** What every check is asked with. */
export interface CheckContext {
  readonly segments: readonly SegmentRow[];
  /** Also look at what takes minutes on a large store. */
  readonly deep: boolean;
  /** A command line of rollcall for this store: `rollcall db:migrate --db crm.db`. */
  readonly command: (words: string) => string;
}
