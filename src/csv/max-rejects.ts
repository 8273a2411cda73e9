import { EXIT, UserError } from '../support/errors.ts';

/** A number of rows, or a share of them (0 to 1). */
export type MaxRejects =
  | { readonly kind: 'rows'; readonly most: number }
  | { readonly kind: 'share'; readonly most: number };

/** Reads `20` or `2.5%`. `UserError` (2) for anything else. */
export function parseMaxRejects(text: string): MaxRejects {
  if (/^\d{1,15}$/.test(text)) return { kind: 'rows', most: Number(text) };
  const share = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text);
  if (share !== null && Number(share[1]) <= 100)
    return { kind: 'share', most: Number(share[1]) / 100 };
  throw new UserError('BAD_MAX_REJECTS', EXIT.usage, `\`${text}\` is not a number of rejects`, {
    hint: 'write a number of rows, 20, or a share of them, 2%',
  });
}

/** Whether there are more rejects than allowed. */
export function exceeds(rejected: number, rows: number, limit: MaxRejects | undefined): boolean {
  if (limit === undefined) return false;
  return limit.kind === 'rows' ? rejected > limit.most : rejected > rows * limit.most;
}
