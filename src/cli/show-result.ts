import type { WriteInstant } from '../support/local-instant.ts';
import type { Store } from '../store/index.ts';
import type { Context } from './context.ts';
import type { Command } from './define-command.ts';
import type { Io } from './io.ts';
import type { GlobalOptions } from './options/global-options.ts';
import { loadStyles, wantsColour } from './output/colour.ts';
import { isJson } from './output/formats.ts';
import { storeInstants, toTheSecond, withAge, withoutOffset } from './output/instants.ts';
import { render } from './output/render.ts';
import type { CommandResult } from './output/result.ts';
import { type Target, streamTarget } from './output/target.ts';
import { messageLines, terminalWidth } from './output/terminal.ts';
import { visible, visibleJson } from './output/visible.ts';

/** Where a result goes, and what it is written with. */
export interface Surroundings {
  readonly io: Io;
  readonly globals: GlobalOptions;
  readonly target: Target;
  readonly store: Store | undefined;
}

/**
 * Writes what a command found to its output, and what it has to say beside that, notes and
 * warnings, to standard error. Gives the notes on what goes into a file, to be said when that is
 * there.
 */
export async function showResult(
  result: CommandResult,
  command: Command,
  context: Context,
  surroundings: Surroundings,
): Promise<readonly string[]> {
  const { format, quiet, verbosity, place, naming } = context;
  const { io, globals, target, store } = surroundings;
  const say = sayTo(io.stderr);
  if (verbosity > 0 && command.usesStore && !isJson(format))
    await say([`store: ${visible(place.location)}`]);
  const { note: sayNote, later } = noting(target, io.stderr, say);
  const note = async (text: string): Promise<void> => sayNote(naming(text));
  await render(result, {
    format,
    schema: schemaOf(command),
    target,
    styles: await loadStyles(wantsColour(globals.colour, target.stream, io.env)),
    width: terminalWidth(target.stream),
    instants: async () => waysToWriteInstants(store, context),
    isWhole: verbosity > 0,
    hasFields: 'fields' in command.options,
    quiet,
    naming,
    note,
  });
  await target.flush();
  for (const line of quiet || isJson(format) ? [] : (result.notes ?? [])) await note(line);
  await showWarnings(result.warnings ?? [], context, surroundings, say);
  return later;
}

/** Says notes that had to wait. */
export async function sayNotes(notes: readonly string[], { stderr }: Io): Promise<void> {
  for (const text of notes)
    await sayTo(stderr)(await messageLines(visible(text), terminalWidth(stderr)));
}

type Say = (lines: readonly string[]) => Promise<void>;

/** Writes lines to a stream and hands them on at once. */
function sayTo(stream: Io['stderr']): Say {
  const target = streamTarget(stream, 'standard error');
  return async (lines) => {
    await target.write(`${lines.join('\n')}\n`);
    await target.commit();
  };
}

/** How notes are said: those on a file are gathered, to be said later. */
function noting(
  target: Target,
  stderr: Io['stderr'],
  say: Say,
): { readonly note: (text: string) => Promise<void>; readonly later: readonly string[] } {
  const later: string[] = [];
  if (target.stream !== undefined) return { note: noteAfter(target, stderr, say), later };
  return { note: async (text) => Promise.resolve(void later.push(text)), later };
}

/** Says a line after what the target holds: where both go to one place, the result stands first. */
function noteAfter(
  target: Target,
  stream: Io['stderr'],
  say: Say,
): (text: string) => Promise<void> {
  return async (text) => {
    await target.flush();
    await say(await messageLines(visible(text), terminalWidth(stream)));
  };
}

/** How instants may be written, the fullest first. */
async function waysToWriteInstants(
  store: Store | undefined,
  { verbosity, now }: Context,
): Promise<[WriteInstant, ...WriteInstant[]]> {
  const write = await storeInstants(store);
  if (verbosity > 0) return [withAge(write, now)];
  const short = toTheSecond(write);
  return [write, short, withoutOffset(short)];
}

async function showWarnings(
  warnings: readonly string[],
  { format, naming }: Context,
  { io, globals }: Surroundings,
  say: Say,
): Promise<void> {
  const styles = await loadStyles(
    wantsColour(globals.colour, io.stderr, io.env) && warnings.length > 0,
  );
  const width = terminalWidth(io.stderr);
  const word = { word: 'warning:', style: styles.warning };
  for (const warning of warnings.map(naming)) {
    const lines = isJson(format)
      ? [visibleJson(JSON.stringify({ warning: { message: warning } }))]
      : await messageLines(visible(warning), width, word);
    await say(lines);
  }
}

/** `segments:list` → `rollcall/segments.list/1` */
function schemaOf(command: Command): string {
  return `rollcall/${command.name.replaceAll(':', '.')}/1`;
}
