import { EXIT, type ExitCode, UserError } from '../../support/errors.ts';
import { type SystemError, isSystemError, reasonOf } from '../../support/system-error.ts';
import type { StorePlace } from '../store-path.ts';
import type { Styles } from './colour.ts';
import { namingStore } from './command-lines.ts';
import { messageLines } from './terminal.ts';
import { visible, visibleJson } from './visible.ts';

/** An error as it is shown: words for people, a code for scripts. */
export interface Failure {
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: string;
  readonly detail: readonly string[];
  readonly hint: string | undefined;
  /** What lies underneath: causes and where they were thrown. */
  readonly trace: readonly string[];
}

/**
 * What to show for anything that was thrown, with a hint whose commands are about this store. What
 * is neither a user's error nor the system's is a bug (70).
 */
export function toFailure(error: unknown, place: StorePlace): Failure {
  const failure = failureOf(error);
  const { hint } = failure;
  return { ...failure, hint: hint === undefined ? undefined : namingStore(hint, place) };
}

function failureOf(error: unknown): Failure {
  if (error instanceof UserError)
    return {
      code: error.code,
      exit: error.exit,
      message: error.message,
      detail: error.detail,
      hint: error.hint,
      trace: causesOf(error),
    };
  if (isSystemError(error)) return { ...systemFailure(error), detail: [], trace: traceOf(error) };
  return {
    code: 'BUG',
    exit: EXIT.bug,
    message: `this is a bug in rollcall: ${error instanceof Error ? error.message : String(error)}`,
    detail: traceOf(error),
    hint: 'please report it with the trace above and what you did',
    trace: [],
  };
}

function systemFailure(error: SystemError): Pick<Failure, 'code' | 'exit' | 'message' | 'hint'> {
  const message =
    error.path === undefined
      ? `${error.syscall} failed: ${reasonOf(error)}`
      : `${error.path}: ${reasonOf(error)}`;
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'NO_PERMISSION',
        exit: EXIT.noPermission,
        message,
        hint: 'run as the user who owns it, or change its owner',
      };
    case 'EROFS':
      return {
        code: 'NO_OUTPUT',
        exit: EXIT.noOutput,
        message,
        hint: 'name a place that can be written',
      };
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return { code: 'NO_INPUT', exit: EXIT.noInput, message, hint: 'check the name of the file' };
    default:
      return {
        code: 'IO_ERROR',
        exit: EXIT.ioError,
        message,
        hint: 'check the disk, then run the command again',
      };
  }
}

export interface FailureLook {
  readonly styles: Styles;
  readonly verbosity: number;
  /** The width of the terminal; undefined off one. */
  readonly width: number | undefined;
}

/** The lines for people. With -v also what lies underneath, with -vv where it was thrown. */
export async function failureLines(
  failure: Failure,
  { styles, verbosity, width }: FailureLook,
): Promise<string[]> {
  const { message, detail, hint } = failure;
  const trace = failure.trace.filter(
    (line) => verbosity > 1 || (verbosity === 1 && !/^ +at /.test(line)),
  );
  return [
    ...(await messageLines(visible(message), width, { word: 'error:', style: styles.error })),
    ...detail.map((line) => `  ${visible(line)}`),
    ...(hint === undefined
      ? []
      : await messageLines(visible(hint), width, { word: 'hint:', style: styles.hint })),
    ...trace.map((line) => styles.faint(visible(line))),
  ];
}

/** The one object for programs. */
export function failureJson(failure: Failure): string {
  const { code, message, hint, exit, detail } = failure;
  return visibleJson(
    JSON.stringify({
      error: {
        code,
        message,
        hint: hint ?? null,
        exit,
        ...(detail.length === 0 ? {} : { detail }),
      },
    }),
  );
}

function causesOf(error: Error): string[] {
  const lines: string[] = [];
  for (
    let cause = error.cause;
    cause !== undefined;
    cause = cause instanceof Error ? cause.cause : undefined
  )
    lines.push(...traceOf(cause).map((line, index) => (index === 0 ? `because: ${line}` : line)));
  return lines;
}

function traceOf(error: unknown): string[] {
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n');
}
