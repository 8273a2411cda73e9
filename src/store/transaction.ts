import type { SQL } from 'drizzle-orm';
import type { CandidateQuery, ChangesReader, ChangesWriter, Slice, Watermark } from './changes.ts';
import type { HealthReader } from './health.ts';
import type { Profiler } from './profile.ts';
import type { ImportApplier } from './staging.ts';
import type { Scan } from './scans.ts';
import type { ConversionPlan, Difference, DueTotals, EventRow, FieldRow, MemberRow, PinRow, RecordKind, RecordRow, RunRow, RunSegmentRow, RunStatus, RunTotals, SegmentDefinition, SegmentRow, Settings, SuppressionReason, SuppressionRow, TagRow, Value } from './rows.ts';

/** A condition over contacts, which it knows as `c`; it yields 0 or 1, never NULL. Made by `src/filter`. */
export type Condition = SQL;

/** What can be read in one snapshot. Lists are ordered by id (or as said) and paged by key, never by offset. */
export interface ReadTx {
  readonly settings: SettingsReader;
  readonly fields: FieldsReader;
  readonly contacts: ContactsReader;
  readonly companies: RecordsReader;
  readonly events: EventsReader;
  readonly segments: SegmentsReader;
  readonly members: MembersReader;
  readonly pins: PinsReader;
  readonly runs: RunsReader;
  readonly changes: ChangesReader;
  /** What the store says of its own state, as of this snapshot. */
  health(): Promise<HealthReader>;
  profiler(): Promise<Profiler>;
}

/** What one write transaction can do: all that a reader can, and change. */
export interface WriteTx extends ReadTx {
  /** Does `work` inside this transaction: when it throws, what it wrote is taken back, and the transaction can go on. */
  nested<T>(work: (tx: WriteTx) => Promise<T>): Promise<T>;
  readonly settings: SettingsWriter;
  readonly fields: FieldsWriter;
  readonly contacts: ContactsWriter;
  readonly companies: RecordsWriter;
  readonly events: EventsWriter;
  readonly segments: SegmentsWriter;
  readonly members: MembersWriter;
  readonly pins: PinsWriter;
  readonly runs: RunsWriter;
  readonly imports: ImportApplier;
  readonly changes: ChangesWriter;
}

export interface Page {
  /** Only rows with a greater id. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

export interface SettingsReader {
  get(): Promise<Settings>;
}
export interface SettingsWriter extends SettingsReader {
  set(settings: Partial<Settings>): Promise<void>;
}

export interface FieldsReader {
  /** Every field of both objects, standard ones first, by id: the same list as before while none of them changed. */
  list(): Promise<readonly FieldRow[]>;
  /** How many records have a value in this field. */
  countFilled(field: FieldRow): Promise<number>;
  /** How many records have this option in this select or multiselect field. */
  countOption(field: FieldRow, option: string): Promise<number>;
  /** Whether two records have the same value in this field, as a unique field would see it. */
  hasEqualValues(field: FieldRow): Promise<boolean>;
}
export type NewField = Omit<FieldRow, 'id' | 'origin'>;
export interface FieldsWriter extends FieldsReader {
  /** Adds a custom field and its column; gives its id. */
  add(field: NewField, now: number): Promise<number>;
  /** Changes what may change: label, options, unique and indexed. A unique field over equal values: `UserError` (1). */
  update(field: FieldRow): Promise<void>;
  /** Removes a custom field, its column and all its values. */
  delete(field: FieldRow): Promise<void>;
}

/** Which contacts or companies. Parts are joined by "and"; `where` is for contacts only. */
export interface RecordQuery extends Page {
  readonly where?: Condition | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Only the members of this segment. Contacts only. */
  readonly segmentId?: number | undefined;
}
export interface RecordsReader {
  /**
   * `columns` are aliases. `company` is the company's name; `tags` is the contact's tags sorted by name, joined by `|`; the
   * `CONSENT_COLUMNS` are channels, likewise.
   */
  list(query: RecordQuery, columns: readonly string[]): Promise<RecordRow[]>;
  count(query: RecordQuery): Promise<number>;
  /** For each value the id of the record whose unique `column` has it, or null; text without regard to ASCII case. */
  match(column: string, values: readonly Value[]): Promise<(number | null)[]>;
}
/** A statement as text for the database's own shell. */
export interface ShellScript {
  /** To be pasted as they stand: one line for each parameter, then the statement. */
  readonly lines: readonly string[];
  readonly statement: string;
  /** In the order of their numbers in the statement: the first is `?1`. */
  readonly parameters: readonly Value[];
  /** Functions of ours that it calls, which the shell does not have, by name. */
  readonly functions: readonly string[];
}

