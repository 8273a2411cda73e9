import type { PinRow, RecordKind, SegmentKind, Value } from './rows.ts';

/** A row or object in question, by column. */
export type Example = Readonly<Record<string, Value>>;

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

/** Damage of the file, in the database's words; `remedy` only where nothing is lost. */
export interface Damage {
  readonly messages: readonly string[];
  readonly remedy: string | undefined;
}

/**
 * A table, index or the like that the store should have, or one of its own that is not as it should
 * be.
 */
export interface SchemaTrouble {
  readonly kind: 'table' | 'column' | 'index' | 'view' | 'trigger' | 'migrations';
  readonly name: string;
  /** What it is on. */
  readonly table: string;
  /** `stray`: rollcall knows nothing of it. */
  readonly problem: 'missing' | 'different' | 'stray';
  readonly remedy: string | undefined;
  /**
   * What it is called now, where somebody seems to have renamed it: the remedy gives the name back.
   */
  readonly renamed?: string | undefined;
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

/** The recording of changes. */
export interface CaptureState {
  /** Names of triggers. */
  readonly missing: readonly string[];
  readonly different: readonly string[];
  /**
   * False: the row that the triggers go by is gone, is there twice, or has numbers that cannot be
   * counted up.
   */
  readonly isSound: boolean;
  /** False: bulk loads have switched it off, and nobody has switched it on again. */
  readonly isOn: boolean;
  /**
   * Whether nobody but rollcall has changed the schema since it last looked: what is wrong with it
   * is put right when it sees a change.
   */
  readonly isSchemaKnown: boolean;
  /** Makes the next run look at the schema. */
  readonly remedy: string;
}

/** The log of changes against what segments have seen of it. */
export interface LogState {
  readonly entries: number;
  /** Logged later than now: a watermark taken today would hide what follows. */
  readonly ahead: Trouble;
  /** Ids of segments that claim to have seen what has not been logged yet. */
  readonly segmentsAhead: readonly number[];
  /** Entries that every segment has seen. */
  readonly seenByAll: number;
  /** Kinds of changes that the store does not know how far back they reach for. */
  readonly kinds: Trouble;
}

/** A column that names rows of another table, where these do not exist. */
export interface DanglingLink extends Trouble {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  /**
   * How many of them the next run takes along, because the log says that their contact was deleted.
   */
  readonly pending: number;
}

/**
 * The memberships that there are. `gone` are those of contacts that do not exist, `goneLogged`
 * those that the next run takes along.
 */
export interface MembershipCount {
  readonly segmentId: number;
  readonly members: number;
  readonly anonymous: number;
  readonly gone: number;
  readonly goneLogged: number;
}

/**
 * Decisions that the members do not follow, although an update had seen them or, in a static
 * segment, none is needed.
 */
export interface UnheededPins extends Trouble {
  readonly segmentId: number;
  readonly segmentKind: SegmentKind;
  readonly kind: PinRow['kind'];
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
    | 'backwards'
    | 'badId'
    | 'noIdLeft';
}

/** What the store says of its own state. All of it only reads. */
export interface HealthReader {
  /**
   * What is wrong with the store that a reading of it failed with this; undefined where it is not
   * the store's fault.
   */
  damageIn(error: unknown): string | undefined;
  /** `deep` compares each index with its table too: minutes on a large store. */
  damage(deep: boolean): Promise<Damage>;
  /** Against what the migrations make. */
  schema(): Promise<readonly SchemaTrouble[]>;
  fields(): Promise<readonly FieldTrouble[]>;
  capture(): Promise<CaptureState>;
  log(): Promise<LogState>;
  /** Links that lead nowhere, but those of `memberships`. */
  links(): Promise<readonly DanglingLink[]>;
  /** By segment id, those of segments that do not exist among them. */
  memberships(): Promise<readonly MembershipCount[]>;
  /** A command line that deletes the memberships of segments, or of contacts, that do not exist. */
  membershipRemedy(without: 'segment' | 'contact'): Promise<string>;
  pins(): Promise<readonly UnheededPins[]>;
  /** Values, ids and intervals; `deep` reads the properties of events too. */
  values(deep: boolean): Promise<readonly OddValues[]>;
}

/** A file of the store: itself, the log and index of recent writes, the lock of runs. */
export interface StoreFile {
  readonly path: string;
  readonly role: 'store' | 'writes' | 'index' | 'lock' | 'leftover';
  readonly bytes: number;
  /** Whether others than the owner may read or write it; false where the system does not tell. */
  readonly isOpenToOthers: boolean;
}

/** What stands around the store: files, their permissions, the lock, room on the disk. */
export interface Surroundings {
  readonly files: readonly StoreFile[];
  readonly folder: {
    readonly path: string;
    readonly othersMayWrite: boolean;
    readonly isWritable: boolean;
    /** Whether it is this user's, who may change its mode then. */
    readonly isOwn: boolean;
  };
  readonly isWritable: boolean;
  /** Hard links: each has a log and a lock of its own. */
  readonly names: number;
  readonly freeBytes: number;
  /** What the store's owner cannot open, whoever looks. */
  readonly closedToOwner: readonly ClosedPlace[];
  /** `by` is who holds it, where the system tells; `problem` why the next run could not take it. */
  readonly lock: {
    readonly isHeld: boolean;
    readonly by: string | undefined;
    readonly problem?: LockProblem | undefined;
  };
}

/** A file or folder, and the command line that opens it. */
export interface ClosedPlace {
  readonly path: string;
  readonly remedy: string;
}

export interface LockProblem {
  readonly message: string;
  readonly remedy: string | undefined;
}
