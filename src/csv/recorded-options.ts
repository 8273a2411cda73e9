import { z } from 'zod';

/** What an import needs to know again of the options that it was made with. */
export interface RecordedOptions {
  /** The fields that it made: `score`, `company.size`. */
  readonly createFields: readonly string[];
}

const RECORDED = z.object({ createFields: z.array(z.string()).catch([]) });

/** Reads the options of an import's record. What others have written there says nothing. */
export function recordedOptions(text: string): RecordedOptions {
  return RECORDED.catch({ createFields: [] }).parse(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
