/**
 * What a terminal would obey or hide: controls (C0, DEL, C1), invisible formatting (bidi marks,
 * zero-width characters, tags), line and paragraph separators, lone surrogates, and letters that
 * are drawn as nothing.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0]/gu;
const PLAIN = /^[\x20-\x7e]*$/;

/** A joiner between two pictures is part of one emoji. */
const EMOJI_JOINER =
  /(?<=\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}\ufe0f]?)\u200d(?=\p{Extended_Pictographic})/gu;

const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Text as it may reach a terminal, on one line: nothing in it is obeyed, everything can be seen. An
 * escape shows as `\x1b`, a bidi override as `\u202e`. Every text that comes from data or from the
 * command line goes through here.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  const joiners = new Set(Array.from(text.matchAll(EMOJI_JOINER), (match) => match.index));
  return text.replace(UNSEEN, (character, index: number) =>
    joiners.has(index) ? character : escaped(character),
  );
}

/** JSON with what a terminal would obey written as escapes: other characters, the same value. */
export function visibleJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, index) =>
      unicodeEscape(character.charCodeAt(index)),
    ).join(''),
  );
}

function escaped(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? unicodeEscape(code) : `\\u{${code.toString(16)}}`;
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
