import type { Dialect } from '../sql/dialect.ts';
import type { AuditReader, AuditWriter } from './audit.ts';
import type { ChangesReader, ChangesWriter } from './changes.ts';
import type { DifferencesReader, DifferencesWriter } from './differences.ts';
import type { ErasedReader, ErasedWriter } from './erasing.ts';
import type { EventsReader, EventsWriter } from './events.ts';
import type { FieldsReader, FieldsWriter } from './fields.ts';
import type { HealthReader } from './health.ts';
import type { SuppressionsReader, SuppressionsWriter } from './suppressions.ts';
import type { HistoryReader, HistoryWriter } from './history.ts';
import type { ImportsReader, ImportsWriter } from './imports.ts';
import type { MembersReader, MembersWriter } from './members.ts';
import type { MovesReader, MovesWriter } from './moves.ts';
import type { PinsReader, PinsWriter } from './pins.ts';
import type { Profiler } from './profile.ts';
import type { ContactsReader, ContactsWriter, RecordsReader, RecordsWriter } from './records.ts';
import type { RunsReader, RunsWriter } from './runs.ts';
import type { SegmentsReader, SegmentsWriter } from './segments.ts';
import type { Scan, ScanBy, ScanWork } from './scans.ts';
import type { SettingsReader, SettingsWriter } from './settings.ts';
import type { TriggersReader, TriggersWriter } from './triggers.ts';

/**
 * What can be read in one snapshot. Lists are ordered by id (or as said) and paged by key, never by
 * offset.
 */
export interface ReadTx {
  /** What conditions for this store are written in. */
  readonly dialect: Dialect;
  readonly settings: SettingsReader;
  readonly fields: FieldsReader;
  readonly contacts: ContactsReader;
  readonly companies: RecordsReader;
  readonly events: EventsReader;
  readonly segments: SegmentsReader;
  readonly members: MembersReader;
  readonly moves: MovesReader;
  readonly history: HistoryReader;
  readonly pins: PinsReader;
  readonly runs: RunsReader;
  readonly imports: ImportsReader;
  readonly suppressions: SuppressionsReader;
  readonly triggers: TriggersReader;
  readonly erased: ErasedReader;
  readonly changes: ChangesReader;
  readonly audit: AuditReader;
  /** See `WriteTx.differences`. */
  differences(): Promise<DifferencesReader>;
  /** What the store says of its own state, as of this snapshot. */
  health(): Promise<HealthReader>;
  profiler(): Promise<Profiler>;
  /**
   * Finds who matches, in this transaction, reading at most `batch` contacts at once. What it finds
   * is overtaken by the next scan. A store that hands over no columns has none: conditions are
   * evaluated one by one.
   */
  scan?(work: ScanWork, scanBy: ScanBy, batch?: number): Promise<Scan>;
}

/** What one write transaction can do: all that a reader can, and change. */
export interface WriteTx extends ReadTx {
  /**
   * The instant of this transaction (epoch ms): what `--now` names, or else the system's clock, read
   * when no other writer could enter any more. So whoever writes later is dated later.
   */
  readonly now: number;
  /**
   * Does `work` inside this transaction: when it throws, what it wrote is taken back, and the
   * transaction can go on.
   */
  nested<T>(work: (tx: WriteTx) => Promise<T>): Promise<T>;
  readonly settings: SettingsWriter;
  readonly fields: FieldsWriter;
  readonly contacts: ContactsWriter;
  readonly companies: RecordsWriter;
  readonly events: EventsWriter;
  readonly segments: SegmentsWriter;
  readonly members: MembersWriter;
  readonly history: HistoryWriter;
  readonly moves: MovesWriter;
  readonly pins: PinsWriter;
  readonly runs: RunsWriter;
  readonly imports: ImportsWriter;
  readonly suppressions: SuppressionsWriter;
  readonly triggers: TriggersWriter;
  readonly erased: ErasedWriter;
  readonly changes: ChangesWriter;
  readonly audit: AuditWriter;
  /**
   * A workbench on which differences of members are proposed and applied; nothing is proposed on it
   * yet. It is overtaken, with all that it gave, by the next one, and by `members.add` and
   * `members.remove`.
   */
  differences(): Promise<DifferencesWriter>;
}
