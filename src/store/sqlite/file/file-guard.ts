import { type BigIntStats, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { EXIT, UserError } from '../../../support/errors.ts';

/*
 * SQLite goes on with the file that it has opened, even after somebody moves it away or puts another
 * in its place. What is written then is lost, or lands in the log beside the other file and is played
 * over it. So the file is looked at before and after each transaction, while no lock is held.
 */

export interface Guarding {
  /**
   * The process opens this store once and ends with it: a descriptor of the file stays open,
   * through which is seen that somebody wrote over it. It must never be closed while SQLite has the
   * file open, for that would drop SQLite's locks.
   */
  readonly isOnly?: boolean | undefined;
}

/** Which file stands at a path. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

type Guarded = Guarding & {
  readonly location: string;
  readonly file: FileIdentity;
  /** A backup that is known, for the hint. */
  readonly backup?: string | undefined;
};

/** To be asked before SQLite opens the file. */
export function identify(path: string): FileIdentity {
  const { dev, ino } = statSync(path, { bigint: true });
  return { dev, ino };
}

/** Throws where another file stands at the path. */
export function requireFile(path: string, file: FileIdentity): void {
  if (!isSame(identify(path), file))
    throw new Error(`${path} is not the file that the run has open`);
}

/** What the first page says on the disk, without the log. */
interface Header {
  /** SQLite only counts this up, whatever it is told, so a lower one proves a foreign hand. */
  readonly changes: number;
  /** SQLite counts this up too, but a statement can set it. */
  readonly schema: number;
}

type Wrong = 'gone' | 'another' | 'overwritten' | 'doubtful' | 'log';

const MESSAGES: Readonly<Record<Wrong, string>> = {
  gone: 'is not there any more: somebody moved or deleted it while this command was at work',
  another:
    'is another file than the one that this command had opened: somebody put it there meanwhile',
  overwritten: 'was written over with another file while this command was at work',
  doubtful:
    'is not as SQLite left it: somebody wrote it over, or set its schema_version, ' +
    'while this command was at work',
  log:
    'has lost its log of recent writes: somebody deleted or replaced it ' +
    'while this command was at work',
};

/** https://sqlite.org/fileformat2.html#the_database_header */
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3';
const CHANGES_AT = 24;
const SCHEMA_AT = 40;

/** Watches over the file that one connection has open. */
export class FileGuard {
  readonly #raw: Sqlite.Database;
  readonly #path: string;
  readonly #location: string;
  readonly #backup: string | undefined;
  /** What the connection has open. */
  readonly file: FileIdentity;
  readonly #descriptor: number | undefined;
  #log: FileIdentity | undefined;
  /** Frames in the log, when it was last seen to be ours. */
  #frames = 0;
  #header: Header | undefined;
  #wrong: Wrong | undefined;

  /** `file` is what stood at the path before it was opened. */
  constructor(
    raw: Sqlite.Database,
    path: string,
    { location, file, backup, isOnly = false }: Guarded,
  ) {
    this.#raw = raw;
    this.#path = path;
    this.#location = location;
    this.#backup = backup;
    this.file = file;
    this.#descriptor = isOnly ? openSync(path, 'r') : undefined;
    const opened =
      this.#descriptor === undefined ? file : fstatSync(this.#descriptor, { bigint: true });
    if (!isSame(opened, file)) this.#wrong = 'another';
    this.#header = this.#readHeader();
  }

  /** Whether it was found that the file is not the store's any more. */
  get isLost(): boolean {
    return this.#wrong !== undefined;
  }