export interface ContactsReader extends RecordsReader {
  /** For each condition, how many contacts it holds for; all of them in one pass. */
  countEach(conditions: readonly Condition[]): Promise<number[]>;
  /**
   * For each condition, how many contacts are left when it and those before it are asked for; all of them in one pass, which asks of
   * a contact no more than up to the first condition that does not hold.
   */
  countLeft(conditions: readonly Condition[]): Promise<number[]>;
  /** The statement that finds the ids of these contacts, ascending. */
  shellScript(where: Condition): Promise<ShellScript>;
  /** Every tag, by name. */
  tags(): Promise<TagRow[]>;
  /** The names of the tags that this contact carries, by name. */
  tagsOf(id: number): Promise<string[]>;
  /** The suppressions of these contacts, by contact and channel. */
  suppressions(ids: readonly number[]): Promise<SuppressionRow[]>;
  /** Every channel in which a contact is suppressed, by name; reads all suppressions. */
  channels(): Promise<string[]>;
}
export type NewRecord = Readonly<Record<string, Value>>;
export interface RecordsWriter extends RecordsReader {
  /** Inserts one record; columns by name (a contact's company is `company_id`). Breaking a unique field: `UserError` TAKEN (1). */
  insert(kind: NewRecord, now: number): Promise<number>;
  /** Sets the same values on all of `ids`; gives how many really changed (only those get a new `updated_at`). */
  update(ids: readonly number[], values: NewRecord, now: number): Promise<number>;
  /** Deletes the records and all that hangs on them; gives how many there were. */
  delete(ids: readonly number[]): Promise<number>;
}
export interface ContactsWriter extends RecordsWriter, ContactsReader {
  /**
   * Makes those of `ids` who were anonymous identified as of `now`, and takes them out of their segments' count of
   * anonymous members. Gives how many.
   */
  identify(ids: readonly number[], now: number): Promise<number>;
  /** Gives how many links were made; tags that do not exist yet are. */
  tag(ids: readonly number[], tags: readonly string[], now: number): Promise<number>;
  untag(ids: readonly number[], tags: readonly string[]): Promise<number>;
  /**
   * Suppresses these contacts in these channels. A suppression that stands gives way to a stronger reason only, and is then
   * as of `now`. Gives how many are new or have another reason.
   */
  suppress(ids: readonly number[], channels: readonly string[], reason: SuppressionReason, now: number): Promise<number>;
  /** Lifts the suppressions of these contacts in these channels, whatever their reason; gives how many there were. */
  unsuppress(ids: readonly number[], channels: readonly string[] | 'all'): Promise<number>;
}

export interface EventQuery extends Page {
  readonly contactId?: number | undefined;
  readonly type?: string | undefined;
  /** Epoch ms, inclusive. */
  readonly since?: number | undefined;
  /** The latest first, by instant and id, instead of by id; `after` is then left out. */
  readonly latestFirst?: boolean | undefined;
}
/** Events of one contact and one type. The type in any case, letters beyond ASCII too. */
export interface EventsOfContactQuery {
  readonly contactId: number;
  readonly type: string;
  /** From this instant (epoch ms) on; null is unbounded. */
  readonly from: number | null;
  /** Before this instant (epoch ms); null is unbounded. */
  readonly until: number | null;
}
/** `properties` is the text as stored, which another tool may have left malformed. */
export type StoredEvent = Pick<EventRow, 'type' | 'subject' | 'value' | 'occurredAt'> & { readonly properties: string | null };
export interface EventsReader {
  list(query: EventQuery): Promise<EventRow[]>;
  /** By instant, then id. */
  ofContact(query: EventsOfContactQuery): Promise<StoredEvent[]>;
}
export type NewEvent = Omit<EventRow, 'id'>;
export interface EventsWriter extends EventsReader {
  /** Inserts the events and moves their contacts' `last_active_at` forward (never for mails sent or future events). */
  insert(events: readonly NewEvent[], now: number): Promise<number[]>;
}

