import { shellQuoted } from '../../support/shell-quote.ts';
import type { StorePlace } from '../store-path.ts';

/**
 * Command lines in what people are told. They stand in backticks, or go on to a semicolon, their
 * closing bracket or the end of the text.
 */

/** Commands on a store: those with a colon, and these. */
const ON_A_STORE =
  /(?<![\w./-])rollcall (?:[a-z]+(?::[a-z]+)+|init|backup|restore|doctor|status)(?![\w:-])/g;
/** What stands behind a command on a store and is none of its words. */
const BEHIND_ONE = /[`\n]|; | \| | && |\)(?:[ ,;.]|$)/y;
const OWN_STORE = / --db ('(?:[^']|'\\'')*'|"[^"]*"|\S+)/;

/** How command lines name the store. */
type Named = Pick<StorePlace, 'location' | 'isDefault'>;

/** Gives a text with the store named in its command lines: see `namingStore`. */
export type Naming = (text: string) => string;

/** A command line in a text: from where to where. */
export interface CommandSpan {
  readonly start: number;
  readonly end: number;
}

/** The command lines on a store that stand in a text, each of a pipeline by itself. */
export function* commandsOnStore(text: string): Generator<CommandSpan> {
  for (const { index: start } of text.matchAll(ON_A_STORE))
    yield { start, end: endOfCommand(text, start, BEHIND_ONE) };
}

/** Where a command line ends: before what is no part of it, outside of quotes. */
export function endOfCommand(text: string, start: number, behind: RegExp): number {
  let at = start;
  for (; at < text.length; at++) {
    behind.lastIndex = at;
    if (behind.test(text)) break;
    const quote = text[at];
    const close = quote === "'" || quote === '"' ? text.indexOf(quote, at + 1) : -1;
    if (close !== -1) at = close;
  }
  return at;
}

/**
 * The text with the store named in each command line, so that what is copied is about the store of
 * the command that said it. The store that commands find by themselves is not named.
 */
export function namingStore(text: string, place: Named): string {
  let named = '';
  let from = 0;
  for (const { start, end } of commandsOnStore(text)) {
    named += text.slice(from, start) + commandOn(text.slice(start, end), place);
    from = end;
  }
  return named + text.slice(from);
}

function commandOn(command: string, { location, isDefault }: Named): string {
  if (/ --help\b/.test(command)) return command;
  const store = shellQuoted(location);
  const [own, given] = OWN_STORE.exec(command) ?? [];
  if (given !== undefined && given !== store) return command;
  const bare = own === undefined ? command : command.replace(own, () => '');
  return isDefault ? bare : `${bare} --db ${store}`;
}
