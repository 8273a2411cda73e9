import type { FieldType } from '../sql/field-types.ts';
import type { Watermark } from './changes.ts';
import type { SegmentAttributes } from './segment-attributes.ts';

export { FIELD_TYPES, type FieldType } from '../sql/field-types.ts';

/**
 * A stored value: text, a number (also booleans as 0 and 1, instants as epoch milliseconds), or
 * missing.
 */
export type Value = string | number | null;

/** A contact or company as a plain record: `id` and the asked-for columns by alias. */
export type RecordRow = { readonly id: number } & Readonly<Record<string, Value>>;

/** The same as an array: the id, then the asked-for columns in their order. */
export type RecordTuple = readonly [id: number, ...values: Value[]];

export type RecordKind = 'contact' | 'company';

/**
 * A field of contacts or companies. `origin`: `standard` comes with rollcall, `kept` is written by
 * the store itself, `custom` was created by the user. Ids are never reused; an alias never changes
 * and is the column's name.
 */
export interface FieldRow {
  readonly id: number;
  readonly object: RecordKind;
  readonly alias: string;
  readonly label: string;
  readonly type: FieldType;
  readonly options: readonly string[];
  readonly unique: boolean;
  readonly indexed: boolean;
  readonly origin: 'standard' | 'kept' | 'custom';
}

/**
 * `occurredAt` is epoch milliseconds UTC; `properties` is a flat object; `externalId` makes an
 * import idempotent.
 */
export interface EventRow {
  readonly id: number;
  readonly contactId: number;
  readonly type: string;
  readonly subject: string | null;
  readonly value: number | null;
  readonly occurredAt: number;
  readonly properties: Readonly<Record<string, string | number | boolean>> | null;
  readonly externalId: string | null;
}

/** A tag and how many contacts carry it. */
export interface TagRow {
  readonly name: string;
  readonly contacts: number;
}

