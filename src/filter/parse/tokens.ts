/**
 * Turns text into tokens. A mistake becomes a token too, so that an earlier mistake in the grammar
 * is reported first.
 */
import { losesDigits } from '../../support/exact-number.ts';
import { isAscii } from '../../support/fold.ts';
import { toNfc } from '../../support/text.ts';
import { KEYWORDS } from '../keywords.ts';
import type { Span } from '../parsed.ts';
import type { Problem } from '../problem/problem.ts';

export type Token =
  | {
      readonly kind: 'word';
      readonly text: string;
      readonly keyword: string | undefined;
      readonly span: Span;
    }
  | { readonly kind: 'text'; readonly text: string; readonly span: Span }
  | { readonly kind: 'number'; readonly number: number; readonly text: string; readonly span: Span }
  | { readonly kind: 'date'; readonly text: string; readonly span: Span }
  | { readonly kind: 'symbol'; readonly text: string; readonly span: Span }
  | { readonly kind: 'mistake'; readonly problem: Problem; readonly span: Span }
  | { readonly kind: 'end'; readonly span: Span };

const BLANK = /\s*/uy;
const SYMBOL = /<=|>=|!=(?!=)|=(?!=)|<(?!>)|[>(),+-]/uy;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const DATE = /^\d{4}-\d{2}(?:-\d{2}(?:T.+)?)?$/;
const STRAY = /==|!==|<>|&&|\|\||~=|=~|./suy;

/**
 * A word is a head and any number of tails, matched one by one: a single expression would exhaust
 * the engine's stack on a word of megabytes.
 */
interface Word {
  readonly head: RegExp;
  readonly tail: RegExp;
}

interface Words {
  readonly bare: Word;
  readonly afterDot: Word;
  readonly numeric: Word;
}

const ASCII_WORDS: Words = {
  bare: { head: /[A-Za-z_]\w*/y, tail: /[-.]\w+/y },
  afterDot: { head: /\w+/y, tail: /[-.]\w+/y },
  numeric: { head: /-?\d[\w.:]*/y, tail: /(?<=[\deE])[+-](?=\d)[\w.:]*/y },
};

/**
 * The same for all letters. Separate, because making these expressions takes 2 ms and using them 4
 * ms more, and most filters are ASCII.
 */
const allWords = (): Words => ({
  bare: { head: /[\p{L}_][\p{L}\p{M}\p{Nd}_]*/uy, tail: /[-.][\p{L}\p{M}\p{Nd}_]+/uy },
  afterDot: { head: /[\p{L}\p{M}\p{Nd}_]+/uy, tail: /[-.][\p{L}\p{M}\p{Nd}_]+/uy },
  numeric: { head: /-?\d[\p{L}\p{Nd}_.:]*/uy, tail: /(?<=[\deE])[+-](?=\d)[\p{L}\p{Nd}_.:]*/uy },
});

/** All tokens of the text; the last is `end`, or the first mistake. */
export function tokenize(text: string): Token[] {
  const words = isAscii(text) ? ASCII_WORDS : allWords();
  const tokens: Token[] = [];
  for (;;) {
    const start = skipBlanks(text, tokens.at(-1)?.span.end ?? 0);
    const token = readToken(text, start, words);
    tokens.push(token);
    if (token.kind === 'end' || token.kind === 'mistake') return tokens;
  }
}

function skipBlanks(text: string, at: number): number {
  return at + (run(BLANK, text, at)?.length ?? 0);
}

function readToken(text: string, start: number, words: Words): Token {
  const first = text[start];
  if (first === undefined) return { kind: 'end', span: { start, end: start } };
  if (first === '"' || first === "'") return readText(text, start, first);
  return (
    readNumeric(text, start, words) ??
    readWord(text, start, words) ??
    readSymbol(text, start) ??
    stray(text, start)
  );
}

function readNumeric(text: string, start: number, { numeric }: Words): Token | undefined {
  const written = runOfWord(numeric, text, start);
  if (written === undefined) return undefined;
  const span = { start, end: start + written.length };
  if (DATE.test(written)) return { kind: 'date', text: written, span };
  if (!NUMBER.test(written)) return mistake({ kind: 'badNumber', text: written, span });
  const number = Number(written);
  if (!Number.isFinite(number)) return mistake({ kind: 'numberTooLarge', text: written, span });
  if (losesDigits(written)) return mistake({ kind: 'lostDigits', text: written, span });
  return { kind: 'number', number: number === 0 ? 0 : number, text: written, span }; // −0 is 0
}

