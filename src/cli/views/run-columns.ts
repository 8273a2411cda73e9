import type { RunSegment, RunTrigger } from '../../segment/runs.ts';
import type { RunRow } from '../../store/index.ts';
import type { Column } from '../output/result.ts';

/** The figures of a run, in the order of the record. */
export const runColumns: readonly Column<RunRow>[] = [
  { key: 'id', kind: 'number', of: (run) => run.id },
  { key: 'command', inTable: false, of: (run) => run.command },
  { key: 'now', kind: 'instant', inTable: false, of: (run) => run.now },
  { key: 'started_at', kind: 'instant', importance: 'needed', of: (run) => run.startedAt },
  { key: 'finished_at', kind: 'instant', inTable: false, of: (run) => run.finishedAt },
  { key: 'status', fit: 'whole', importance: 'needed', of: (run) => run.status },
  { key: 'segments', kind: 'count', importance: 'spare', of: (run) => run.segments },
  { key: 'changed', kind: 'count', importance: 'spare', of: (run) => run.changed },
  { key: 'joined', kind: 'count', importance: 'needed', of: (run) => run.joined },
  { key: 'left', kind: 'count', importance: 'needed', of: (run) => run.left },
  { key: 'failed', kind: 'count', of: (run) => run.failed },
  { key: 'held', kind: 'count', inTable: false, of: (run) => run.held },
  { key: 'pins_ended', kind: 'count', inTable: false, of: (run) => run.endedPins },
  { key: 'converted', kind: 'count', inTable: false, of: (run) => run.converted },
  { key: 'ms', kind: 'count', importance: 'spare', of: (run) => run.ms },
];

/** How one segment fared. */
export const runSegmentColumns: readonly Column<RunSegment>[] = [
  { key: 'segment_id', kind: 'number', of: (row) => row.segmentId },
  { key: 'alias', of: (row) => row.alias },
  { key: 'status', fit: 'whole', importance: 'needed', of: (row) => row.status },
  { key: 'mode', fit: 'whole', importance: 'spare', of: (row) => row.mode },
  { key: 'joined', kind: 'count', importance: 'needed', of: (row) => row.joined },
  { key: 'left', kind: 'count', importance: 'needed', of: (row) => row.left },
  { key: 'members', kind: 'count', importance: 'needed', of: (row) => row.members },
  { key: 'ms', kind: 'count', of: (row) => row.ms },
  { key: 'reason', fit: 'wrap', of: (row) => row.reason },
  { key: 'error_code', inTable: false, of: (row) => row.error?.code ?? null },
  { key: 'error_message', header: 'error', fit: 'wrap', of: (row) => row.error?.message ?? null },
];

/** What a trigger did in one segment, or why it failed. */
export const runTriggerColumns: readonly Column<RunTrigger>[] = [
  { key: 'trigger', fit: 'key', of: (row) => row.name },
  { key: 'segment_id', kind: 'number', header: 'segment', of: (row) => row.segmentId },
  { key: 'alias', of: (row) => row.alias },
  { key: 'joined', kind: 'count', importance: 'needed', of: (row) => row.joined },
  { key: 'left', kind: 'count', importance: 'needed', of: (row) => row.left },
  { key: 'pinned', kind: 'count', of: (row) => row.pinned },
  { key: 'held_out', kind: 'count', of: (row) => row.heldOut },
  { key: 'error', fit: 'wrap', of: (row) => row.error },
];
