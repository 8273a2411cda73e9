/**
 * Regular expressions that run in time linear in pattern and text: RE2's syntax, no backreferences,
 * no lookaround.
 */
import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';

const compiled = new Map<string, RE2JS>();
const MOST_COMPILED = 100;

/** Why the pattern is invalid, in a few words; undefined if it is valid. */
export function patternFault(pattern: string): string | undefined {
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return error.getDescription();
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

/** Whether the pattern occurs anywhere in the text. Case matters unless the pattern says `(?i)`. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compile(pattern).test(text);
}

/** The same for many texts. */
export function preparePattern(pattern: string): (text: string) => boolean {
  const regularExpression = compile(pattern);
  return (text) => regularExpression.test(text);
}

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const fresh = RE2JS.compile(pattern);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(pattern, fresh);
  return fresh;
}