/** A bare word, a name in backticks, or parts of both joined by dots: company.`2nd phone`. */
function readWord(text: string, start: number, { bare, afterDot }: Words): Token | undefined {
  let part = readPart(text, start, bare);
  let name = '';
  let at = start;
  let quoted = false;
  while (part !== undefined) {
    if (part.kind === 'mistake') return part;
    name += part.text;
    at = part.span.end;
    quoted ||= part.kind === 'quoted';
    part = text[at] === '.' ? readPart(text, at + 1, afterDot) : undefined;
    if (part !== undefined) name += '.';
  }
  if (at === start) return undefined;
  const keyword = name.toLowerCase();
  return {
    kind: 'word',
    text: toNfc(name),
    keyword: !quoted && KEYWORDS.has(keyword) ? keyword : undefined,
    span: { start, end: at },
  };
}

function readPart(
  text: string,
  start: number,
  bare: Word,
): Quoted | { readonly kind: 'bare'; readonly text: string; readonly span: Span } | undefined {
  if (text[start] === '`') {
    const quoted = readQuoted(text, start, '`');
    return quoted.kind === 'quoted' && quoted.text === ''
      ? mistake({ kind: 'emptyName', span: quoted.span })
      : quoted;
  }
  const written = runOfWord(bare, text, start);
  return written === undefined
    ? undefined
    : { kind: 'bare', text: written, span: { start, end: start + written.length } };
}

function readText(text: string, start: number, quote: Quote): Token {
  const quoted = readQuoted(text, start, quote);
  return quoted.kind === 'mistake'
    ? quoted
    : { kind: 'text', text: toNfc(quoted.text), span: quoted.span };
}

type Mistake = Extract<Token, { kind: 'mistake' }>;

type Quoted = { readonly kind: 'quoted'; readonly text: string; readonly span: Span } | Mistake;

type Quote = '"' | "'" | '`';

/** The characters that stand for themselves between quotes. */
const UNQUOTED: Readonly<Record<Quote, RegExp>> = {
  '"': /[^"\\\0]+/y,
  "'": /[^'\\\0]+/y,
  '`': /[^`\\\0]+/y,
};

function readQuoted(text: string, start: number, quote: Quote): Quoted {
  let content = '';
  let at = start + 1;
  for (;;) {
    const plain = run(UNQUOTED[quote], text, at) ?? '';
    content += plain;
    at += plain.length;
    const character = text[at];
    if (character === undefined)
      return mistake({ kind: 'unterminated', quote, span: { start, end: start + 1 } });
    if (character === quote) return { kind: 'quoted', text: content, span: { start, end: at + 1 } };
    if (character === '\0') return badEscape(text, at, 1);
    const escape = readEscape(text, at, quote);
    if (escape.text === undefined) return badEscape(text, at, escape.length);
    content += escape.text;
    at += escape.length;
  }
}

function badEscape(text: string, start: number, length: number): Mistake {
  const span = { start, end: start + length };
  return mistake({ kind: 'badEscape', escape: text.slice(span.start, span.end), span });
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  '"': '"',
  "'": "'",
  n: '\n',
  t: '\t',
};
const CODE_POINT = /\\u\{([^}]*)\}?/y;

/** What the escape at `at` means; `text` is undefined if its code point does not exist. */
function readEscape(
  text: string,
  at: number,
  quote: string,
): { readonly text: string | undefined; readonly length: number } {
  const next = text[at + 1] ?? '';
  const simple = next === quote ? quote : SIMPLE_ESCAPES[next];
  if (simple !== undefined) return { text: simple, length: 2 };
  CODE_POINT.lastIndex = at;
  const [written, digits = ''] = CODE_POINT.exec(text) ?? [];
  if (written === undefined) return { text: '\\', length: 1 };
  const character = written.endsWith('}') ? characterOf(digits) : undefined;
  return { text: character, length: written.length };
}

/**
 * The character of a hexadecimal code point; undefined for zero, surrogates and what is no number.
 */
function characterOf(digits: string): string | undefined {
  const code = /^[0-9a-fA-F]{1,6}$/.test(digits) ? Number.parseInt(digits, 16) : 0;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code > 0 && code <= 0x10ffff && !isSurrogate ? String.fromCodePoint(code) : undefined;
}

function readSymbol(text: string, start: number): Token | undefined {
  const symbol = run(SYMBOL, text, start);
  return symbol === undefined
    ? undefined
    : { kind: 'symbol', text: symbol, span: { start, end: start + symbol.length } };
}

function stray(text: string, start: number): Token {
  const written = run(STRAY, text, start) ?? '';
  return mistake({
    kind: 'strayCharacter',
    text: written,
    span: { start, end: start + written.length },
  });
}

function mistake(problem: Problem & { readonly span: Span }): Mistake {
  return { kind: 'mistake', problem, span: problem.span };
}

function runOfWord({ head, tail }: Word, text: string, start: number): string | undefined {
  const first = run(head, text, start);
  if (first === undefined) return undefined;
  let end = start + first.length;
  for (let next = run(tail, text, end); next !== undefined; next = run(tail, text, end))
    end += next.length;
  return text.slice(start, end);
}

function run(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