  /**
   * To be called between transactions, `isWritten` after one that wrote. `UserError` REPLACED (69)
   * when the file at the path is not the one that is open.
   */
  check(isWritten = false): void {
    if (!this.#raw.open) return; // a use of a closed connection fails by itself
    this.#wrong ??= this.#find(isWritten);
    if (this.#wrong === undefined) return;
    const backup = this.#backup === undefined ? 'FILE' : shellQuoted(this.#backup);
    const restore = `rollcall restore ${backup} --db ${shellQuoted(this.#location)}`;
    const hint = 'nothing more was written to it; to put a backup in its place, stop what uses it';
    const message = `the store ${this.#location} ${MESSAGES[this.#wrong]}`;
    throw new UserError('REPLACED', EXIT.noStore, message, { hint: `${hint}: ${restore}` });
  }

  /**
   * To be called before the connection is closed: SQLite then writes the log into whatever file it
   * has open.
   */
  settle(): void {
    this.#wrong ??= this.#find(false);
  }

  #find(isWritten: boolean): Wrong | undefined {
    const wrong = this.#misplaced() ?? this.#overwritten();
    if (wrong === 'gone' || wrong === 'another') this.#foldLog(isWritten);
    // rule: guard-log
    if (wrong === 'overwritten') this.#dropLog();
    return wrong;
  }

  #misplaced(): Wrong | undefined {
    const found = lookAt(this.#path);
    if (found === 'unknown') return undefined;
    if (found === undefined) return 'gone';
    if (!isSame(found, this.file)) return 'another';
    const log = lookAt(`${this.#path}-wal`);
    if (log === 'unknown') return undefined;
    if (this.#log !== undefined && (log === undefined || !isSame(log, this.#log))) return 'log';
    this.#log = log;
    this.#frames = this.#countFrames();
    return undefined;
  }

  /** Goes by the header, not by the time of the last change: a coarse clock would hide a change. */
  #overwritten(): Wrong | undefined {
    if (this.#descriptor === undefined) return undefined;
    const before = this.#header;
    const header = this.#readHeader();
    if (before !== undefined) {
      // rule: guard-counter
      if (header === undefined || isBelow(header.changes, before.changes)) return 'overwritten';
      if (!this.#isSchema(header.schema, before.schema)) return 'doubtful';
    }
    this.#header = header;
    return undefined;
  }

  /** Whether the number may stand on the disk: the one from before, the present one, or between. */
  #isSchema(found: number, before: number): boolean {
    if (found === before) return true;
    const present = Number(this.#raw.pragma('schema_version', { simple: true }));
    // rule: guard-set
    return found === present || (found > before && found < present);
  }

  /** Undefined for what is no database. */
  #readHeader(): Header | undefined {
    if (this.#descriptor === undefined) return undefined;
    const bytes = Buffer.alloc(HEADER_BYTES);
    try {
      if (readSync(this.#descriptor, bytes, 0, HEADER_BYTES, 0) < HEADER_BYTES) return undefined;
    } catch {
      return this.#header; // a disk that fails says so when the store is used
    }
    if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
    return { changes: bytes.readUInt32BE(CHANGES_AT), schema: bytes.readInt32BE(SCHEMA_AT) };
  }

  #countFrames(): number {
    if (this.#raw.readonly) return 0;
    try {
      return (this.#raw.pragma('wal_checkpoint(noop)') as { log: number }[])[0]?.log ?? 0;
    } catch {
      return -1; // a disk that fails says so when the store is used
    }
  }

  /**
   * Writes the log back into the file that it belongs to, wherever that is now, so that nobody
   * plays it over the file that stands in its place. Not where somebody has added to the log since:
   * that may belong to the new file.
   */
  #foldLog(isWritten: boolean): void {
    if (!this.#isLogOurs() || !(isWritten || this.#countFrames() === this.#frames)) return;
    this.#attempt(() => this.#raw.pragma('wal_checkpoint(truncate)'));
  }

  /**
   * Empties the log of a file that was written over: there is no file left that it belongs to. Called
   * only where that is certain, because the log may hold what others have committed.
   */
  #dropLog(): void {
    if (!this.#isLogOurs()) return;
    this.#attempt(() => {
      this.#raw.exec('begin immediate'); // so that nobody writes to it now
      truncateSync(`${this.#path}-wal`);
      this.#raw.exec('rollback');
    });
  }

  #isLogOurs(): boolean {
    const log = lookAt(`${this.#path}-wal`);
    return (
      this.#log !== undefined && log !== undefined && log !== 'unknown' && isSame(log, this.#log)
    );
  }

  /** Ignores a failure: the caller is about to report what is wrong with the file. */
  #attempt(work: () => unknown): void {
    try {
      work();
    } catch {
      // somebody else has the store open and at work
    }
  }
}

/** SQLite counts on from 0 after 2^32 - 1. */
function isBelow(changes: number, before: number): boolean {
  return ((changes - before) | 0) < 0;
}

function isSame(one: FileIdentity, other: FileIdentity): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/**
 * What stands at a path: undefined for nothing, `unknown` where the folder cannot be entered or the
 * disk fails.
 */
function lookAt(path: string): BigIntStats | undefined | 'unknown' {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? undefined : 'unknown';
  }
}
