import { EXIT, UserError } from '../support/errors.ts';

/** Whether an error concerns the whole store, so that everything else would fail too. */
export function stopsEverything(error: unknown): boolean {
  return error instanceof UserError && error.exit >= EXIT.badInput;
}

/** What is kept of the error of one segment or trigger while others go on. */
export function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof UserError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