export interface SegmentsReader {
  list(): Promise<readonly SegmentRow[]>;
}
export interface SegmentsWriter extends SegmentsReader {
  /** Alias taken: `UserError` TAKEN (1). */
  insert(definition: SegmentDefinition, now: number, by: string | null): Promise<number>;
  /** Changes the definition and records the version; a changed filter or kind makes the next build a full one. */
  update(id: number, definition: SegmentDefinition, now: number, by: string | null): Promise<void>;
  /** Keeps what is planned for a segment, in the place of what was; null drops it. */
  plan(id: number, plan: ConversionPlan | null): Promise<void>;
  /** Records that the segment was converted at `now`, by a run or (null) by hand; what was planned for it is done with. */
  recordConversion(id: number, now: number, runId: number | null): Promise<void>;
  /** Deletes the segment with its members, pins, history and versions. */
  delete(id: number): Promise<void>;
  /** Records that the run made these segments true as of `now`: in the transaction that read what they were built from. */
  stampBuilt(built: readonly BuiltStamp[], run: { readonly now: number; readonly runId: number }): Promise<void>;
  /** Records what was done of a build that is not finished: the next one has to be a full one. */
  stampPartial(id: number, done: Difference): Promise<void>;
}

/** How a build left a segment. `bounds` are what its dates meant, `fingerprint` what its definition meant. */
export interface BuiltStamp extends Difference {
  readonly id: number;
  readonly seen: Watermark;
  readonly bounds: string;
  readonly fingerprint: string;
}

export interface MemberQuery extends Page {
  /** Members as of this instant (epoch ms), from open memberships and the history. */
  readonly asOf?: number | undefined;
  /** Only those whose membership began at or after this instant (epoch ms). */
  readonly joinedSince?: number | undefined;
}
export interface ContactSegmentRow {
  readonly segmentId: number;
  readonly alias: string;
  readonly name: string;
  readonly since: number | null;
  readonly via: string | null;
  readonly pin: 'in' | 'out' | null;
  /** When the pin ends (epoch ms); null when it does not. */
  readonly pinUntil: number | null;
}
export interface MembersReader {
  list(segmentId: number, query: MemberQuery): Promise<MemberRow[]>;
  count(segmentId: number, query?: MemberQuery): Promise<number>;
  has(segmentId: number, contactId: number): Promise<boolean>;
  /** The segments that a contact is in or pinned out of, by alias. */
  segmentsOf(contactId: number): Promise<ContactSegmentRow[]>;
  /** Finds the contacts that something may have changed for; gives how many, at most `limit` + 1. */
  findCandidates(query: CandidateQuery, limit: number): Promise<number>;
  /** Finds who is in these slices and not among those found by `findCandidates` last; gives how many, at most `limit` + 1. */
  findFurther(slices: readonly Slice[], limit: number): Promise<number>;
}
export interface Cause {
  readonly via: string;
  /** Epoch ms. */
  readonly now: number;
  readonly runId: number | null;
  /** Segments whose members no filter reads now. Who joins and leaves is not logged; a filter that will read them is built in full. */
  readonly unread?: readonly number[] | undefined;
}
/** A segment whose candidates are to be decided. */
export interface CandidateBuild {
  readonly segmentId: number;
  readonly match: Condition;
}
/** How many contacts have to join or leave, and how many members have to change their `via`, to be what they should. */
export interface LaidOut {
  readonly joining: number;
  readonly leaving: number;
  readonly renaming: number;
}
export interface MembersWriter extends MembersReader {
  /** Those who are not members yet become members; gives how many. */
  add(segmentId: number, contactIds: readonly number[], cause: Cause): Promise<number>;
  /** Those who are members leave, each interval into the history; gives how many. */
  remove(segmentId: number, contactIds: readonly number[], cause: Cause): Promise<number>;
  /** Nothing is laid out any more. */
  clearLaidOut(): Promise<void>;
  /**
   * Lays out what would make the members exactly (those whom `match` holds for, and those pinned in) without those pinned out, each there
   * through the channel of its pin, else `filter`. Writes nothing; takes the place of all that was laid out. With `batch`, no statement evaluates
   * `match` for more contacts than that; what is laid out is the same.
   */
  layOut(segmentId: number, match: Condition, options?: { readonly batch?: number | undefined }): Promise<LaidOut>;
  /**
   * The same of nobody but the candidates of the last `findCandidates`, or of the further ones of the last `findFurther`, for all segments that these are
   * the candidates of; beside what is laid out already.
   */
  layOutCandidates(builds: readonly CandidateBuild[], options?: { readonly further?: boolean | undefined; readonly batch?: number | undefined }): Promise<void>;
  /** How much is laid out, by segment, where something is. */
  countLaidOut(): Promise<ReadonlyMap<number, LaidOut>>;
  /**
   * As `layOut`, from what a scan found of this segment, given with the candidates of the last `findCandidates` whoever may have changed since its
   * snapshot: `probe` decides those anew.
   */
  layOutScan(scan: Scan, segmentId: number, probe: Condition): Promise<LaidOut>;
  /** Lays out that members leave whose contacts are no more, and nothing else. */
  layOutGone(segmentId: number): Promise<LaidOut>;
  /** Who is laid out to join, to leave or to change `via`: a page of ids, of contacts that are no more too. */
  laidOut(segmentId: number, part: keyof LaidOut, page: Page): Promise<number[]>;
  /** Leaves so many of those laid out to leave and to join a segment, the leaving first, by id. */
  cutLaidOut(segmentId: number, limit: number): Promise<void>;
  /** Takes back what is laid out for a segment. */
  dropLaidOut(segmentId: number): Promise<void>;
  /** Writes all that is laid out; gives what that did, by segment, where it did something. */
  applyLaidOut(cause: Cause): Promise<ReadonlyMap<number, Difference>>;
  /** Says of present members (all of them, or `contactIds`) that they are there through `via`; since stays. */
  setVia(segmentId: number, contactIds: readonly number[] | 'all', via: string): Promise<void>;
  /** Sets the segment's counters to what its memberships say; gives what they are then. */
  recount(segmentId: number): Promise<Pick<SegmentRow, 'members' | 'anonymous'>>;
  /** Takes along what hangs on contacts that were deleted behind our back; gives how many memberships that were. */
  sweepDeleted(): Promise<number>;
}