/** Why a contact must not be reached; SQL may write other words. */
export const SUPPRESSION_REASONS = ['manual', 'bounced', 'unsubscribed'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/**
 * The columns of files that hold, for one reason each, the channels in which a contact is
 * suppressed.
 */
export const CONSENT_COLUMNS = {
  unsubscribed: 'unsubscribed',
  bounced: 'bounced',
  do_not_contact: 'manual',
} as const satisfies Readonly<Record<string, SuppressionReason>>;
export type ConsentColumn = keyof typeof CONSENT_COLUMNS;

/**
 * A channel in which a contact must not be reached, and why: a contact has at most one suppression
 * a channel and reason.
 */
export interface SuppressionRow {
  readonly contactId: number;
  readonly channel: string;
  readonly reason: string;
  readonly createdAt: number;
}

export type SegmentKind = 'static' | 'dynamic';

/**
 * A segment's definition, as its author gives it. `filter` is the encoded AST; a static segment may
 * have one, which nothing evaluates.
 */
export interface SegmentDefinition extends SegmentAttributes {
  readonly alias: string;
  readonly name: string;
  readonly kind: SegmentKind;
  readonly filter: string | null;
}

/**
 * A definition as it was saved. What beside name, kind and filter it said is null where it was saved
 * before version 9 of the store, unless it is the last of those.
 */
export interface VersionRow extends Pick<SegmentDefinition, 'name' | 'kind' | 'filter'> {
  /** Counted from 1 in each segment. */
  readonly version: number;
  readonly about: (SegmentAttributes & Pick<SegmentDefinition, 'alias'>) | null;
  /** Epoch ms. */
  readonly savedAt: number;
  readonly by: string | null;
  readonly note: string | null;
}

/** A segment that was deleted and can be restored. */
export interface DeletedSegmentRow extends SegmentDefinition {
  readonly id: number;
  /** How many members it had. */
  readonly members: number;
  /** Epoch ms. */
  readonly deletedAt: number;
  readonly deletedBy: string | null;
}

/**
 * A segment with what updates keep about it. `members` counts the open memberships, `anonymous`
 * those of contacts never identified. `builtAt` is the `now` (epoch ms) of the last run that made
 * it true.
 */
export interface SegmentRow extends SegmentDefinition {
  readonly id: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly members: number;
  readonly anonymous: number;
  readonly joinedLastRun: number;
  readonly leftLastRun: number;
  readonly builtAt: number | null;
  readonly builtRun: number | null;
  /** What the last build left for the next: null when it has to be a full one. See `BuiltStamp`. */
  readonly seen: Watermark | null;
  readonly fingerprint: string | null;
  readonly bounds: string | null;
  /**
   * The clock (epoch ms) of the run or command by which members joined or left last; null when none
   * ever did.
   */
  readonly movedAt: number | null;
  readonly plan: ConversionPlan | null;
  /** When it last became of another kind (epoch ms), and in which run: null when by hand. */
  readonly convertedAt: number | null;
  readonly convertedRun: number | null;
}

/**
 * That a dynamic segment becomes static later: on a day (`2026-04-01`), or after a period (`30d`,
 * `6w`, `1m`) in which nobody joined or left. `plannedAt` is epoch ms.
 */
export type ConversionPlan =
  | { readonly kind: 'on'; readonly day: string; readonly plannedAt: number }
  | { readonly kind: 'inactivity'; readonly period: string; readonly plannedAt: number };

/**
 * What made members of one segment join or leave together: at `at` (epoch ms), through `via`, by
 * whom and why, as part of which run or import, under which version of the segment's definition.
 * `name` is what it is called, such as the file of an import.
 */
export interface CauseRow {
  readonly id: number;
  readonly at: number;
  readonly via: string;
  readonly name: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly runId: number | null;
  readonly importId: number | null;
  readonly version: number | null;
}

/** The decision that stands beside a membership, if any. */
export interface PinBeside {
  readonly pin: 'in' | 'out' | null;
  readonly pinVia: string | null;
  /** What decided it is called, such as a trigger. */
  readonly pinName: string | null;
  /** Who decided it, and why. */
  readonly pinBy: string | null;
  readonly pinReason: string | null;
  /** When the pin ends (epoch ms); null when it does not. */
  readonly pinUntil: number | null;
}

/** How a membership began: null where the cause is lost. `since` is epoch ms. */
export interface Beginning {
  readonly since: number | null;
  readonly via: string | null;
  readonly joined: CauseRow | null;
}

/**
 * A membership. One that has ended, which only those as of an instant have, says when (epoch ms),
 * and by what.
 */
export interface MemberRow extends Beginning, PinBeside {
  readonly contactId: number;
  readonly email: string | null;
  readonly leftAt: number | null;
  readonly left: CauseRow | null;
}

/** `until` is when the pin ends (epoch ms): the first update at or after it takes the pin away. */
export interface PinRow {
  readonly contactId: number;
  readonly kind: 'in' | 'out';
  readonly via: string;
  readonly by: string | null;
  readonly reason: string | null;
  readonly until: number | null;
  readonly createdAt: number;
}

/** What a write did to the members of one segment, in contacts. */
export interface Difference {
  readonly joined: number;
  readonly left: number;
}

export type RunStatus = 'running' | 'ok' | 'partial' | 'failed' | 'interrupted';
export type SegmentOutcome = 'ok' | 'failed' | 'held' | 'limited' | 'not_reached';
export type BuildMode = 'skip' | 'delta' | 'full';

export interface RunTotals {
  readonly segments: number;
  readonly changed: number;
  readonly joined: number;
  readonly left: number;
  readonly failed: number;
  readonly held: number;
}

/**
 * The record of a run. `now` is the clock it went by, the other instants are the system's (epoch
 * ms).
 */
export interface RunRow extends RunTotals, DueTotals {
  readonly id: number;
  readonly command: string;
  readonly now: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly status: RunStatus;
  readonly ms: number | null;
}

/** What was due when a run began: pins that ended, segments that were converted as planned. */
export interface DueTotals {
  readonly endedPins: number;
  readonly converted: number;
}

/**
 * How one segment fared in one run. `ms` is elapsed milliseconds; `error` is null unless `status`
 * is `failed`.
 */
export interface RunSegmentRow {
  readonly segmentId: number;
  readonly status: SegmentOutcome;
  readonly mode: BuildMode | null;
  readonly reason: string | null;
  readonly joined: number;
  readonly left: number;
  readonly members: number;
  readonly ms: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/**
 * The settings that rollcall goes by. Where the days for which something is kept cannot be read they
 * are infinite, so that nothing is lost. `timezone` is as it stands, and need not name a time zone.
 */
export interface Settings {
  readonly timezone: string;
  readonly weekStart: 'monday' | 'sunday';
  readonly keepRunsDays: number;
  readonly keepHistoryDays: number;
  readonly keepAuditDays: number;
}
