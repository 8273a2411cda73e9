import { safeParse } from 'zod/mini';
import type { core } from 'zod/mini';
import { EXIT, UserError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';

/**
 * A zod schema for one value from the command line. Its message completes the sentence "`--limit x`
 * …": "must be a whole number".
 */
export type Schema<T> = core.$ZodType<T>;

/**
 * One option. `read` turns what was given (its values in order; for options without a value the
 * flag itself, once for each time) into the typed value, or throws a `UserError` (2).
 */
export interface Option<T> {
  /**
   * As commander has them: `-o, --output <file>`; a switch has two, `--public` and `--no-public`.
   */
  readonly flags: readonly string[];
  readonly description: string;
  /** What the second flag of a switch does. */
  readonly opposite?: string;
  readonly read: (given: readonly string[]) => T;
}

/** One argument. `form` is `<name>`, `[name]`, `<name...>` or `[name...]`. */
export interface Argument<T> {
  readonly form: string;
  readonly description: string;
  readonly read: (given: readonly string[]) => T;
}

/** What a record of options or arguments reads as. */
export type ValuesOf<Specs extends Readonly<Record<string, Option<unknown> | Argument<unknown>>>> =
  {
    readonly [Name in keyof Specs]: ReturnType<Specs[Name]['read']>;
  };

/** `flag('--dry-run', '…')`: true when given. */
export function flag(flags: string, description: string): Option<boolean> {
  return { flags: [flags], description, read: (given) => given.length > 0 };
}

/**
 * `toggle('--public', '--no-public', '…', '…')`, with what either does: undefined when neither is
 * given.
 */
export function toggle(
  on: string,
  off: string,
  description: string,
  opposite: string,
): Option<boolean | undefined> {
  const read = (given: readonly string[]): boolean | undefined => {
    if (new Set(given).size > 1)
      throw usage(`\`${on}\` and \`${off}\` contradict each other`, 'give one of them');
    return given.length === 0 ? undefined : given[0] === on;
  };
  return { flags: [on, off], description, opposite, read };
}

/** `value('--limit <n>', '…', wholeNumber)`: undefined when not given; given twice is refused. */
export function value<T>(
  flags: string,
  description: string,
  schema: Schema<T>,
): Option<T | undefined> {
  return { flags: [flags], description, read: (given) => readOne(longFlag(flags), schema, given) };
}

/** As `value`, with what holds when it is not given; say so in the description. */
export function valueOr<T>(
  flags: string,
  description: string,
  schema: Schema<T>,
  fallback: T,
): Option<T> {
  return {
    flags: [flags],
    description,
    read: (given) => readOne(longFlag(flags), schema, given) ?? fallback,
  };
}

/** As `value`, refused when it is missing. */
export function requiredValue<T>(flags: string, description: string, schema: Schema<T>): Option<T> {
  const read = (given: readonly string[]): T => {
    const found = readOne(longFlag(flags), schema, given);
    if (found === undefined) throw usage(`\`${flags}\` is missing`, `give ${description}`);
    return found;
  };
  return { flags: [flags], description: `${description} (required)`, read };
}

/** `values('--set <field=value>', '…', assignment)`: may be given many times. */
export function values<T>(
  flags: string,
  description: string,
  schema: Schema<T>,
): Option<readonly T[]> {
  return {
    flags: [flags],
    description: `${description} (repeatable)`,
    read: (given) => given.map((text) => readText(`${longFlag(flags)} ${text}`, schema, text)),
  };
}

export function argument<T>(name: string, description: string, schema: Schema<T>): Argument<T> {
  return { form: `<${name}>`, description, read: ([text = '']) => readText(text, schema, text) };
}

export function optionalArgument<T>(
  name: string,
  description: string,
  schema: Schema<T>,
): Argument<T | undefined> {
  return {
    form: `[${name}]`,
    description,
    read: ([text]) => (text === undefined ? undefined : readText(text, schema, text)),
  };
}

/** The remaining arguments, in order; `atLeastOne` refuses none. Stands last. */
export function restArguments<T>(
  name: string,
  description: string,
  schema: Schema<T>,
  { atLeastOne = false } = {},
): Argument<readonly T[]> {
  return {
    form: atLeastOne ? `<${name}...>` : `[${name}...]`,
    description,
    read: (given) => given.map((text) => readText(text, schema, text)),
  };
}

/** `-o, --output <file>` → `--output` */
export function longFlag(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function readOne<T>(name: string, schema: Schema<T>, given: readonly string[]): T | undefined {
  const [text, second] = given;
  if (second !== undefined) throw usage(`\`${name}\` is given twice`, 'give it once');
  return text === undefined ? undefined : readText(`${name} ${text}`, schema, text);
}

function readText<T>(shown: string, schema: Schema<T>, text: string): T {
  const parsed = safeParse(schema, text);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'invalid_value') {
    const known = issue.values.map(String);
    const [near] = nearest(text, known);
    const choices = `give one of ${known.join(', ')}`;
    throw usage(
      `\`${shown}\` is not known`,
      near === undefined ? choices : `did you mean \`${near}\`? ${choices}`,
    );
  }
  throw usage(`\`${shown}\` ${issue?.message ?? 'is not valid'}`, undefined);
}

/** The error for a wrong use of the command line (2). */
export function usage(message: string, hint: string | undefined): UserError {
  return new UserError('USAGE', EXIT.usage, message, { hint });
}