export interface PinsReader {
  list(segmentId: number, page: Page): Promise<PinRow[]>;
  /** `ending` are those of both kinds that have an end. */
  count(segmentId: number): Promise<{ readonly in: number; readonly out: number; readonly ending: number }>;
  /** The pins of these contacts, by contact id. */
  of(segmentId: number, contactIds: readonly number[]): Promise<PinRow[]>;
}
export interface PinsWriter extends PinsReader {
  /** Pins these contacts, replacing what pins they had. */
  set(segmentId: number, contactIds: readonly number[], pin: Omit<PinRow, 'contactId'>): Promise<void>;
  /** Pins every present member in who has no pin. Gives how many. */
  pinMembers(segmentId: number, pin: Omit<PinRow, 'contactId' | 'kind'>): Promise<number>;
  /** Gives the pins of these contacts another end (epoch ms), or none; all else about them stays. */
  moveEnd(segmentId: number, contactIds: readonly number[], until: number | null): Promise<void>;
  /**
   * Takes away all pins whose end has come by `now` (epoch ms); who is a member by one is there through `filter` from now on. Gives how
   * many there were, by segment.
   */
  end(now: number): Promise<{ readonly segmentId: number; readonly pins: number }[]>;
  /** Removes pins; gives how many there were. */
  clear(segmentId: number, contactIds: readonly number[] | 'all'): Promise<number>;
}

export interface RunsReader {
  /** Newest first; `after` a run come older ones. */
  list(page: Page): Promise<RunRow[]>;
  find(id: number): Promise<RunRow | undefined>;
  /** The newest run of a command, or the newest that ended so. */
  last(command: string, status?: RunStatus): Promise<RunRow | undefined>;
  segments(runId: number): Promise<RunSegmentRow[]>;
  /** How one segment fared in its latest runs, newest first. */
  ofSegment(segmentId: number, limit: number): Promise<(RunSegmentRow & { readonly runId: number; readonly now: number })[]>;
}
export interface RunsWriter extends RunsReader {
  /**
   * Opens a run's record; gives its id. Unfinished ones of this command are those of dead runs and closed as `interrupted`, unless
   * this one is `beside` others, without the run lock.
   */
  begin(command: string, now: number, startedAt: number, options?: { readonly beside?: boolean | undefined }): Promise<number>;
  recordDue(runId: number, due: DueTotals): Promise<void>;
  recordSegments(runId: number, rows: readonly RunSegmentRow[]): Promise<void>;
  finish(runId: number, status: RunStatus, totals: RunTotals, finishedAt: number, ms: number): Promise<void>;
  /** Forgets runs that started before this instant (epoch ms). */
  prune(startedBefore: number): Promise<void>;
}

export type { RecordKind };
