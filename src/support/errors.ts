/** The documented exit codes; docs/exit-codes.md says what each means. */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 2,
  partial: 3,
  finding: 4,
  badInput: 65,
  noInput: 66,
  noStore: 69,
  bug: 70,
  noOutput: 73,
  ioError: 74,
  locked: 75,
  noPermission: 77,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An error that the user can correct. Anything else that is thrown is a bug.
 *
 * `code` is a stable upper-case word for scripts (`LOCKED`); `message` is one line that says what
 * is wrong; `detail` is more lines shown under it (place, excerpt, caret); `hint` says what to do
 * next.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: string;
  readonly exit: ExitCode;
  readonly detail: readonly string[];
  readonly hint: string | undefined;

  constructor(
    code: string,
    exit: ExitCode,
    message: string,
    more: {
      readonly detail?: readonly string[];
      readonly hint?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.exit = exit;
    this.detail = more.detail ?? [];
    this.hint = more.hint;
  }
}

/** Ends an exhaustive switch: a new member of the union does not compile until it is handled. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
