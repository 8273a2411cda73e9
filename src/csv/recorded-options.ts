import { z } from 'zod';

/** What an undo needs to know of an import, beside its figures. */
export interface RecordedOptions {
  /** The fields that it made: `score`, `company.size`. */
  readonly createFields: readonly string[];
  /** How many companies it changed through their contacts. */
  readonly companiesUpdated: number;
  /** The segments that its contacts were to join, as they were called. */
  readonly segments: readonly string[];
  /** Their ids; undefined in records of before. */
  readonly segmentIds?: number[] | undefined;
  /** Whether it made these equal to the file. */
  readonly mirror: boolean;
  /** The field by which records were found, where it was named. */
  readonly key?: string | undefined;
}

const RECORDED = z.object({
  createFields: z.array(z.string()).catch([]),
  companiesUpdated: z.int().nonnegative().catch(0),
  segments: z.array(z.string()).catch([]),
  segmentIds: z.array(z.int()).optional().catch(undefined),
  mirror: z.boolean().catch(false),
  key: z.string().optional().catch(undefined),
});
const NOTHING: RecordedOptions = {
  createFields: [],
  companiesUpdated: 0,
  segments: [],
  mirror: false,
};

/** Reads the options of an import's record. What others have written there says nothing. */
export function recordedOptions(text: string): RecordedOptions {
  return RECORDED.catch({ ...NOTHING, createFields: [], segments: [] }).parse(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
