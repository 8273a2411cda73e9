/**
 * How to write a command: one file, `commands/<namespace>/<name>.ts`, with a default export made by
 * `defineCommand`, and one entry in `registry/<namespace>.ts`. The file translates: typed arguments
 * and options in, one service call, a result out. It holds no SQL, no colour, no business rule, and
 * never writes to a stream. How a value is told stands in `views/`, options that several commands
 * have in `options/`, what several commands do alike in `routines/`.
 *
 * - `arguments` and `options` are records of specs from `options/options.ts`, with schemas from
 *   `options/values.ts` or `zod/mini`; `run` gets their values under the same names, typed. Wrong
 *   values never reach it.
 * - `result` names what `run` gives back: `rows(…)`, `record(…)`, `{ kind: 'message', text, data }`,
 *   or `{ kind: 'raw', chunks }`, which is allowed beside any other. It settles which formats the
 *   command knows.
 * - The store is open while `run` and the rows it returned are used, and closed afterwards. Rows may
 *   be an async generator that reads page by page.
 * - Throw `UserError` for what the user can put right. `context.confirm(question)` before anything
 *   is destroyed.
 * - Give an `exit` with the result when it is not 0 (3: in part; 4: a finding), and declare it in
 *   `exitCodes`.
 */
import type { ExitCode } from '../support/errors.ts';
import type { Context, StoreContext } from './context.ts';
import { COMMON_EXITS, STORE_EXITS } from './exit-codes.ts';
import type { LockPolicy } from './options/lock-policy.ts';
import type { Argument, Option, ValuesOf } from './options/options.ts';
import { FORMATS_OF, type Format } from './output/formats.ts';
import type { CommandResult } from './output/result.ts';

type Arguments = Readonly<Record<string, Argument<unknown>>>;
type Options = Readonly<Record<string, Option<unknown>>>;
type StoreUse = 'open' | 'none';

export interface CommandSpec<
  A extends Arguments,
  O extends Options,
  S extends StoreUse,
  K extends CommandResult['kind'],
> {
  /** As in the registry. */
  readonly name: string;
  /** More than the registry's summary, for the help; lines are wrapped. */
  readonly description?: string;
  /** In their order on the command line. */
  readonly arguments: A;
  readonly options: O;
  /** Whole command lines that work. */
  readonly examples: readonly [string, ...string[]];
  /** The codes beside those that every command has: see `exit-codes.ts`. */
  readonly exitCodes: readonly ExitCode[];
  readonly store: S;
  /** Takes the run lock: true fails at once when it is held (75). */
  readonly lock?: boolean | ((options: ValuesOf<O>) => LockPolicy | undefined);
  /**
   * What its JSON says beside `skipped` where the lock was held and the policy is to skip, given
   * the clock.
   */
  readonly skippedData?: (now: number) => Readonly<Record<string, unknown>>;
  readonly result: K;
  /** `table` when left out. */
  readonly defaultFormat?: Format;
  readonly run: (
    context: S extends 'open' ? StoreContext : Context,
    args: ValuesOf<A>,
    options: ValuesOf<O>,
  ) => Promise<Extract<CommandResult, { kind: K | 'raw' }>>;
  /** What is done when the run lock is free again; not where the lock was held and `run` skipped. */
  readonly afterwards?: (
    context: S extends 'open' ? StoreContext : Context,
    found: Extract<CommandResult, { kind: K | 'raw' }>,
    options: ValuesOf<O>,
  ) => Promise<Extract<CommandResult, { kind: K | 'raw' }>>;
}

/** What was typed, by the names of the specs. */
export interface Given {
  readonly arguments: Readonly<Record<string, readonly string[]>>;
  readonly options: Readonly<Record<string, readonly string[]>>;
}

/** A command with its values read, ready to run. */
export interface BoundCommand {
  readonly lock: LockPolicy | undefined;
  readonly skippedData: ((now: number) => Readonly<Record<string, unknown>>) | undefined;
  readonly run: (context: Context) => Promise<CommandResult>;
  readonly afterwards: (context: Context, found: CommandResult) => Promise<CommandResult>;
}

/** A command as the frame sees it. */
export interface Command {
  readonly name: string;
  readonly description: string | undefined;
  readonly arguments: Arguments;
  readonly options: Options;
  readonly examples: readonly string[];
  /** All codes it can end with, ascending. */
  readonly exitCodes: readonly ExitCode[];
  readonly usesStore: boolean;
  readonly formats: readonly Format[];
  readonly defaultFormat: Format;
  /** Reads the values; `UserError` (2) when one is wrong. */
  readonly bind: (given: Given) => BoundCommand;
}

export function defineCommand<
  A extends Arguments,
  O extends Options,
  S extends StoreUse,
  K extends CommandResult['kind'],
>(spec: CommandSpec<A, O, S, K>): Command {
  return {
    name: spec.name,
    description: spec.description,
    arguments: spec.arguments,
    options: spec.options,
    examples: spec.examples,
    exitCodes: [
      ...new Set([
        ...COMMON_EXITS,
        ...(spec.store === 'open' ? STORE_EXITS : []),
        ...spec.exitCodes,
      ]),
    ].sort((a, b) => a - b),
    usesStore: spec.store === 'open',
    formats: FORMATS_OF[spec.result],
    defaultFormat: spec.defaultFormat ?? 'table',
    bind: (given) => bind(spec, given),
  };
}

function bind<
  A extends Arguments,
  O extends Options,
  S extends StoreUse,
  K extends CommandResult['kind'],
>(spec: CommandSpec<A, O, S, K>, given: Given): BoundCommand {
  const args = readAll(spec.arguments, given.arguments);
  const options = readAll(spec.options, given.options);
  return {
    lock: lockPolicyOf(spec, options),
    skippedData: spec.skippedData,
    // The frame hands a context with an open store to commands that ask for one: see
    // run-command.ts.
    run: async (context) => spec.run(context as Parameters<typeof spec.run>[0], args, options),
    afterwards: async (context, found) =>
      spec.afterwards?.(
        context as Parameters<typeof spec.run>[0],
        found as Awaited<ReturnType<typeof spec.run>>,
        options,
      ) ?? found,
  };
}

function lockPolicyOf<
  A extends Arguments,
  O extends Options,
  S extends StoreUse,
  K extends CommandResult['kind'],
>(spec: CommandSpec<A, O, S, K>, options: ValuesOf<O>): LockPolicy | undefined {
  if (typeof spec.lock === 'function') return spec.lock(options);
  return spec.lock === true ? { kind: 'fail' } : undefined;
}

/** Reads every value of a record of specs. */
export function readAll<Specs extends Arguments | Options>(
  specs: Specs,
  given: Readonly<Record<string, readonly string[]>>,
): ValuesOf<Specs> {
  const entries = Object.entries<Argument<unknown> | Option<unknown>>(specs).map(([name, spec]) => [
    name,
    spec.read(given[name] ?? []),
  ]);
  return Object.fromEntries(entries) as ValuesOf<Specs>;
}
