import { z } from 'zod';

/** What an undo needs to know of an import, beside its figures. */
export interface RecordedOptions {
  /** The fields that it made: `score`, `company.size`. */
  readonly createFields: readonly string[];
  /** How many companies it changed through their contacts. */
  readonly companiesUpdated: number;
}

const RECORDED = z.object({
  createFields: z.array(z.string()).catch([]),
  companiesUpdated: z.int().nonnegative().catch(0),
});

/** Reads the options of an import's record. What others have written there says nothing. */
export function recordedOptions(text: string): RecordedOptions {
  return RECORDED.catch({ createFields: [], companiesUpdated: 0 }).parse(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
