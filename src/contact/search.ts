import { quoteName, quoteText } from '../filter/quote.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';

/** What a search may name; other names are refused with the nearest known one. */
export interface SearchNames {
  readonly segments: readonly { readonly alias: string }[];
  readonly tags: readonly string[];
}

interface Term {
  readonly negated: boolean;
  /** Undefined for plain words and quoted phrases. */
  readonly key: string | undefined;
  readonly text: string;
}

/** The fields in which a plain word is searched. */
const SEARCHED = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'mobile',
  'company',
  'position',
  'city',
] as const;

/** Optional `!`, an optional `key:`, then a quoted phrase or a run without blanks. */
const TERM = /(!?)(?:([a-z]+):(?!\/\/))?(?:"([^"]*)(?:"|$)|(\S+))/gi;

/**
 * The filter that a search box's text stands for, as text of the filter language: `segment:ALIAS`,
 * `common:a+b` (members of all), `is:anonymous`, `email:…`, `tag:…`, plain words and "quoted
 * phrases". `!` before a term negates it, and a contact must match all terms. Undefined for an
 * empty search. `UserError`: an unknown key, segment or tag.
 *
 * The keys are those of Mautic's search box:
 * https://docs.mautic.org/en/latest/configuration/search_operators_and_filters.html
 */
export function searchFilter(search: string, names: SearchNames): string | undefined {
  const terms = readTerms(search);
  if (terms.length === 0) return undefined;
  return terms.map((term) => conditionOf(term, names)).join(' and ');
}

function readTerms(search: string): Term[] {
  const terms: Term[] = [];
  for (const [, bang, key, phrase, word] of search.replaceAll('\0', ' ').matchAll(TERM)) {
    const text = (phrase ?? word ?? '').trim();
    if (text !== '') terms.push({ negated: bang === '!', key: key?.toLowerCase(), text });
  }
  return terms;
}

function conditionOf(term: Term, names: SearchNames): string {
  const condition = `(${positiveCondition(term, names)})`;
  return term.negated ? `not ${condition}` : condition;
}

function positiveCondition({ key, text }: Term, names: SearchNames): string {
  switch (key) {
    case undefined:
      return anywhere(text);
    case 'segment':
      return inSegment(text, names);
    case 'common':
      return text
        .split('+')
        .map((alias) => inSegment(alias, names))
        .join(' and ');
    case 'is':
      return isCondition(text);
    case 'email':
      return `email contains ${quoteText(text)}`;
    case 'tag':
      return tagged(text, names);
    default:
      throw unknownKey(key, text);
  }
}

function anywhere(text: string): string {
  const tests = SEARCHED.map((field) => `${field} contains ${quoteText(text)}`);
  return [...tests, ...fullName(text)].join(' or ');
}

/**
 * Conditions for a full name: no single field holds `Ann Lee`, but its parts end the first name and
 * begin the last name.
 */
function fullName(text: string): string[] {
  const words = text.split(/\s+/u);
  return words.slice(1).map((_, index) => {
    const first = words.slice(0, index + 1).join(' ');
    const last = words.slice(index + 1).join(' ');
    return (
      `(first_name ends with ${quoteText(first)} and ` + `last_name starts with ${quoteText(last)})`
    );
  });
}

function inSegment(alias: string, names: SearchNames): string {
  const segment = names.segments.find((known) => fold(known.alias) === fold(alias));
  if (segment === undefined) {
    const [near] = nearest(
      alias,
      names.segments.map((known) => known.alias),
    );
    throw unknown(
      'UNKNOWN_SEGMENT',
      `unknown segment \`${alias}\` in the search`,
      near,
      '`rollcall segments:list` shows them all',
    );
  }
  return `in segment ${quoteName(segment.alias)}`;
}

function isCondition(text: string): string {
  if (text.toLowerCase() === 'anonymous') return 'identified_at is empty';
  const [near] = nearest(text, ['anonymous']);
  throw unknown(
    'UNKNOWN_SEARCH',
    `unknown search \`is:${text}\``,
    near === undefined ? undefined : `is:${near}`,
    'there is is:anonymous',
  );
}

function tagged(text: string, names: SearchNames): string {
  const tag = names.tags.find((known) => fold(known) === fold(text));
  if (tag === undefined)
    throw unknown(
      'UNKNOWN_TAG',
      `unknown tag \`${text}\` in the search`,
      nearest(text, names.tags)[0],
      'no contact was ever given it',
    );
  return `tagged ${quoteText(tag)}`;
}

const KEYS = ['segment', 'common', 'is', 'email', 'tag'];

function unknownKey(key: string, text: string): UserError {
  const [near] = nearest(key, KEYS);
  const hint =
    near === undefined
      ? `the keys are ${KEYS.join(', ')}; to look for these words, put them in quotes`
      : `did you mean \`${near}:${text}\`? To look for these words, put them in quotes`;
  return new UserError('UNKNOWN_SEARCH', EXIT.usage, `unknown search \`${key}:${text}\``, { hint });
}

function unknown(
  code: string,
  message: string,
  near: string | undefined,
  otherwise: string,
): UserError {
  return new UserError(code, EXIT.usage, message, {
    hint: near === undefined ? otherwise : `did you mean \`${near}\`?`,
  });
}
